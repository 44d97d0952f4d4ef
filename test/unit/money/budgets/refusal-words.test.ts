/** Why a budget lets a request not through, and what helps. */
import { expect, test } from 'vitest';
import { unboundWords } from '../../../../gateway/money/budgets/refusal-words.ts';

const budget = { name: 'purse' };
const begin = 'the budget "purse" cannot be held to: ';
const known = `${begin}nobody can say what one call of a/m costs at most`;
const end = 'let the budget allow unknown prices';

test.each([
  ['no price', null, `${begin}no price of a/m is known; set one under prices.overrides, or ${end}`],
  [
    'no output rate',
    { inputPerMillionUsd: 1 },
    `${known}, as its price names no output rate; add it under prices.overrides, or ${end}`,
  ],
  [
    'no input rate',
    { outputPerMillionUsd: 1 },
    `${known}, as its price names no input rate; add it under prices.overrides, or ${end}`,
  ],
  [
    'neither',
    { reasoningPerMillionUsd: 1 },
    `${known}, as its price names no input or output rate; add it under prices.overrides, or ${end}`,
  ],
  ['both', { inputPerMillionUsd: 1, outputPerMillionUsd: 1 }, `${known}; ${end}`],
])('a call that cannot be bounded is told which rate its price lacks: %s', (_what, rates, words) => {
  expect(unboundWords(budget, 'a/m', rates && { rates })).toBe(words);
});
