/** Counting by the tokenizer: held against what OpenAI billed, and against texts made to be slow. */
import { expect, test } from 'vitest';
import { dialects } from '../../../../gateway/dialects/index.ts';
import { countChat, countEmbeddings, encodingOf, loadEncoding } from '../../../../gateway/money/tokens/exact-tokens.ts';
import { boundCountedTokens } from '../../../../gateway/money/tokens/input-bound.ts';
import { recordedRequests } from '../../../support/recorded-requests.ts';
import { noRecordings, recordingsAreHere } from '../../../support/recordings.ts';

test.each([
  ['openai', 'gpt-4o-mini', 'o200k_base'],
  ['openai', 'gpt-5-mini-2025-08-07', 'o200k_base'],
  ['openai', 'ft:gpt-4.1-nano:me', 'o200k_base'],
  ['openai', 'o4-mini', 'o200k_base'],
  ['azure-openai', 'gpt-35-turbo', 'cl100k_base'],
  ['openai', 'gpt-4-turbo', 'cl100k_base'],
  ['openai', 'text-embedding-3-small', 'cl100k_base'],
  ['openrouter', 'openai/gpt-4o', 'o200k_base'],
  ['openrouter', 'anthropic/claude-opus-5', null],
  ['anthropic', 'claude-opus-5', null],
  ['openai', 'gpt-7', null],
  ['ollama', 'gpt-4o', null],
])('at %s %s counts by %s', (kind, model, encoding) => {
  expect(encodingOf({ kind, model })).toBe(encoding);
});

interface Counted {
  readonly id: string;
  readonly billed: number;
  readonly tokens: number;
  readonly bound: number;
  readonly isPlain: boolean;
}

/** Of recordings without media and without the provider's own tools: those are counted by other rules. */
async function countRecorded(): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const { id, dialect, kind, model, request, body, inputTokens: billed } of recordedRequests()) {
    const codec = dialects.get(dialect)?.chat;
    const encoding = encodingOf({ kind, model });
    const size = { ...request.measure(), ...request.additions() };
    if (!codec || !encoding || size.media.length > 0) continue;
    const asked = codec.decodeRequest(body, { model, stream: false });
    const { tokens, isWhole } = countChat(asked, await loadEncoding(encoding), dialect !== 'openai-completions');
    const bound = boundCountedTokens(tokens, size, { kind, model, contextTokens: null });
    if (isWhole) counted.push({ id, billed, tokens, bound, isPlain: !size.hasTools });
  }
  return counted;
}

test('OpenAI billed what is counted: to the token for text, and at most the bound for all else', async (context) => {
  context.skip(!recordingsAreHere, noRecordings);
  const counted = await countRecorded();
  expect(counted.length).toBeGreaterThan(50);
  const plain = counted.filter(({ isPlain }) => isPlain);
  expect(plain.length).toBeGreaterThan(15);
  expect(plain.filter(({ tokens, billed }) => Math.abs(tokens - billed) > 1)).toEqual([]);
  expect(counted.filter(({ bound, billed }) => billed > bound)).toEqual([]);
  // With tools and schemas it is generous, and never by more than double.
  expect(counted.filter(({ tokens, billed }) => tokens < billed || tokens > 2 * billed)).toEqual([]);
});

test('a text is cut where that changes no count', async () => {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  const count = await loadEncoding('o200k_base');
  const text = 'The quick brown fox jumped over 12 lazy dogs, and nobody’s cat minded: «ça va», said Zoë.\n'.repeat(200);
  expect(count(text)).toBe(countTokens(text));
  expect(count('<|endoftext|>')).toBeGreaterThan(1);
});

test.each([
  ['one letter', 'a'.repeat(200_000)],
  ['a script without spaces', '的一是在不了有和人这中大为上个国我以要他'.repeat(5_000)],
  ['pictures', '😀'.repeat(30_000)],
])('a word without end costs no more than a second: %s', async (_, text) => {
  const count = await loadEncoding('o200k_base');
  const begun = performance.now();
  expect(count(text)).toBeGreaterThan(1_000);
  expect(performance.now() - begun).toBeLessThan(3_000);
});

test('texts and token numbers to be embedded are counted as they are', async () => {
  const request = { model: 'm', dimensions: null, encoding: 'float', task: null, truncate: null, unread: [] } as const;
  const count = await loadEncoding('cl100k_base');
  expect(countEmbeddings({ ...request, inputs: ['Hello world', [1, 2, 3]] }, count)).toEqual({ tokens: 5, isWhole: true });
});

test('what only its provider can count is said to be missing', () => {
  const codec = dialects.get('openai-responses')?.chat;
  const decode = (body: object) => codec?.decodeRequest({ model: 'gpt-5', ...body }, { model: 'gpt-5', stream: false });
  const isWhole = (body: object) => {
    const asked = decode(body);
    return asked && countChat(asked, (text) => text.length).isWhole;
  };
  expect(isWhole({ input: 'hello' })).toBe(true);
  expect(isWhole({ input: 'hello', tools: [{ type: 'web_search' }] })).toBe(false);
  const sealed = { type: 'reasoning', id: 'r', summary: [], encrypted_content: 'AAAA' };
  expect(isWhole({ input: [sealed, { role: 'user', content: 'hello' }] })).toBe(false);
});
