/** What a client is told of an answer that could not be read: never the key, never without end, never the insides of the program. */
import { expect, test } from 'vitest';
import { GatewayError } from '../../../gateway/chat/error.ts';
import { EventTooLargeError } from '../../../gateway/dialects/sse/event-blocks.ts';
import { answerFailure } from '../../../gateway/exchange/relay/answer-failure.ts';

const key = 'sk-0123456789';

test('the key is taken out of words and code, and the words are bounded', () => {
  const told = new GatewayError('upstream-failed', `bad key ${key} ${'x'.repeat(1_000_000)}`, { code: key, status: 529 });
  const { kind, status, message, code } = answerFailure(told, key);
  expect([kind, status, code]).toEqual(['upstream-overloaded', 529, '[key]']);
  expect(message).toMatch(/^bad key \[key\] x+$/);
  expect(message.length).toBeLessThanOrEqual(2_000);
});

test("what a provider says of our key or our credit within its answer is no word on the client's", () => {
  for (const status of [401, 402, 403]) {
    expect(answerFailure(new GatewayError('upstream-failed', 'no', { status }), key).status).toBe(502);
  }
});

test('what nests too deep to be written is a fault of the provider, and any other fault is ours', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
  let thrown: unknown;
  try {
    JSON.stringify(deep);
  } catch (error) {
    thrown = error;
  }
  expect(answerFailure(thrown, null)).toMatchObject({ kind: 'upstream-protocol', cause: thrown });
  const bug = new TypeError('x.y is not a function');
  expect(answerFailure(bug, null)).toMatchObject({ kind: 'internal', status: 500, cause: bug });
  expect(answerFailure(bug, null).message).not.toContain('x.y');
  expect(answerFailure(new EventTooLargeError(5), null).kind).toBe('upstream-too-large');
});

test.each<[string, { code?: string; status?: number }, string, boolean]>([
  ['an overload', { code: 'overloaded_error', status: 529 }, 'upstream-overloaded', true],
  ['a rate limit', { code: 'rate_limit_exceeded' }, 'upstream-rate-limit', true],
  ['a limit of another name', { status: 429 }, 'upstream-rate-limit', true],
  ['an empty account', { code: 'insufficient_quota', status: 429 }, 'upstream-quota', false],
  ['a context that is too long', { code: 'context_length_exceeded', status: 400 }, 'upstream-context-too-long', false],
  ['a content filter', { code: 'content_filter' }, 'upstream-content-policy', false],
  ['a refused key', { status: 401 }, 'upstream-auth', false],
  ['an unpaid bill', { status: 402 }, 'upstream-auth', false],
  ['a request that cannot be', { code: 'invalid_request_error', status: 400 }, 'upstream-refused', false],
  ['a trouble of its own', { code: 'api_error', status: 500 }, 'upstream-failed', true],
])('%s that is told within an answer is known by its status and code', (_what, facts, kind, retryable) => {
  expect(answerFailure(new GatewayError('upstream-failed', 'No.', facts), null)).toMatchObject({ kind, retryable });
});

test('what was not to be tried again still is not', () => {
  const told = new GatewayError('upstream-failed', 'No.', { status: 529, retryable: false });
  expect(answerFailure(told, null)).toMatchObject({ kind: 'upstream-overloaded', retryable: false });
});
