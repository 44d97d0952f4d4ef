/** What the gateway answers itself, and when. */
import { expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../gateway/chat/error.ts';
import { openAiChat } from '../../../gateway/dialects/index.ts';
import { answerHere, isNotOffered, isTranslatable } from '../../../gateway/exchange/answer-here.ts';

const request = openAiChat.readRequest([Buffer.from('{"model":"m","messages":[{"role":"user","content":"hello"}]}')], {
  model: null,
  stream: null,
});

test('a dialect that counts tokens is told an estimate and the time', () => {
  const counting = { ...openAiChat, answerHere: (_request: unknown, facts: unknown) => facts };
  expect(answerHere(counting, request, 5)).toEqual({ inputTokens: expect.any(Number), nowMs: 5 });
  expect(answerHere(counting, request, 5)).toMatchObject({ inputTokens: expect.toSatisfy((count: number) => count > 0) });
});

test('a request that is for upstreams alone has no answer here', () => {
  expect(answerHere({ ...openAiChat, answerHere: () => undefined }, request, 5)).toBeNull();
  const { answerHere: _none, ...plain } = openAiChat;
  expect(answerHere(plain, request, 5)).toBeNull();
});

test('only what has a codec can be asked of a provider of another dialect', () => {
  expect(isTranslatable({ ...openAiChat, chat: null, embeddings: null })).toBe(false);
});

test.each<[boolean, ErrorKind, number]>([
  [true, 'upstream-refused', 404],
  [true, 'upstream-refused', 405],
  [true, 'upstream-refused', 501],
  [true, 'upstream-connect', 502],
  [true, 'upstream-auth', 401],
  [false, 'upstream-refused', 400],
  [false, 'upstream-refused', 413],
  [false, 'upstream-total-timeout', 504],
])('it is %j that %s with %i lets the gateway answer itself', (expected, kind, status) => {
  expect(isNotOffered(new GatewayError(kind, 'no', { status }))).toBe(expected);
});
