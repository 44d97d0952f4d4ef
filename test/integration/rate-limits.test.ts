/** Rate limits of keys and of providers, as programs meet them: by their official clients, through failures, restarts and kills. */
import Anthropic from '@anthropic-ai/sdk';
import { rmSync } from 'node:fs';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RateLimits } from '../../gateway/contract/money/rate-limits.ts';
import { openAiHeaders, openAiScript } from '../support/openai-script.ts';
import { type PolicyLab, startPolicyLab } from '../support/policy-lab.ts';
import { postsTo, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { after, json, stream } from '../support/upstream-answers.ts';

let lab: PolicyLab;

beforeAll(async () => {
  lab = await startPolicyLab();
});
afterAll(() => lab.stop());
beforeEach(() => lab.reset());

const keyWith = (limits: RateLimits, gateway: RunningGateway = lab.gateway) =>
  gateway.call('clients.create', { name: 'limited', limits });
const openAi = (key: string, maxRetries = 0) => new OpenAI({ baseURL: `${lab.gateway.url}/v1`, apiKey: key, maxRetries });
const question = { model: 'one/m', messages: [{ role: 'user' as const, content: 'Hello.' }] };

const lateAnswer = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'late' }, finish_reason: 'stop' }],
};

describe('a key', () => {
  test('beyond its requests is told so as OpenAI’s client knows it, before anybody is asked, and the row says why', async () => {
    const { key } = await keyWith({ requestsPerDay: 1 });
    const client = openAi(key);
    await client.chat.completions.create(question);
    const asked = postsTo(lab.one).length;
    const error = await client.chat.completions.create(question).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    if (!(error instanceof OpenAI.RateLimitError)) return;
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(error.message).toContain('this key has reached its limit of 1 request a day; it resets at 20');
    const { headers } = error;
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect([headers.get('x-should-retry'), headers.get('x-ratelimit-remaining-requests')]).toEqual([null, '0']);
    expect(postsTo(lab.one).length).toBe(asked);
    expect(await lab.rowOf(error.requestID ?? '')).toMatchObject({
      state: 'rejected',
      status: 429,
      errorKind: 'rate-limited',
      provider: null,
      attempts: 0,
    });
  });

  test('that runs too much at once is let in by its client’s own second try', async () => {
    const { key } = await keyWith({ concurrent: 1 });
    lab.one.use(after(500, json(lateAnswer)));
    const client = openAi(key, 2);
    const asked = postsTo(lab.one).length;
    const answers = await Promise.all([client.chat.completions.create(question), client.chat.completions.create(question)]);
    expect(answers.map(({ choices }) => choices[0]?.message.content)).toEqual(['late', 'late']);
    expect(postsTo(lab.one).length - asked).toBe(2);
    const { items } = await lab.gateway.call('requests.list', { limit: 3 });
    expect(items.filter(({ errorKind }) => errorKind === 'rate-limited')).toHaveLength(1);
  });

  test('whose client leaves, or whose provider fails, has its place free again', async () => {
    const { key } = await keyWith({ concurrent: 1 });
    lab.one.use(after(5_000, json({})));
    const leaving = new AbortController();
    const left = openAi(key).chat.completions.create(question, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 100);
    await expect(left).rejects.toThrow('aborted');
    lab.one.use(json({ error: { message: 'no' } }, { status: 400 }));
    await expect.poll(async () => (await lab.ask({ model: 'one/m', key })).status).toBe(400);
    lab.reset();
    expect((await lab.ask({ model: 'one/m', key })).status).toBe(200);
  });

  test('is told what is left of its own limits in the place of its provider’s; a key without limits is told the provider’s', async () => {
    const { key } = await keyWith({ requestsPerHour: 1_000, requestsPerDay: 10, tokensPerDay: 500 });
    const limited = await lab.ask({ model: 'one/m', key });
    expect(limited.headers.get('x-ratelimit-limit-requests')).toBe('10');
    expect(limited.headers.get('x-ratelimit-remaining-requests')).toBe('9');
    expect(limited.headers.get('x-ratelimit-reset-requests')).toMatch(/^(?:\d+h)?(?:\d+m)?\d+s$/);
    expect(limited.headers.get('x-ratelimit-limit-tokens')).toBe('500');
    const unknown = await lab.ask({ model: 'nobody/knows', key });
    expect([unknown.status, unknown.headers.get('x-ratelimit-remaining-requests')]).toEqual([404, '9']);
    const free = await lab.ask({ model: 'one/m' });
    expect(free.headers.get('x-ratelimit-remaining-requests')).toBe(openAiHeaders['x-ratelimit-remaining-requests']);
  });

  test('of a client of Anthropic’s is refused and told in Anthropic’s words', async () => {
    const { key } = await keyWith({ requestsPerDay: 1 });
    const client = new Anthropic({ baseURL: lab.gateway.url, apiKey: key, maxRetries: 0 });
    const asking = { model: 'one/m', max_tokens: 20, messages: [{ role: 'user' as const, content: 'Hello.' }] };
    const { response } = await client.messages.create(asking).withResponse();
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(Date.parse(response.headers.get('anthropic-ratelimit-requests-reset') ?? '')).toBeGreaterThan(Date.now());
    const error = await client.messages.create(asking).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error).toMatchObject({ status: 429, error: { error: { type: 'rate_limit_error' } } });
  });

  test('is held to the tokens that were really read and written, and its list of limits shows them', async () => {
    const { key, id } = await keyWith({ tokensPerDay: 60 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await lab.ask({ model: 'one/m', key })).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { items } = await lab.gateway.call('clients.list', {});
    expect(items.find((item) => item.id === id)?.limitsUsed).toMatchObject([
      { counted: 'tokens', window: 'day', limit: 60, used: 68 },
    ]);
  });

  test('counts tokens within its requests, though nobody is asked, and reads none', async () => {
    const { key, id } = await keyWith({ requestsPerDay: 2, tokensPerDay: 1_000 });
    const path = '/v1/messages/count_tokens';
    const body = { model: 'one/m', messages: question.messages };
    const asked = postsTo(lab.one).length;
    const answers = [];
    for (let count = 0; count < 3; count += 1) answers.push(await lab.ask({ path, body, key }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers.get('anthropic-ratelimit-requests-remaining')).toBe('1');
    expect(answers[2]?.answer).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    expect(postsTo(lab.one).length).toBe(asked);
    const used = async () => (await lab.gateway.call('clients.list', {})).items.find((item) => item.id === id)?.limitsUsed;
    const counted = [
      { counted: 'requests', window: 'day', used: 2 },
      { counted: 'tokens', window: 'day', used: 0 },
    ];
    expect(await used()).toMatchObject(counted);
    // The same is read from the log.
    await lab.gateway.call('clients.update', { id, limits: {} });
    await lab.gateway.call('clients.update', { id, limits: { requestsPerDay: 2, tokensPerDay: 1_000 } });
    expect(await used()).toMatchObject(counted);
  });

  test('that leaves before an answer, or within it, has its tokens counted as they were estimated or seen', async () => {
    const { key, id } = await keyWith({ tokensPerDay: 100_000 });
    const used = async () =>
      (await lab.gateway.call('clients.list', {})).items.find((item) => item.id === id)?.limitsUsed?.[0]?.used;
    const body = { ...question, messages: [{ role: 'user', content: 'x'.repeat(4_000) }] };
    const leave = async (isStream: boolean): Promise<void> => {
      const seen = lab.one.requests.length;
      const raw = openRawStream(lab.gateway.port, { ...body, stream: isStream }, { key, path: '/v1/chat/completions' });
      if (isStream) await raw.until('word');
      else await lab.one.received(seen + 1);
      raw.leave();
    };
    lab.one.use([{ end: 'stall' }]);
    const newest = async () => (await lab.gateway.call('requests.list', { limit: 1 })).items[0];
    await leave(false);
    await expect.poll(async () => (await newest())?.state).toBe('client_closed');
    const before = (await used()) ?? 0;
    const left = await newest();
    expect(left?.usage).toMatchObject({ estimated: true });
    expect(left?.usage.inputTokens).toBeGreaterThan(900);
    expect((left?.usage.inputTokens ?? 0) + (left?.usage.outputTokens ?? 0)).toBe(before);
    const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'word ' } }] })}\n\n`;
    lab.one.use(stream([chunk + chunk + chunk], { end: 'stall' }));
    await leave(true);
    await expect.poll(async () => (await newest())?.usage.outputTokens).toBe(3);
    const seen = await newest();
    expect(seen?.usage.estimated).toBe(true);
    expect(await used()).toBe(before + (seen?.usage.inputTokens ?? 0) + 3);
    lab.reset();
  });

  test('that is given a limit in the middle of the day has what it asked before counted, and one taken away is gone', async () => {
    const { key, id } = await keyWith({});
    for (let count = 0; count < 2; count += 1) await lab.ask({ model: 'one/m', key });
    await lab.gateway.call('clients.update', { id, limits: { requestsPerDay: 2 } });
    expect((await lab.ask({ model: 'one/m', key })).status).toBe(429);
    await lab.gateway.call('clients.update', { id, limits: {} });
    expect((await lab.ask({ model: 'one/m', key })).status).toBe(200);
  });
});

describe('a provider', () => {
  const limit = (limits: Record<string, RateLimits>) =>
    lab.gateway.call('config.apply', { config: { ...lab.base, limits: { providers: limits } } });

  test('beyond its limit is passed over for the next target, and the request’s page says so', async () => {
    const before = await lab.gateway.call('requests.list', { limit: 200 });
    const sent = before.items.filter(({ provider }) => provider === 'one').length;
    await limit({ one: { requestsPerDay: sent + 1 } });
    expect((await lab.ask()).headers.get('x-gatehouse-provider')).toBe('one');
    const second = await lab.ask();
    expect([second.status, second.headers.get('x-gatehouse-provider'), second.headers.get('x-gatehouse-attempts')]).toEqual([
      200,
      'other',
      '1',
    ]);
    expect((await lab.rowOf(second.id)).attempts).toBe(1);
    expect((await lab.rowOf(second.id)).attemptList).toMatchObject([
      { provider: 'one', status: null, errorKind: 'provider-limit' },
      { provider: 'other', status: 200, errorKind: null, cause: 'next-target' },
    ]);
  });

  test('beyond its limit with nobody else to ask is a 429 that says when, and nothing is sent', async () => {
    await limit({ one: { requestsPerDay: 1 } });
    const asked = postsTo(lab.one).length;
    const answer = await lab.ask({ model: 'one/m' });
    expect(answer).toMatchObject({ status: 429, answer: { error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' } } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect([answer.headers.get('x-should-retry'), postsTo(lab.one).length]).toEqual([null, asked]);
    expect(await lab.rowOf(answer.id)).toMatchObject({ state: 'rejected', errorKind: 'provider-limit' });
    await limit({});
    expect((await lab.ask({ model: 'one/m' })).status).toBe(200);
  });

  test('is asked no more often at once than it may be: what fails goes on elsewhere', async () => {
    await limit({ one: { concurrent: 1 } });
    lab.one.use(after(300, json({ error: { message: 'no' } }, { status: 500 })));
    const answers = await Promise.all([lab.ask(), lab.ask(), lab.ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    lab.reset();
    expect((await lab.ask()).headers.get('x-gatehouse-provider')).toMatch(/one|other/);
    await limit({});
  });
});

describe('the day’s count', () => {
  test.each(['stop', 'kill -9'] as const)('survives a %s, and then with what was under way', async (how) => {
    const dataDir = makeDataDir();
    await using upstream = await startScriptedUpstream(openAiScript());
    const config = {
      version: 1 as const,
      providers: [{ id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] }],
      limits: { providers: { lab: { requestsPerDay: 5 } } },
    };
    let gateway = await startGateway({ dataDir, config });
    const ask = async (key: string) => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello.' }] }),
      });
      await response.text();
      return response.status;
    };
    try {
      const { key } = await keyWith({ requestsPerDay: 4, tokensPerDay: 10_000 }, gateway);
      expect([await ask(key), await ask(key)]).toEqual([200, 200]);
      if (how === 'stop') {
        expect(await ask(key)).toBe(200);
        await gateway.stop();
      } else {
        upstream.use(after(20_000, json({})));
        const cut = ask(key).catch(() => 0);
        await expect.poll(() => postsTo(upstream).length).toBe(3);
        // Its row is written behind the call.
        await expect.poll(async () => (await gateway.call('requests.list', { limit: 1 })).items[0]?.state).toBe('started');
        await gateway.kill();
        await cut;
      }
      upstream.use(openAiScript());
      gateway = await startGateway({ dataDir });
      expect([await ask(key), await ask(key)]).toEqual([200, 429]);
      const { items } = await gateway.call('clients.list', {});
      expect(items.find(({ name }) => name === 'limited')?.limitsUsed).toMatchObject([
        { counted: 'requests', used: 4 },
        { counted: 'tokens', used: how === 'stop' ? 4 * 34 : 3 * 34 },
      ]);
    } finally {
      await gateway.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});

test('expensive calls of a key are limited by what they may cost, and cheap ones are not', async () => {
  await using upstream = await startScriptedUpstream(openAiScript());
  // Not on this machine, as far as prices go.
  const elsewhere = { baseUrl: upstream.baseUrl, forwards: true };
  const provider = { id: 'openai', kind: 'openai' as const, ...elsewhere, keys: ['env:LAB_KEY'] };
  await using gateway = await startGateway({ config: { version: 1, providers: [provider] }, environment: { LAB_KEY: 'sk-lab' } });
  const { key } = await keyWith({ expensive: { aboveUsd: 0.001, perDay: 1 } }, gateway);
  const ask = async (maxTokens: number) => {
    const body = { model: 'openai/gpt-5', max_completion_tokens: maxTokens, messages: [{ role: 'user', content: 'Hello.' }] };
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) });
    return [response.status, (await response.text()).includes('that may cost more than $0.001 a day')];
  };
  expect([await ask(1_000), await ask(10), await ask(1_000), await ask(10)]).toEqual([
    [200, false],
    [200, false],
    [429, true],
    [200, false],
  ]);
});
