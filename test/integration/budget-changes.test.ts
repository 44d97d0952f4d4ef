/** Budgets that come, go and change while requests run: what was spent counts once, and what nobody billed closes nothing. */
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallOutput } from '../../gateway/contract/calls.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json, sse } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

const usage = { prompt_tokens: 1_000, completion_tokens: 500 };
const whole = (more: object = {}) =>
  json({ choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'yes' } }], usage, ...more });
const chunk = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });

beforeAll(async () => {
  upstream = await startScriptedUpstream(() => whole());
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [lab, { ...lab, id: 'stating', forwards: true, models: ['s'] }],
      prices: { overrides: { 'lab/m': { inputPerMillionUsd: 1, outputPerMillionUsd: 2 } } },
    },
  });
});

afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const day = (limitUsd: number) => ({ period: 'day' as const, limitUsd, mode: 'hard' as const });
const clientOf = (key: string) => new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
const ask = (key: string, model = 'lab/m', more: object = {}) =>
  clientOf(key).chat.completions.create({ model, max_tokens: 600, messages: [{ role: 'user', content: 'Hello.' }], ...more });

async function standingOf(id: string): Promise<CallOutput<'budgets.list'>['items'][number] | undefined> {
  return (await gateway.call('budgets.list', {})).items.find(({ scope }) => scope.of === id);
}

test('what a key spends while its budget is gone counts again when it is back', async () => {
  const { id, key } = await gateway.call('clients.create', { name: 'forgetful', budgets: [day(0.0065)] });
  await ask(key);
  await gateway.call('clients.update', { id, budgets: [] });
  await ask(key);
  await ask(key);
  await gateway.call('clients.update', { id, budgets: [day(0.0065)] });
  expect((await standingOf(id))?.settledUsd).toBe(0.006);
  await expect(ask(key)).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' });
  expect((await standingOf(id))?.settledUsd).toBe(0.006);
});

test('a request that runs while a budget is made counts in it, once', async () => {
  const { id, key } = await gateway.call('clients.create', { name: 'late' });
  upstream.next(
    sse([chunk('y'), chunk('es'), { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }, '[DONE]'], {
      gapMs: 150,
    }),
  );
  const body = { model: 'lab/m', stream: true, max_tokens: 600, messages: [{ role: 'user', content: 'Hello.' }] };
  const raw = openRawStream(gateway.port, body, { key, path: '/v1/chat/completions' });
  await raw.moved();
  await gateway.call('clients.update', { id, budgets: [day(1)] });
  await ask(key);
  while (!raw.text.includes('[DONE]')) await raw.moved();
  raw.leave();
  await expect.poll(() => standingOf(id)).toMatchObject({ settledUsd: 0.004, reservedUsd: 0 });
});

test('a model of unknown price that states what it billed closes no budget that allows it', async () => {
  const { id, key } = await gateway.call('clients.create', { name: 'open', budgets: [{ ...day(1), unknownPrice: 'allow' }] });
  for (let turn = 0; turn < 2; turn += 1) {
    upstream.next(whole({ usage: { ...usage, cost: 0.25 } }));
    await ask(key, 'stating/s');
  }
  expect(await standingOf(id)).toMatchObject({ settledUsd: 0.5, closed: null });
});

test('an answer that we count ourselves closes nothing, and is never said to be more than it can have been', async () => {
  const { id, key } = await gateway.call('clients.create', { name: 'counted', budgets: [day(1)] });
  upstream.next(
    whole({
      usage: undefined,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'длинно '.repeat(4_000) } }],
    }),
  );
  await ask(key, 'lab/m', { max_tokens: 100 });
  const { items } = await gateway.call('requests.list', { limit: 1 });
  const { costUsd, costBasis, reservedUsd, overBound } = await gateway.call('requests.get', { id: items[0]?.id ?? '' });
  expect([costBasis, overBound, costUsd]).toEqual(['estimated', false, reservedUsd]);
  expect(await standingOf(id)).toMatchObject({ settledUsd: costUsd, closed: null });
});

test('a response in the background, whose cost nobody could follow, is refused under a hard budget', async () => {
  const { key } = await gateway.call('clients.create', { name: 'patient', budgets: [day(1)] });
  const asked = clientOf(key).responses.create({ model: 'lab/m', input: 'Hello.', background: true });
  await expect(asked).rejects.toMatchObject({ status: 400, param: 'background' });
});

test('names that are written letter by number are found: a search that hides is held as one', async () => {
  const { key } = await gateway.call('clients.create', { name: 'sly', budgets: [day(0.05)] });
  const send = (body: string) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    });
  const plain = JSON.stringify({
    model: 'lab/m',
    max_tokens: 10,
    messages: [{ role: 'user', content: 'é' }],
    tools: [{ type: 'web_search' }],
  });
  for (const body of [plain, plain.replace('web_search', 'web\\u005fsearch')]) {
    const answer = await send(body);
    expect([answer.status, await answer.text()]).toEqual([429, expect.stringContaining('may cost up to $0.2')]);
  }
});

test('a client is told by a header that its answer was limited', async () => {
  const { key } = await gateway.call('clients.create', { name: 'told', budgets: [day(1)] });
  const { response } = await clientOf(key)
    .chat.completions.create({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello.' }] })
    .withResponse();
  expect([response.headers.get('x-gatehouse-emulated'), response.headers.get('x-gatehouse-translated')]).toEqual([
    'maxOutputTokens',
    null,
  ]);
});

test('a warning for one call is refused by its field', async () => {
  const budgets = [{ period: 'call' as const, limitUsd: 1, mode: 'soft' as const }];
  await expect(gateway.call('clients.create', { name: 'x', budgets })).rejects.toMatchObject({ field: 'budgets.0.mode' });
});
