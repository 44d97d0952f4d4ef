/** What the gateway answers itself, and when. */
import { expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../gateway/chat/error.ts';
import type { Dialect } from '../../../gateway/dialects/dialect.ts';
import { openAiChat } from '../../../gateway/dialects/index.ts';
import { answerHere, isNotOffered, isTranslatable } from '../../../gateway/exchange/answer-here.ts';
import type { Runtime } from '../../../gateway/exchange/runtime.ts';
import type { TokenKnowledge } from '../../../gateway/exchange/token-knowledge.ts';
import { plainTokens } from '../../support/plain-tokens.ts';

const request = openAiChat.readRequest([Buffer.from('{"model":"m","messages":[{"role":"user","content":"hello"}]}')], {
  model: null,
  stream: null,
});

const target = { provider: 'lab', model: 'gpt-4o', dialect: 'openai-chat', dialects: ['openai-chat'] };
const counting = {
  ...openAiChat,
  countsFor: 'openai-chat',
  answerHere: (_request: unknown, facts: unknown) => facts,
} as const;

function ask(dialect: Dialect, tokens: Partial<TokenKnowledge> = {}, targets = [target]) {
  const providers = new Map([['lab', { provider: { kind: 'openai' } }]]) as unknown as Runtime['providers'];
  const place = {
    input: { dialect, place: { model: null, stream: null }, client: null },
    runtime: { providers },
    ports: { tokens: { ...plainTokens, ...tokens } },
  };
  return answerHere(place, request, { targets }, 5);
}

test('a dialect that counts tokens is told an estimate and the time, where nobody can count', async () => {
  expect(await ask(counting)?.()).toEqual({ inputTokens: 15, nowMs: 5 });
});

test('a count is the tokenizer’s own for the model that would be asked first', async () => {
  const count: TokenKnowledge['count'] = (_, { kind, model }) => Promise.resolve(kind === 'openai' && model === 'gpt-4o' ? 9 : 1);
  expect(await ask(counting, { count })?.()).toEqual({ inputTokens: 9, nowMs: 5 });
  expect(await ask(counting, { count }, [])?.()).toEqual({ inputTokens: 15, nowMs: 5 });
});

test('what counts nothing asks no tokenizer', async () => {
  const count = () => Promise.reject(new Error('asked'));
  expect(await ask({ ...openAiChat, answerHere: () => 'loaded' }, { count })?.()).toBe('loaded');
});

test('a request that is for upstreams alone has no answer here', () => {
  expect(ask({ ...openAiChat, answerHere: () => undefined })).toBeNull();
  expect(ask(openAiChat)).toBeNull();
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
