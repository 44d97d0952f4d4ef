/** How the official `openai` SDK reaches the gateway and leaves it: where keys are carried, how ids are written, and going away. */
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { type Lab, startLab } from '../../support/lab.ts';
import { openAiScript } from '../../support/openai-script.ts';
import { sse } from '../../support/upstream-answers.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const messages = [{ role: 'user' as const, content: 'hi' }];

const clientWith = (
  apiKey: string,
  defaultHeaders: Record<string, string | null> = {},
  defaultQuery: Record<string, string> = {},
) => new OpenAI({ baseURL: lab.baseUrl, apiKey, defaultHeaders, defaultQuery });

describe('a key', () => {
  const carriers: readonly [string, () => OpenAI][] = [
    ['Authorization: Bearer', () => clientWith(lab.clientKey)],
    ['Authorization: bearer', () => clientWith('unused', { authorization: `bearer ${lab.clientKey}` })],
    ['x-api-key', () => clientWith('unused', { authorization: null, 'x-api-key': lab.clientKey })],
    ['api-key', () => clientWith('unused', { authorization: null, 'api-key': lab.clientKey })],
    ['x-goog-api-key', () => clientWith('unused', { authorization: null, 'x-goog-api-key': lab.clientKey })],
    ['?key=', () => clientWith('unused', { authorization: null }, { key: lab.clientKey })],
    ['two places at once, the same', () => clientWith(lab.clientKey, { 'x-api-key': lab.clientKey })],
  ];

  test.each(carriers)('is accepted as %s, and its client is in the row', async (_where, makeClient) => {
    const answer = await makeClient().chat.completions.create({ model: 'lab/gpt-test', messages });
    expect(answer.choices[0]?.message.content).toBe('Hello from upstream.');
    expect(await lab.newestRow()).toMatchObject({ state: 'ok', clientName: 'test' });
    const sent = lab.upstream.requests.at(-1);
    expect(`${sent?.target} ${sent?.rawHeaders.join(' ')}`).not.toContain(lab.clientKey);
  });

  test('that differs between two places is refused as a bad request', async () => {
    const client = clientWith(lab.clientKey, { 'x-api-key': 'another' });
    await expect(client.models.list()).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  });
});

test('a model id with a slash and with stranger characters is found as the SDK encodes it, and an unknown one is a 404', async () => {
  const id = 'a/b c%2F+?&#é';
  lab.upstream.use(openAiScript({ models: ['gpt-test', id] }));
  await lab.gateway.call('config.apply', {
    config: {
      version: 1,
      providers: [
        { id: 'demo', kind: 'demo' },
        { id: 'two', kind: 'openai-compatible', baseUrl: lab.upstream.baseUrl, models: [id] },
        { id: 'lab', kind: 'openai-compatible', baseUrl: lab.upstream.baseUrl, keys: ['env:LAB_KEY'] },
      ],
    },
  });
  const client = clientWith(lab.clientKey);
  expect(await client.models.retrieve('demo/hello')).toMatchObject({ id: 'demo/hello', object: 'model' });
  expect(await client.models.retrieve(`two/${id}`)).toMatchObject({ id: `two/${id}` });
  await expect(client.models.retrieve('demo/none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(client.models.retrieve('none')).rejects.toMatchObject({ code: 'model_not_found' });
});

/** The newest row, once it is no longer running. */
async function finishedRow(): Promise<RequestDetail> {
  for (let tries = 0; tries < 100; tries += 1) {
    const row = await lab.newestRow();
    if (row.state !== 'started') return row;
    await delay(10);
  }
  throw new Error('The newest request never finished.');
}

const chunk = (content: string) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
});

describe('a client that goes away', () => {
  test('in the middle of a stream ends the upstream call within 100 ms, and what passed is estimated', async () => {
    lab.upstream.next(sse([chunk('One '), chunk('two ')], { end: 'stall' }));
    const number = lab.upstream.requests.length + 1;
    const stream = await clientWith(lab.clientKey).chat.completions.create({ model: 'lab/gpt-test', messages, stream: true });
    let left = 0;
    for await (const piece of stream) {
      if (piece.choices[0]?.delta.content !== 'two ') continue;
      left = performance.now();
      stream.controller.abort();
    }
    const request = await lab.upstream.received(number);
    expect((await request.connectionClosedAtMs) - left).toBeLessThan(100);
    const row = await finishedRow();
    expect(row).toMatchObject({ state: 'client_closed', errorKind: 'client-gone', attempts: 1, provider: 'lab' });
    expect(row.usage).toMatchObject({ estimated: true });
    expect(row.usage.outputTokens).toBeGreaterThan(0);
    expect(row.firstTokenMs).toBeGreaterThan(0);
  });

  test('before the first byte ends the upstream call too, and nothing is estimated of an answer nobody saw', async () => {
    lab.upstream.next([{ end: 'stall' }]);
    const number = lab.upstream.requests.length + 1;
    const leave = new AbortController();
    const asked = clientWith(lab.clientKey).chat.completions.create(
      { model: 'lab/gpt-test', messages },
      { signal: leave.signal },
    );
    const request = await lab.upstream.received(number);
    const left = performance.now();
    leave.abort();
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    expect((await request.connectionClosedAtMs) - left).toBeLessThan(100);
    expect(await finishedRow()).toMatchObject({ state: 'client_closed', status: null, firstTokenMs: null, responseBytes: null });
  });
});
