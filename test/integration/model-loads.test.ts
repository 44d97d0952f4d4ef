/** Models near by that have to be loaded: one load for all who wait, which no client can break off, and what becomes of them when it fails. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { type ScriptedOllama, startScriptedOllama } from '../support/scripted-ollama.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let ollama: ScriptedOllama;
let gateway: RunningGateway;
/** Of an impatient client; at full size two seconds, and a load of eight. */
const patienceMs = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 2_000 : 400;
/** Of each test its own, so that what is known of another says nothing of it. */
const forVectors = 'nomic-embed-text:latest';
const models = [...Array.from({ length: 20 }, (_, number) => `model-${number}:8b`), forVectors];
let taken = 0;
let model = '';

const documentOf = (change: Partial<GatewayConfigDocument> = {}): GatewayConfigDocument => ({
  version: 1,
  providers: [
    { id: 'near', kind: 'ollama', baseUrl: ollama.upstream.origin, models, dialects: ['ollama', 'openai-chat'] },
    { id: 'demo', kind: 'demo' },
  ],
  reliability: { breaker: { failures: 1_000 } },
  ...change,
});

beforeAll(async () => {
  ollama = await startScriptedOllama({ models });
  gateway = await startGateway({ config: documentOf() });
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway/);
  await gateway.stop();
  await ollama[Symbol.asyncDispose]();
});

beforeEach(() => {
  model = models[taken++] ?? '';
  ollama.loadMs = 0;
  ollama.trouble = 'none';
});

afterEach(async () => {
  await gateway.call('config.apply', { config: documentOf() });
});

interface Asked {
  readonly path?: string;
  readonly body?: object;
  readonly timeoutMs?: number;
}

async function ask({ path = '/v1/chat/completions', body = {}, timeoutMs = 5_000 }: Asked = {}) {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: `near/${model}`, messages: [{ role: 'user', content: 'Hello.' }], ...body }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const rowOf = ({ headers }: { readonly headers: Headers }): Promise<RequestDetail> =>
  gateway.call('requests.get', { id: headers.get('x-request-id') ?? '' });

/** What its server was sent for a model, lists aside. */
const sentFor = (name: string) => ollama.upstream.requests.filter(({ method, body }) => method === 'POST' && body.includes(name));

/** Asks again as long as it is not answered in time, as programs do. */
async function askImpatiently(timeoutMs: number): Promise<{ readonly tries: number; readonly text: string }> {
  for (let tries = 1; tries <= 20; tries += 1) {
    const answered = await ask({ timeoutMs }).catch(() => null);
    if (answered) return { tries, text: answered.text };
  }
  throw new Error('Nobody answered in twenty tries.');
}

describe('a load', () => {
  test('survives two clients that give up four times each: it is one, and both are answered', async () => {
    ollama.loadMs = 4 * patienceMs;
    const answers = await Promise.all([askImpatiently(patienceMs), askImpatiently(patienceMs)]);
    expect(answers.map(({ text }) => JSON.parse(text).choices[0].message.content)).toEqual(['Warm.', 'Warm.']);
    expect(Math.min(...answers.map(({ tries }) => tries))).toBeGreaterThanOrEqual(3);
    expect(ollama.begun.filter((one) => one === model)).toEqual([model]);
    expect(ollama.aborted).not.toContain(model);
  });

  test('is not begun for a model in memory: what is sent then is the request alone', async () => {
    for (let count = 0; count < 3; count += 1) expect((await ask()).status).toBe(200);
    const chat = '/v1/chat/completions';
    expect(sentFor(model).map(({ target }) => target)).toEqual(['/api/generate', chat, chat, chat]);
  });

  test('has the context and the time to keep that its request asks for', async () => {
    const body = { options: { num_ctx: 8_192, temperature: 0 }, keep_alive: '10m', stream: false };
    expect(JSON.parse((await ask({ path: '/api/chat', body })).text).message.content).toBe('Warm.');
    const [load, chat] = sentFor(model);
    expect([load?.target, chat?.target]).toEqual(['/api/generate', '/api/chat']);
    expect(load?.json()).toEqual({ model, stream: false, options: { num_ctx: 8_192 }, keep_alive: '10m' });
    expect(ollama.begun.filter((one) => one === model)).toEqual([model]);
  });

  test('is not begun for a request that lets go of a model', async () => {
    await ask({ path: '/api/generate', body: { messages: undefined, keep_alive: 0 } });
    expect(sentFor(model).map(({ target }) => target)).toEqual(['/api/generate']);
  });

  test('of a model for vectors is asked for by vectors', async () => {
    const answered = await ask({ path: '/api/embed', body: { messages: undefined, input: 'a' } });
    expect(JSON.parse(answered.text).embeddings).toEqual([[1, 2]]);
    const [load] = sentFor(model);
    expect([load?.target, load?.json()]).toEqual(['/api/embed', { model, stream: false, input: '' }]);
  });

  test('is told in the row as a wait, and not as the time in which its model answers', async () => {
    ollama.loadMs = 300;
    const { attemptList, durationMs } = await rowOf(await ask());
    expect(attemptList).toMatchObject([{ provider: 'near', cause: 'first', status: 200 }]);
    expect(attemptList[0]?.waitedMs).toBeGreaterThan(250);
    expect(attemptList[0]?.headMs).toBeLessThan(250);
    expect(durationMs).toBeGreaterThan(250);
  });

  test('leaves a model that is not there to the answer of its server', async () => {
    const answered = await ask({ body: { model: 'near/nobody:1b' } });
    expect([answered.status, answered.text]).toEqual([404, expect.stringContaining('not found')]);
  });
});

