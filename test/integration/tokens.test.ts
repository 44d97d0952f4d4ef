/** Tokens before the call, through the real gateway: counted by the tokenizer at the doors, learned from bills, kept over a restart. */
import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';

const dataDir = makeDataDir();
let upstream: ScriptedUpstream;
let gateway: RunningGateway;

const price = { inputPerMillionUsd: 1, outputPerMillionUsd: 2 };

const start = (withoutKey = false) =>
  startGateway({
    config: {
      version: 1,
      providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl, keys: ['env:LAB_KEY'] }],
      prices: { overrides: { 'lab/gpt-4o-mini': price, 'lab/some-model': price } },
    },
    dataDir,
    environment: { LAB_KEY: 'sk-lab' },
    withoutKey,
  });

beforeAll(async () => {
  mkdirSync(dataDir, { recursive: true });
  upstream = await startScriptedUpstream(openAiScript());
  gateway = await start();
});

afterAll(async () => {
  await gateway.stop();
  await upstream[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

function ask(path: string, body: unknown, key = gateway.clientKey): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  return fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await ask(path, body);
  expect(response.status).toBe(200);
  return response.json();
}

const messages = [{ role: 'user', content: 'hello world' }];
const contents = [{ role: 'user', parts: [{ text: 'hello world' }] }];

test.each<[string, string, object, unknown]>([
  ['Anthropic’s', '/v1/messages/count_tokens', { model: 'lab/gpt-4o-mini', messages }, { input_tokens: 9 }],
  ['Responses’', '/v1/responses/input_tokens', { model: 'lab/gpt-4o-mini', input: messages }, { input_tokens: 9 }],
  ['Gemini’s', `/v1beta/models/${encodeURIComponent('lab/gpt-4o-mini')}:countTokens`, { contents }, { totalTokens: 9 }],
])('%s door counts for a model of OpenAI as OpenAI does', async (_, path, body, counted) => {
  expect(await post(path, body)).toMatchObject(counted as object);
});

test('a door counts by the size of what is asked where no tokenizer is known', async () => {
  const body = { model: 'lab/some-model', messages };
  const { input_tokens: tokens } = (await post('/v1/messages/count_tokens', body)) as { input_tokens: number };
  expect(tokens).toBe(Math.ceil(JSON.stringify(body).length / 4));
});

// Of 10 KB: a token for each byte comes to 0.0105 USD, the tokenizer's count to less than 0.003.
test.each(['call', 'day'] as const)(
  'a budget for each %s is asked by the tokenizer’s count where the bytes do not fit',
  async (period) => {
    const { key } = await gateway.call('clients.create', {
      name: `by ${period}`,
      budgets: [{ period, limitUsd: 0.005, mode: 'hard' }],
    });
    const content = 'The quick brown fox jumps over the lazy dog and then it goes home. '.repeat(150);
    const body = { max_tokens: 100, messages: [{ role: 'user', content }] };
    const [counted, uncounted] = [
      await ask('/v1/chat/completions', { ...body, model: 'lab/gpt-4o-mini' }, key),
      await ask('/v1/chat/completions', { ...body, model: 'lab/some-model' }, key),
    ];
    expect([counted.status, uncounted.status]).toEqual([200, 429]);
    expect(await uncounted.json()).toMatchObject({ error: { code: 'insufficient_quota' } });
  },
);

test('how a model counts is learned from what it bills, shown, used, and known after a restart', async () => {
  // The scripted upstream bills 21 tokens, whatever it is asked.
  const body = { model: 'lab/learned', messages: [{ role: 'user', content: 'x'.repeat(1_000) }] };
  for (let count = 0; count < 25; count += 1) await post('/v1/chat/completions', body);
  const bytesPerToken = JSON.stringify(body).length / 21;
  const learned = {
    provider: 'lab',
    model: 'learned',
    samples: 25,
    bytesPerToken: expect.closeTo(bytesPerToken, 6),
    errorPercent: expect.closeTo(0, 6),
    outputTokens: 13,
  };
  expect((await gateway.call('tokens.calibration', {})).items).toContainEqual(learned);
  const counted = await post('/v1/messages/count_tokens', { model: 'lab/learned', messages: body.messages });
  expect(counted).toEqual({ input_tokens: 21 });
  const { clientKey } = gateway;
  await gateway.stop();
  gateway = await start(true);
  expect((await gateway.call('tokens.calibration', {})).items).toContainEqual(learned);
  expect(clientKey).not.toBe('');
});
