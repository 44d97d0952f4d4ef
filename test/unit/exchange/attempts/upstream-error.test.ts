/** What a failing answer of an upstream becomes: by its status and structured code, never by its words, and never with the key. */
import { describe, expect, test } from 'vitest';
import { type FailedAnswer, readFailedAnswer } from '../../../../gateway/exchange/attempts/upstream-error.ts';

const key = 'sk-secret-key-0123456789';

function fail(status: number, body: unknown = {}, changes: Partial<FailedAnswer> = {}) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return readFailedAnswer({ provider: 'lab', status, headers: {}, body: bytes, key, now: 0, ...changes });
}

describe('its kind and status', () => {
  test.each([
    [301, 'upstream-redirect', 502],
    [304, 'upstream-redirect', 502],
    [307, 'upstream-redirect', 502],
    [400, 'upstream-refused', 400],
    [401, 'upstream-auth', 502],
    [402, 'upstream-auth', 502],
    [403, 'upstream-auth', 502],
    [404, 'upstream-refused', 404],
    [408, 'upstream-failed', 408],
    [409, 'upstream-failed', 409],
    [413, 'upstream-context-too-long', 413],
    [418, 'upstream-refused', 418],
    [422, 'upstream-refused', 422],
    [429, 'upstream-rate-limit', 429],
    [500, 'upstream-failed', 500],
    [503, 'upstream-overloaded', 503],
    [529, 'upstream-overloaded', 529],
    [204, 'upstream-protocol', 502],
    [206, 'upstream-protocol', 502],
  ])('of a %i are %s and %i', (status, kind, shown) => {
    expect(fail(status).error).toMatchObject({ kind, status: shown, provider: 'lab' });
  });

  test.each([
    { error: { code: 'insufficient_quota' } },
    { error: { type: 'insufficient_quota', code: null } },
    { code: 'insufficient_quota' },
  ])('of a 429 that says in its code that no quota is left are not to be asked again: %j', (body) => {
    expect(fail(429, body).error).toMatchObject({
      kind: 'upstream-quota',
      status: 429,
      code: 'insufficient_quota',
      retryable: false,
    });
  });

  test.each<[string, number, unknown, string, string]>([
    ['OpenAI and most others', 400, { error: { code: 'context_length_exceeded' } }, 'too-long', 'context_length_exceeded'],
    ['OpenAI of one field', 400, { error: { code: 'string_above_max_length' } }, 'too-long', 'context_length_exceeded'],
    ['Anthropic', 413, { type: 'error', error: { type: 'request_too_large' } }, 'too-long', 'context_length_exceeded'],
    ['llama.cpp', 400, { error: { code: 400, type: 'exceed_context_size_error' } }, 'too-long', 'context_length_exceeded'],
    ['llama.cpp before', 500, { error: { code: 500, type: 'exceed_context_size_error' } }, 'too-long', 'context_length_exceeded'],
    ['OpenAI', 400, { error: { code: 'content_policy_violation' } }, 'policy', 'content_filter'],
    ['OpenAI of pictures', 400, { error: { code: 'moderation_blocked' } }, 'policy', 'content_filter'],
    ['Azure', 400, { error: { code: 'content_filter', status: 400 } }, 'policy', 'content_filter'],
    [
      'Azure within',
      400,
      { error: { code: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'policy',
      'content_filter',
    ],
    ['OpenRouter', 403, { error: { code: 403, metadata: { reasons: ['violence'] } } }, 'policy', 'content_filter'],
  ])('of %s with %i are of the request alone: %j', (_who, status, body, what, code) => {
    const kind = what === 'policy' ? 'upstream-content-policy' : 'upstream-context-too-long';
    expect(fail(status, body).error).toMatchObject({ kind, status, code, movable: false, retryable: false });
    expect(fail(status, body).body).not.toBeNull();
  });

  test.each([
    [529, { type: 'error', error: { type: 'overloaded_error' } }],
    [500, { type: 'error', error: { type: 'overloaded_error' } }],
    [503, [{ error: { code: 503, status: 'UNAVAILABLE' } }]],
  ])('of a %i that says so are those of a provider with too much to do: %j', (status, body) => {
    expect(fail(status, body).error).toMatchObject({ kind: 'upstream-overloaded', status, movable: true, retryable: true });
  });

  test("of Anthropic's limit on spending, a 429 without a time to come back, are not tried again with the same key", () => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'No.' } };
    expect(fail(429, body).error).toMatchObject({ kind: 'upstream-rate-limit', retryable: false });
    expect(fail(429, body, { headers: { 'retry-after': '3' } }).error.retryable).toBe(true);
    expect(fail(429, { error: { type: 'rate_limit_error' } }).error.retryable).toBe(true);
  });

  test('never come from words: an error that only speaks of quota or keys is what its status says', () => {
    const body = { error: { message: 'insufficient_quota: invalid_api_key, context_length_exceeded', code: null } };
    expect(fail(429, body).error.kind).toBe('upstream-rate-limit');
    expect(fail(400, body).error.kind).toBe('upstream-refused');
  });

  test('are not tried again where the provider says that this is of no use', () => {
    expect(fail(500).error.retryable).toBe(true);
    expect(fail(500, {}, { headers: { 'x-should-retry': 'false' } }).error.retryable).toBe(false);
    expect(fail(400, {}, { headers: { 'x-should-retry': 'true' } }).error.retryable).toBe(false);
  });
});