describe('while a model is loaded', () => {
  const messages = [{ role: 'user' as const, content: 'Hello.' }];
  const key = () => ({ apiKey: gateway.clientKey, maxRetries: 0 });
  const openAi = () => new OpenAI({ baseURL: `${gateway.url}/v1`, ...key() });

  test('clients that stream are kept patient from 1.5 s on where they can bear it, and all are answered', async () => {
    ollama.loadMs = 1_800;
    const name = `near/${model}`;
    const contents = [{ role: 'user', parts: [{ text: 'Hello.' }] }];
    const gemini = `/v1beta/models/${name}:streamGenerateContent?alt=sse`;
    const claude = new Anthropic({ baseURL: gateway.url, ...key() });
    const [plain, responses, anthropic, google, native, chatText, message] = await Promise.all([
      ask({ body: { stream: true } }),
      ask({ path: '/v1/responses', body: { messages: undefined, input: 'Hello.', stream: true } }),
      ask({ path: '/v1/messages', body: { max_tokens: 50, stream: true } }),
      ask({ path: gemini, body: { model: undefined, messages: undefined, contents } }),
      ask({ path: '/api/chat' }),
      openAi().chat.completions.stream({ model: name, messages }).finalContent(),
      claude.messages.stream({ model: name, max_tokens: 50, messages }).finalMessage(),
    ]);
    expect(plain.text).toMatch(/^:\n\ndata: \{[^]*data: \[DONE\]/);
    expect(responses.text).toMatch(/^:\n\nevent: response.created\n/);
    expect(anthropic.text).toMatch(/^event: ping\ndata: \{"type":"ping"\}\n\nevent: message_start\n/);
    expect(google.text).toMatch(/^data: \{/);
    expect(native.text).toMatch(/^\{"model"/);
    expect([chatText, message.content]).toMatchObject(['Warm.', [{ type: 'text', text: 'Warm.' }]]);
    expect(plain.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    // Nobody else can answer: who does is known before, but not at which attempt.
    expect([plain.headers.get('x-gatehouse-provider'), plain.headers.get('x-gatehouse-attempts')]).toEqual(['near', null]);
    expect(await rowOf(plain)).toMatchObject({ state: 'ok', status: 200, provider: 'near' });
    expect(ollama.begun.filter((one) => one === model)).toEqual([model]);
  });

  test('that takes too long, a client that was kept patient is answered by another, or told within its stream', async () => {
    const alias = { targets: [`near/${model}`, 'demo/hello'] };
    await gateway.call('config.apply', { config: documentOf({ aliases: { either: alias }, timeouts: { loadMs: 1_700 } }) });
    ollama.loadMs = 60_000;
    const told = expect(
      openAi()
        .chat.completions.stream({ model: `near/${model}`, messages })
        .finalContent(),
    ).rejects.toThrow(/did not load model-\d+:8b within 1.7 seconds/);
    const [either, alone] = await Promise.all([
      ask({ body: { model: 'either', stream: true } }),
      ask({ body: { stream: true } }).catch(() => null),
      told,
    ]);
    // A stream that breaks off is never taken for a whole one.
    expect(alone).toBeNull();
    expect(either.text).toMatch(/^:\n\ndata: \{[^]*data: \[DONE\]/);
    // It was not known who would answer.
    expect(either.headers.get('x-gatehouse-provider')).toBeNull();
    const row = await rowOf(either);
    expect(row).toMatchObject({ state: 'ok', provider: 'demo', attempts: 2 });
    expect(row.attemptList).toMatchObject([
      { errorKind: 'upstream-load-timeout', status: null, costUsd: 0 },
      { provider: 'demo' },
    ]);
    const failed = await gateway.call('requests.list', { filter: 'status:provider-failed', limit: 2 });
    const inVain = { status: 200, errorKind: 'upstream-load-timeout', costUsd: 0 };
    expect(failed.items).toMatchObject([inVain, inVain]);
  });
});

describe('F-73 a load that fails', () => {
  test.each([
    ['out-of-memory', 'upstream-load-failed', /could not load model-\d+:8b: .*requires more system memory \(12.0 GiB\)/],
    ['queue-full', 'upstream-overloaded', /its queue is full/],
  ] as const)('for %s is 503 with the reason', async (trouble, kind, words) => {
    ollama.trouble = trouble;
    const answered = await ask();
    expect([answered.status, JSON.parse(answered.text).error.message]).toEqual([503, expect.stringMatching(words)]);
    expect(await rowOf(answered)).toMatchObject({ state: 'upstream_error', errorKind: kind });
  });

  test.each(['out-of-memory', 'queue-full'] as const)('for %s leads to the fallback for overloads', async (trouble) => {
    ollama.trouble = trouble;
    const rule = { name: 'home first', use: `near/${model}`, fallbacks: { overload: ['demo/hello'] } };
    await gateway.call('config.apply', { config: documentOf({ policy: { rules: [rule] } }) });
    const { attemptList } = await rowOf(await ask());
    expect(attemptList.map(({ provider, cause }) => [provider, cause])).toEqual([
      ['near', 'first'],
      ['demo', 'fallback-overload'],
    ]);
  });

  test('within a rule’s patience goes on without its client, who is answered by the fallback meanwhile', async () => {
    ollama.loadMs = 700;
    const limits = { timeouts: { firstByteMs: 150 } };
    const rule = { name: 'quick', use: `near/${model}`, limits, fallbacks: { timeout: ['demo/hello'] } };
    await gateway.call('config.apply', { config: documentOf({ policy: { rules: [rule] } }) });
    const answered = await ask({ body: { stream: true } });
    expect(answered.headers.get('x-gatehouse-provider')).toBe('demo');
    expect((await rowOf(answered)).attemptList[0]).toMatchObject({ errorKind: 'upstream-load-timeout' });
    await expect.poll(() => ollama.finished.includes(model), { timeout: 3_000 }).toBe(true);
    const warm = await ask({ body: { stream: true } });
    expect(warm.headers.get('x-gatehouse-provider')).toBe('near');
  });
});

test('the policy prefers what is in memory, and the door tells of it', async () => {
  const [cold, warm, other] = [model, models[taken++] ?? '', models[taken++] ?? ''];
  ollama.loaded.set(warm, 4_096);
  const alias = { strategy: 'loaded' as const, targets: [`near/${cold}`, `near/${warm}`] };
  await gateway.call('config.apply', { config: documentOf({ aliases: { home: alias } }) });
  // After a request its server is asked what is in memory.
  await ask({ body: { model: `near/${other}` } });
  const runs = async () => {
    const listed = await fetch(`${gateway.url}/api/ps`, { headers: { authorization: `Bearer ${gateway.clientKey}` } });
    return ((await listed.json()) as { models: { name: string; context_length: number }[] }).models;
  };
  await expect
    .poll(runs, { timeout: 4_000 })
    .toContainEqual(expect.objectContaining({ name: `near/${warm}`, context_length: 4_096 }));
  expect((await ask({ body: { model: 'home' } })).headers.get('x-gatehouse-model')).toBe(warm);
  expect(ollama.begun).not.toContain(cold);
});

test('a named client that comes has its models loaded before it asks for them, each as it will be asked', async () => {
  const prewarm = [model, forVectors].map((name) => ({ model: `near/${name}`, clients: ['test'], keepAliveMinutes: 45 }));
  const localEngine = { models: { [model]: { contextTokens: 8_192, keepAlive: '5m' } } };
  await gateway.call('config.apply', { config: documentOf({ prewarm, localEngine }) });
  await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${gateway.clientKey}` } });
  await expect.poll(() => [model, forVectors].every((name) => ollama.finished.includes(name))).toBe(true);
  expect(sentFor(model).map((load) => load.json())).toEqual([
    { model, stream: false, options: { num_ctx: 8_192 }, keep_alive: '45m' },
  ]);
  const [vectors] = sentFor(forVectors);
  expect([vectors?.target, vectors?.json()]).toEqual([
    '/api/embed',
    { model: forVectors, stream: false, input: '', keep_alive: '45m' },
  ]);
});
