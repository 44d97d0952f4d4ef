/** What the official `openai` SDK makes of every refusal and failure: its own error classes, and no request more than needed. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labKey, startLab } from '../support/lab.ts';
import { openAiError, openAiQuotaError } from '../support/openai-errors.ts';
import { type Answer, sse } from '../support/upstream-answers.ts';

let lab: Lab;
let client: OpenAI;

beforeAll(async () => {
  lab = await startLab({ gapMs: 2 });
  client = new OpenAI({ baseURL: lab.baseUrl, apiKey: lab.clientKey });
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const messages = [{ role: 'user' as const, content: 'hi' }];

async function streamText(from: OpenAI, model: string): Promise<string> {
  let text = '';
  for await (const chunk of await from.chat.completions.create({ model, messages, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return text;
}

async function ask(model: string, stream: boolean): Promise<string> {
  if (stream) return await streamText(client, model);
  return (await client.chat.completions.create({ model, messages })).choices[0]?.message.content ?? '';
}

async function errorOf(asked: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error: unknown = await asked.then(
    (value) => `an answer: ${JSON.stringify(value)}`,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OpenAI.APIError)) throw new Error(`An APIError was expected, not ${String(error)}.`);
  return error;
}

/** Asks, and tells how many requests the SDK made (rows) and how many the gateway made of them (attempts). */
async function failWith(model: string, stream: boolean, answers: readonly Answer[]) {
  lab.upstream.next(...answers);
  const [rows, asked] = [await lab.countRows(), lab.countAsked()];
  const error = await errorOf(ask(model, stream));
  const row = await lab.newestRow();
  return { error, row, requests: (await lab.countRows()) - rows, attempts: lab.countAsked() - asked };
}

const soon = { 'retry-after': '0' };

describe('an upstream that refuses or fails', () => {
  test.each([
    { status: 400, stream: false, ErrorClass: OpenAI.BadRequestError, attempts: 1, kind: 'upstream-refused' },
    { status: 400, stream: true, ErrorClass: OpenAI.BadRequestError, attempts: 1, kind: 'upstream-refused' },
    { status: 404, stream: false, ErrorClass: OpenAI.NotFoundError, attempts: 1, kind: 'upstream-refused' },
    { status: 429, stream: true, ErrorClass: OpenAI.RateLimitError, attempts: 3, kind: 'upstream-rate-limit' },
    { status: 500, stream: false, ErrorClass: OpenAI.InternalServerError, attempts: 3, kind: 'upstream-failed' },
    { status: 503, stream: true, ErrorClass: OpenAI.InternalServerError, attempts: 3, kind: 'upstream-overloaded' },
  ] as const)(
    'with a lasting $status is asked $attempts times and costs the SDK one request (stream: $stream)',
    async ({ status, stream, ErrorClass, attempts, kind }) => {
      const answer = openAiError(status, soon);
      const seen = await failWith(
        'lab/gpt-test',
        stream,
        Array.from({ length: attempts }, () => answer),
      );
      expect(seen.error).toBeInstanceOf(ErrorClass);
      expect([seen.requests, seen.attempts]).toEqual([1, attempts]);
      expect(seen.error.headers?.get('x-should-retry')).toBe('false');
      expect(seen.error.requestID).toBe(seen.row.id);
      expect(seen.row).toMatchObject({ state: 'upstream_error', status, attempts, errorKind: kind, provider: 'lab', stream });
      expect(seen.row.usage).toMatchObject({ inputTokens: null, outputTokens: null, estimated: false });
      expect(seen.row.attemptList.map((one) => one.status)).toEqual(Array.from({ length: attempts }, () => status));
    },
  );

  test('is quoted to the client in its own words, code and parameter', async () => {
    const { error } = await failWith('lab/gpt-test', false, [openAiError(400)]);
    expect(error.error).toEqual({
      message: "Unsupported value: 'temperature' does not support 9 with this model.",
      type: 'invalid_request_error',
      param: 'temperature',
      code: 'unsupported_value',
    });
  });

  test("with a 401 is a 502 of the gateway, not the client's own key gone wrong, and shows no key", async () => {
    const { error, row, requests, attempts } = await failWith('lab/gpt-test', false, [openAiError(401)]);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect([error.status, error.code, requests, attempts]).toEqual([502, 'provider_auth_failed', 1, 1]);
    expect(error.message).toContain('the provider lab refused its key (401)');
    expect(JSON.stringify([error.error, row])).not.toContain(labKey);
    expect(row).toMatchObject({ state: 'upstream_error', status: 502, errorKind: 'upstream-auth' });
    expect(row.attemptList).toMatchObject([{ status: 401, errorKind: 'upstream-auth' }]);
  });

  test.each([
    ['has no quota left', openAiQuotaError(), 'insufficient_quota'],
    ['says that asking again is of no use', openAiError(500, { 'x-should-retry': 'false' }), null],
    ['wants a longer rest than anyone waits for', openAiError(429, { 'retry-after': '3600' }), 'rate_limit_exceeded'],
  ])('is asked once when it %s', async (_what, answer, code) => {
    const { error, requests, attempts } = await failWith('lab/gpt-test', false, [answer]);
    expect([error.code, requests, attempts]).toEqual([code, 1, 1]);
  });

  test('is asked again after one 500, and the client sees only the answer', async () => {
    lab.upstream.next(openAiError(500, soon));
    expect(await ask('lab/gpt-test', true)).toBe('Hello from upstream.');
    const row = await lab.newestRow();
    expect(row).toMatchObject({ state: 'ok', status: 200, attempts: 2, errorKind: null });
    expect(row.attemptList).toMatchObject([
      { status: 500, errorKind: 'upstream-failed' },
      { status: 200, errorKind: null },
    ]);
  });

  test('in the middle of a stream is an error of the SDK with its words, not a shorter answer', async () => {
    const chunk = {
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: { content: 'Half' } }],
    };
    const { error, row } = await failWith('lab/gpt-test', true, [sse([chunk, { error: { message: 'Lost my mind.' } }])]);
    expect(error.message).toContain('Lost my mind.');
    expect(row).toMatchObject({ state: 'upstream_error', status: 200, errorKind: 'upstream-failed', attempts: 1 });
    expect(row.usage.estimated).toBe(true);
  });
});

