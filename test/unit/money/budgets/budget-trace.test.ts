/** How a budget is told of in an explanation: it lets through what the ledger would, and says why in figures and words. */
import { expect, test } from 'vitest';
import type { Price } from '../../../../gateway/contract/money/price.ts';
import type { Budget } from '../../../../gateway/money/budgets/budget.ts';
import { standingTrace } from '../../../../gateway/money/budgets/budget-trace.ts';

const budget: Budget = {
  id: 'config:team',
  name: 'team',
  scope: 'all',
  scopeKind: 'all',
  of: null,
  origin: 'config',
  period: 'day',
  isHard: true,
  limitNanoUsd: 1e9,
  warnAt: [],
  allowsUnknownPrice: false,
};
const price: Price = { rates: {}, longContext: [], serviceTiers: {}, source: 'config', version: 'v', url: null };
const standing = { settledNanoUsd: 0.5e9, reservedNanoUsd: 0.25e9, unpriced: 0, closed: null, endsAtMs: 1_795_000_000_000 };
const question = { target: 'a/m', price, standing, askedNanoUsd: 0.25e9 };
const soft: Budget = { ...budget, isHard: false, allowsUnknownPrice: true };
const call: Budget = { ...budget, period: 'call' };

test.each([
  ['what just fits', budget, question, false, 'there is room for it'],
  [
    'what is a nano-dollar too dear',
    budget,
    { ...question, askedNanoUsd: 0.25e9 + 1 },
    true,
    'has $0.25 left of $1.00 a day ($0.25 is held',
  ],
  [
    'anything while it is closed',
    budget,
    { ...question, askedNanoUsd: 0, standing: { ...standing, closed: 'of this' } },
    true,
    'closed because of this',
  ],
  ['what nobody can bound', budget, { ...question, askedNanoUsd: null, price: null }, true, 'no price of a/m is known'],
  [
    'that where it allows it',
    { ...budget, allowsUnknownPrice: true },
    { ...question, askedNanoUsd: null },
    false,
    'nobody can say',
  ],
  ['too much where it only warns', soft, { ...question, askedNanoUsd: 9e9 }, false, 'let through all the same'],
  [
    'too much of what runs here',
    budget,
    { ...question, askedNanoUsd: 9e9, price: { ...price, source: 'local' as const } },
    false,
    'costs nothing',
  ],
  ['a call that is too dear', call, { ...question, standing: null, askedNanoUsd: 2e9 }, true, 'allows $1.00 a call'],
  ['a call that is not', call, { ...question, standing: null }, false, 'allows $1.00 a call'],
] as const)('of %s', (_, one, asked, refuses, words) => {
  const told = standingTrace(one, asked);
  expect(told.refuses).toBe(refuses);
  expect(told.reason).toContain(words);
  expect(told.askedUsd).toBe(asked.askedNanoUsd === null ? null : asked.askedNanoUsd / 1e9);
  expect(told).toMatchObject(
    asked.standing === null
      ? { leftUsd: 1, resetsAtMs: null, reservedUsd: 0 }
      : { leftUsd: 0.25, resetsAtMs: standing.endsAtMs, reservedUsd: 0.25 },
  );
});
