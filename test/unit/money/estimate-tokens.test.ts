/** An estimate says what sizes allow and nothing more. */
import { expect, test } from 'vitest';
import { estimateInputTokens, estimateUsage } from '../../../gateway/money/estimate-tokens.ts';

test.each([
  [
    { textBytes: 400, events: 0, contentBytes: 80 },
    { inputTokens: 100, outputTokens: 20 },
  ],
  [
    { textBytes: 401, events: 3, contentBytes: 81 },
    { inputTokens: 101, outputTokens: 21 },
  ],
  [
    { textBytes: 0, events: 0, contentBytes: 0 },
    { inputTokens: 0, outputTokens: 0 },
  ],
])('four bytes are a token, a started one counts: %j', ({ textBytes, ...seen }, tokens) => {
  expect(estimateUsage(estimateInputTokens({ textBytes, media: [] }), seen)).toMatchObject(tokens);
});

test('an event of a stream is at least one token, however short', () => {
  expect(estimateUsage(1, { events: 30, contentBytes: 40 }).outputTokens).toBe(30);
});

test('what no size tells stays unknown', () => {
  expect(estimateUsage(1, { events: 1, contentBytes: 4 })).toMatchObject({ cachedInputTokens: null, reasoningTokens: null });
});

test('an image costs what an image costs, whatever its size in bytes', () => {
  const image = (bytes: number) => ({ kind: 'image', bytes, pixels: null }) as const;
  const asked = { textBytes: 4, media: [image(10), image(1_000_000)] };
  expect(estimateInputTokens(asked)).toBe(1 + 2 * 765);
  expect(estimateInputTokens(asked, { kind: 'gemini', model: 'gemini-3-pro' })).toBe(1 + 2 * 1120);
});

test('what was learned of a model takes the place of four bytes a token', () => {
  expect(estimateInputTokens({ textBytes: 1_000, media: [] }, null, 0.5)).toBe(500);
});

test('an answer that is no text has no count of output', () => {
  expect(estimateUsage(10, { events: 0, contentBytes: null })).toMatchObject({
    inputTokens: 10,
    outputTokens: null,
  });
});