test.each([
  [400, OpenAI.BadRequestError, 400],
  [401, OpenAI.InternalServerError, 502],
  [429, OpenAI.RateLimitError, 429],
  [500, OpenAI.InternalServerError, 500],
  [529, OpenAI.InternalServerError, 529],
] as const)('demo/error-%i rehearses that error in one request of the SDK', async (status, ErrorClass, seen) => {
  const { error, row, requests } = await failWith(`demo/error-${status}`, true, []);
  expect(error).toBeInstanceOf(ErrorClass);
  expect([error.status, requests]).toEqual([seen, 1]);
  expect(row).toMatchObject({ state: 'upstream_error', status: seen, provider: 'demo', model: `error-${status}` });
  expect(row.attemptList.every((one) => one.status === status)).toBe(true);
});

test('demo/cut is an error in the middle of the stream', async () => {
  const { row, requests } = await failWith('demo/cut', true, []);
  expect(row).toMatchObject({ state: 'upstream_error', status: 200, attempts: 1, errorKind: 'upstream-truncated' });
  expect(requests).toBe(1);
});

describe('a request the gateway itself refuses', () => {
  test.each(['none', 'llmgw_0123456789012345678901234567890123456789012', 'sk-someone-else'])(
    'for its key %j is an AuthenticationError',
    async (apiKey) => {
      const rows = await lab.countRows();
      const stranger = new OpenAI({ baseURL: lab.baseUrl, apiKey });
      const error = await errorOf(streamText(stranger, 'demo/hello'));
      expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
      expect(error.code).toBe('invalid_api_key');
      expect(await lab.countRows()).toBe(rows);
    },
  );

  test.each(['gpt-none', 'nobody/gpt-none'])('for the unknown model %s is a NotFoundError, and has a row', async (model) => {
    const { error, row, requests } = await failWith(model, true, []);
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect([error.code, error.param, requests]).toEqual(['model_not_found', 'model', 1]);
    expect(row).toMatchObject({ id: error.requestID, state: 'rejected', status: 404, attempts: 0, requestedModel: model });
  });

  test('for a field of the wrong type is a BadRequestError that names it, and has a row', async () => {
    const body = JSON.parse('{"model":"demo/hello","messages":[],"stream":"yes"}');
    const error = await errorOf(client.chat.completions.create(body));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.param).toBe('stream');
    expect(await lab.newestRow()).toMatchObject({
      id: error.requestID,
      state: 'rejected',
      status: 400,
      errorKind: 'bad-request',
    });
  });

  test('for too many wrong keys is a RateLimitError at once: the SDK does not sit the wait out to ask again', async () => {
    const stranger = new OpenAI({ baseURL: lab.baseUrl, apiKey: `llmgw_${'A'.repeat(43)}` });
    const startedAtMs = performance.now();
    let error = await errorOf(streamText(stranger, 'demo/hello'));
    for (let tries = 0; error.status === 401 && tries < 20; tries += 1) error = await errorOf(streamText(stranger, 'demo/hello'));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(await ask('lab/gpt-test', false)).toBe('Hello from upstream.');
  });
});
