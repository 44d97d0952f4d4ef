/** What holds for every price and every usage, sound or not: sums stay sums, and a bound is one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unknownUsage } from '../../../gateway/chat/usage.ts';
import { mostNanoUsd } from '../../../gateway/contract/money/nano-usd.ts';
import type { Price } from '../../../gateway/contract/money/price.ts';
import { type Billables, readBillables } from '../../../gateway/money/billables.ts';
import { costOf } from '../../../gateway/money/cost.ts';
import { worstCost } from '../../../gateway/money/worst-cost.ts';
import { anyPrice, anyRawUsage, anyUsage } from '../../support/any-price.ts';

const inputParts = [
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'cacheWriteHourTokens',
  'audioInputTokens',
  'cachedAudioInputTokens',
  'imageInputTokens',
  'cachedImageInputTokens',
] as const;
const outputParts = ['outputTokens', 'reasoningTokens', 'audioOutputTokens', 'imageOutputTokens'] as const;

const sumOf = (billables: Billables, parts: readonly (keyof Billables)[]): number =>
  parts.reduce((sum, part) => sum + Number(billables[part]), 0);

const anyBillables = fc.tuple(anyUsage, anyRawUsage).map(([usage, raw]) => readBillables(usage, JSON.stringify(raw)));

const plain = (rates: Price['rates'], change: Partial<Price> = {}): Price => ({
  rates,
  longContext: [],
  serviceTiers: {},
  source: 'catalog',
  version: 'test',
  url: null,
  ...change,
});
const tokens = (inputTokens: number | null, outputTokens: number | null) => ({ ...unknownUsage, inputTokens, outputTokens });

test('parts of a usage never overlap: they come to their whole exactly, whatever a provider says of them', () => {
  fc.assert(
    fc.property(anyBillables, (billables) => {
      expect(sumOf(billables, inputParts)).toBe(billables.allInputTokens ?? 0);
      expect(sumOf(billables, outputParts)).toBe(billables.allOutputTokens ?? 0);
      for (const part of [...inputParts, ...outputParts]) expect(billables[part]).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 500 },
  );
});

test('a cost is a whole number of nano-dollars, never negative and never NaN, and its lines come to it', () => {
  fc.assert(
    fc.property(anyPrice, anyBillables, (price, billables) => {
      const cost = costOf(price, billables);
      if (cost === null) return;
      expect(Number.isSafeInteger(cost.nanoUsd) && cost.nanoUsd >= 0).toBe(true);
      const lines = cost.lines.reduce((sum, { usd }) => sum + usd, 0);
      if (cost.nanoUsd < mostNanoUsd) expect(lines * 1e9).toBeCloseTo(cost.nanoUsd, -1);
    }),
    { numRuns: 500 },
  );
});

test('more tokens never cost less, at the same length of context', () => {
  const more = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(anyPrice, anyUsage, more, more, (price, usage, input, output) => {
      const flat = { ...price, longContext: [] };
      const before = { ...usage, inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 };
      const after = { ...before, inputTokens: before.inputTokens + input, outputTokens: before.outputTokens + output };
      const [one, other] = [before, after].map((each) =>
        costOf(flat, readBillables({ ...unknownUsage, inputTokens: each.inputTokens, outputTokens: each.outputTokens }, null)),
      );
      expect(other?.nanoUsd).toBeGreaterThanOrEqual(one?.nanoUsd ?? Number.NaN);
    }),
    { numRuns: 300 },
  );
});

test('the bound is never below the cost of any usage within its tokens, however it was served', () => {
  const slack = fc.integer({ min: 0, max: 50_000 });
  fc.assert(
    fc.property(anyPrice, anyBillables, slack, slack, (price, billables, moreInput, moreOutput) => {
      const cost = costOf(price, billables);
      const inputTokens = (billables.allInputTokens ?? 0) + moreInput;
      const outputTokens = (billables.allOutputTokens ?? 0) + moreOutput;
      const bound = worstCost(price, { inputTokens, outputTokens, searches: billables.searches });
      expect(bound).not.toBeNull();
      if (cost !== null) expect(bound).toBeGreaterThanOrEqual(cost.nanoUsd);
    }),
    { numRuns: 2_000 },
  );
});

test('a bound for a tier that is certain is that of this tier, and one for what no length bounds is none', () => {
  const price = plain(
    { inputPerMillionUsd: 1, outputPerMillionUsd: 2 },
    { serviceTiers: { priority: 2, flex: 0.5, fast: 3, us: 1.1 } },
  );
  const asked = { inputTokens: 1_000_000, outputTokens: 0 };
  expect(worstCost(price, { ...asked, serviceTiers: [] })).toBe(1e9);
  expect(worstCost(price, { ...asked, serviceTiers: ['flex'] })).toBe(5e8);
  expect((worstCost(price, asked) ?? 0) / 1e9).toBeCloseTo(2 * 3 * 1.1, 8);
  expect(worstCost(plain({ perAudioMinuteUsd: 0.006, inputPerMillionUsd: 0, outputPerMillionUsd: 0 }), asked)).toBeNull();
  expect(worstCost(plain({ outputPerMillionUsd: 2 }), asked)).toBeNull();
  expect(worstCost(plain({ inputPerMillionUsd: 1 }), { ...asked, outputTokens: 1 })).toBeNull();
  expect(worstCost(plain({ inputPerMillionUsd: 1 }), asked)).toBe(1e9);
});

test('the rates of a long context hold for the whole request, from one token beyond its limit', () => {
  const price = plain(
    { inputPerMillionUsd: 1, outputPerMillionUsd: 10, cachedInputPerMillionUsd: 0.1 },
    {
      longContext: [
        { aboveInputTokens: 400_000, inputPerMillionUsd: 4 },
        { aboveInputTokens: 200_000, inputPerMillionUsd: 2, outputPerMillionUsd: 15 },
      ],
    },
  );
  const nano = (input: number) => costOf(price, readBillables(tokens(input, 100), null))?.nanoUsd;
  expect(nano(200_000)).toBe(200_000 * 1_000 + 100 * 10_000);
  expect(nano(200_001)).toBe(200_001 * 2_000 + 100 * 15_000);
  expect(nano(400_001)).toBe(400_001 * 4_000 + 100 * 10_000);
});

test('what a price leaves out costs what it is a part of', () => {
  const usage = {
    ...unknownUsage,
    inputTokens: 100,
    cachedInputTokens: 40,
    cacheWriteTokens: 10,
    outputTokens: 50,
    reasoningTokens: 20,
  };
  expect(costOf(plain({ inputPerMillionUsd: 3, outputPerMillionUsd: 15 }), readBillables(usage, null))?.nanoUsd).toBe(
    100 * 3_000 + 50 * 15_000,
  );
});

test.each([
  ['a count of the input that nobody told', plain({ inputPerMillionUsd: 1, outputPerMillionUsd: 1 }), tokens(null, 5)],
  ['a count of the output that nobody told', plain({ inputPerMillionUsd: 1, outputPerMillionUsd: 1 }), tokens(5, null)],
  ['a rate that nobody told', plain({ inputPerMillionUsd: 1 }), tokens(5, 5)],
  [
    'minutes that nobody counted',
    plain({ perAudioMinuteUsd: 0.006, inputPerMillionUsd: 0, outputPerMillionUsd: 0 }),
    tokens(5, 5),
  ],
])('%s makes the cost unknown, not wrong', (_what, price, usage) => {
  expect(costOf(price, readBillables(usage, null))).toBeNull();
});
