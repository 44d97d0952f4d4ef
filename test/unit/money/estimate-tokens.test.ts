/** An estimate says what sizes allow and nothing more. */
import { expect, test } from 'vitest';
import { estimateUsage } from '../../../gateway/money/estimate-tokens.ts';

test.each([
  [
    { requestBytes: 400, events: 0, contentBytes: 80 },
    { inputTokens: 100, outputTokens: 20 },
  ],
  [
    { requestBytes: 401, events: 3, contentBytes: 81 },
    { inputTokens: 101, outputTokens: 21 },
  ],
  [
    { requestBytes: 0, events: 0, contentBytes: 0 },
    { inputTokens: 0, outputTokens: 0 },
  ],
])('four bytes are a token, a started one counts: %j', ({ requestBytes, ...seen }, tokens) => {
  expect(estimateUsage(requestBytes, seen)).toMatchObject(tokens);
});

test('an event of a stream is at least one token, however short', () => {
  expect(estimateUsage(4, { events: 30, contentBytes: 40 }).outputTokens).toBe(30);
});

test('what no size tells stays unknown', () => {
  expect(estimateUsage(4, { events: 1, contentBytes: 4 })).toMatchObject({ cachedInputTokens: null, reasoningTokens: null });
});
