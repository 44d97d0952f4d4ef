/** Usage of a real gateway: what was asked of it a moment ago, as the chart, the table and the export tell it. */
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nanoOfUsd } from '../../gateway/contract/money/nano-usd.ts';
import type { RequestItem } from '../../gateway/contract/records.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json, sse } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
let items: readonly RequestItem[] = [];

const usage = { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 60 } };
const choice = { index: 0, finish_reason: 'stop' };

function answer(request: ReceivedRequest): Answer {
  if (request.target.startsWith('/down')) return json({ error: { message: 'no' } }, { status: 503 });
  const { stream = false } = request.json() as { stream?: boolean };
  if (!stream) return json({ choices: [{ ...choice, message: { role: 'assistant', content: 'yes' } }], usage });
  const chunk = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
  return sse([chunk('y'), chunk('es'), { choices: [{ ...choice, delta: {} }] }, { choices: [], usage }, '[DONE]'], { gapMs: 2 });
}

const hourMs = 3_600_000;
const now = Date.now();
const around = { fromMs: now - 24 * hourMs, toMs: now + hourMs } as const;

beforeAll(async () => {
  upstream = await startScriptedUpstream(answer);
  const provider = (id: string) => ({
    id,
    kind: 'openai-compatible' as const,
    baseUrl: `${upstream.origin}/${id}/v1`,
    models: ['m'],
    forwards: true,
  });
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [provider('up'), provider('down'), provider('unpriced')],
      aliases: { either: { targets: ['down/m', 'up/m'] } },
      reliability: { attempts: 2 },
      prices: { overrides: { 'up/m': { inputPerMillionUsd: 1, cachedInputPerMillionUsd: 0.1, outputPerMillionUsd: 2 } } },
    },
  });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
  const messages = [{ role: 'user', content: 'hello' }] as const;
  for (const model of ['up/m', 'either', 'unpriced/m', 'up/m'])
    await client.chat.completions.create({ model, messages: [...messages] });
  const stream = await client.chat.completions.create({ model: 'up/m', messages: [...messages], stream: true });
  let chunks = 0;
  for await (const { choices } of stream) chunks += choices.length;
  expect(chunks).toBeGreaterThan(1);
  await expect(client.chat.completions.create({ model: 'nobody-has-this', messages: [...messages] })).rejects.toThrow();
  await expect(client.chat.completions.create({ model: 'down/m', messages: [...messages] })).rejects.toThrow();
  ({ items } = await gateway.call('requests.list', { limit: 100 }));
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

test('a query finds the same requests in the list and in the bars over time, and a word that means nothing is refused', async () => {
  for (const filter of ['', 'status:failed', 'provider:up status:ok', '-model:up/m', 'dialect:openai-chat tokens:>1 since:1h']) {
    const { items: found } = await gateway.call('requests.list', { filter, limit: 100 });
    const { bars, countedBackToMs } = await gateway.call('requests.histogram', { filter });
    const sum = bars.reduce((total, { requests }) => total + requests, 0);
    expect([filter, sum, countedBackToMs]).toEqual([filter, found.length, null]);
  }
  const failed = await gateway.call('requests.list', { filter: 'status:failed' });
  expect(failed.items.map(({ id }) => id)).toEqual(items.filter(({ state }) => state !== 'ok').map(({ id }) => id));
  await expect(gateway.call('requests.list', { filter: 'modle:m' })).rejects.toThrow(/"modle:m" names nothing.*model:/);
});

test('totals are the sums of the requests that the list shows, to the nano-dollar', async () => {
  const { total, groups } = await gateway.call('usage.query', around);
  expect(items).toHaveLength(7);
  const cost = items.reduce((sum, { costUsd }) => sum + nanoOfUsd(costUsd ?? 0), 0);
  // Four of 40 new, 60 cached and 20 written tokens.
  expect(cost).toBe(4 * (40_000 + 6_000 + 40_000));
  expect(nanoOfUsd(total.costUsd)).toBe(cost);
  expect(total).toMatchObject({
    requests: 7,
    errors: 2,
    unpriced: 1,
    inputTokens: 500,
    cachedInputTokens: 300,
    outputTokens: 100,
  });
  expect(nanoOfUsd(total.cacheSavedUsd)).toBe(4 * 54_000);
  expect(total.duration?.count).toBe(5);
  expect(total.tokensPerSecond).toBeGreaterThan(0);
  expect(Object.values(total.errorKinds).reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(groups).toHaveLength(1);
});

test('groups and filters name the same requests', async () => {
  const { groups } = await gateway.call('usage.query', { ...around, groupBy: 'model' });
  const requests = Object.fromEntries(groups.map(({ id, totals }) => [id, totals.requests]));
  expect(requests).toEqual({ 'up/m': 4, 'unpriced/m': 1, 'down/m': 1, '': 1 });
  const filtered = await gateway.call('usage.query', { ...around, filter: { model: 'up/m' } });
  expect(filtered.total.requests).toBe(4);
  const clients = await gateway.call('usage.query', { ...around, groupBy: 'client' });
  expect(clients.groups.map(({ name }) => name)).toEqual(['test']);
});

test('the day so far and the export tell what the query tells', async () => {
  const { figures, dayStartsAtMs } = await gateway.call('usage.today', {});
  expect(new Date(dayStartsAtMs).getHours()).toBe(0);
  const { total } = await gateway.call('usage.query', { ...around, fromMs: dayStartsAtMs });
  expect(figures).toMatchObject({ requests: total.requests, costUsd: total.costUsd });
  const query = { ...around, interval: 'hour', groupBy: 'provider' } as const;
  const { text, mediaType } = await gateway.call('usage.export', { query, format: 'csv' });
  expect(mediaType).toContain('text/csv');
  const lines = text.trimEnd().split('\r\n').slice(1);
  const all = await gateway.call('usage.query', query);
  expect(lines.reduce((sum, line) => sum + nanoOfUsd(Number(line.split(',')[8])), 0)).toBe(nanoOfUsd(all.total.costUsd));
  expect(lines.reduce((sum, line) => sum + Number(line.split(',')[6]), 0)).toBe(7);
});

test('what would be too much is refused by its field, with a way out', async () => {
  const years = { fromMs: 0, toMs: now, interval: 'hour' } as const;
  await expect(gateway.call('usage.query', years)).rejects.toMatchObject({
    kind: 'invalid',
    field: 'interval',
    message: expect.stringContaining('choose longer intervals'),
  });
  await expect(gateway.call('usage.query', { fromMs: 2, toMs: 1 })).rejects.toMatchObject({ kind: 'invalid', field: 'toMs' });
});