describe('its body', () => {
  const text = '{ "error": {"message":"No.", "odd": 1e400, "code":null} }';

  test.each([400, 404, 422, 429, 500, 503])('goes to the client byte for byte with a %i', (status) => {
    expect(fail(status, text).body?.toString()).toBe(text);
  });

  test.each([
    ['a 401, which is between the gateway and the provider', 401, text],
    ['a 403', 403, text],
    ['a redirect', 302, text],
    ['a page', 500, '<html>Bad gateway</html>'],
    ['no object', 500, '"Bad gateway"'],
    ['nothing', 500, ''],
    ['the key in it', 400, `{"error":{"message":"wrong key ${key}"}}`],
  ])('stays here with %s', (_what, status, body) => {
    expect(fail(status, body).body).toBeNull();
  });
});

describe('its message', () => {
  test.each([
    [400, { error: { message: 'Too hot.' } }, 'the provider lab answered 400: Too hot.'],
    [400, { message: 'Too hot.' }, 'the provider lab answered 400: Too hot.'],
    [400, { error: 'Too hot.' }, 'the provider lab answered 400: Too hot.'],
    [404, { detail: 'Not Found' }, 'the provider lab answered 404: Not Found'],
    [
      422,
      { detail: [{ loc: ['body', 'n'], msg: 'Input should be 1', input: 'words of the client' }] },
      'the provider lab answered 422: [{"loc":["body","n"],"msg":"Input should be 1"}]',
    ],
    [400, { error: { message: ['Too hot.', 7] } }, 'the provider lab answered 400: ["Too hot.",7]'],
    [500, '<html>', 'the provider lab answered 500'],
    [401, { error: { message: 'Wrong.' } }, 'the provider lab refused its key (401): Wrong.'],
    [402, {}, 'the provider lab asks for payment (402)'],
    [308, {}, 'the provider lab answered with a redirect (308), which is never followed; check its base URL'],
  ])('of a %i with %j', (status, body, message) => {
    expect(fail(status, body).error.message).toBe(message);
  });

  test('never holds the key, and is cut', () => {
    const { error } = fail(401, { error: { message: `${key} is wrong, ${key}! ${'x'.repeat(2_000)}` } });
    expect(error.message).toContain('[key] is wrong, [key]!');
    expect(error.message).not.toContain(key);
    expect(error.message.length).toBeLessThan(600);
    const listed = fail(422, { detail: [{ msg: `${key} is wrong ${'x'.repeat(2_000)}` }] }).error.message;
    expect([listed.includes('[key] is wrong'), listed.includes(key), listed.length < 600]).toEqual([true, false, true]);
  });
});

test("Google's errors for OpenAI's clients, which stand in a list, are read and said anew", () => {
  const refusal = fail(404, [{ error: { code: 404, message: 'models/x is not found', status: 'NOT_FOUND' } }]);
  expect(refusal.error.message).toBe('the provider lab answered 404: models/x is not found');
  expect([refusal.body, refusal.namesPath]).toEqual([null, false]);
});

test('its wait and its headers are handed on', () => {
  const headers = { 'retry-after': '3', 'x-ratelimit-remaining-tokens': '0' };
  expect(fail(429, {}, { headers })).toMatchObject({ retryAfterMs: 3_000, headers });
  expect(fail(429).retryAfterMs).toBeNull();
});

describe('the wait that it asks for', () => {
  const told = (retryDelay: unknown) => [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId: 'PerDay' }] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
  ];
  const google = (retryDelay: unknown) => ({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: told(retryDelay) } });

  test("is read from Google's error, which has no header for it, listed or not", () => {
    expect([google('34.074824224s'), [google('7s')]].map((body) => fail(429, body).retryAfterMs)).toEqual([34_075, 7_000]);
  });

  test('is what the header says, where there is one', () => {
    expect(fail(429, google('34s'), { headers: { 'retry-after': '2' } }).retryAfterMs).toBe(2_000);
  });

  test.each([['soon'], [''], ['-3s'], [34], [null], [{ seconds: 34 }]])(
    'is not known where it is senseless: %j',
    (retryDelay) => {
      expect(fail(429, google(retryDelay)).retryAfterMs).toBeNull();
    },
  );
});
