/** Holds what is said of a request's money to what its row knows. */
import { expect, test } from 'vitest';
import { heldWords, overBoundWords } from '../../../../../renderer/screens/requests/cost-words.ts';

test.each([
  [{ reservedUsd: 0.25, errorKind: null, costBasis: 'computed' as const }, '$0.25 for its last attempt'],
  [{ reservedUsd: null, errorKind: 'over-budget', costBasis: 'none' as const }, 'nothing: a budget refused it'],
  [{ reservedUsd: null, errorKind: null, costBasis: 'free' as const }, 'nothing: it was free'],
  [{ reservedUsd: null, errorKind: null, costBasis: 'computed' as const }, 'nothing'],
])('what budgets held back is said with a reason only where the row knows one: %o', (detail, words) => {
  expect(heldWords(detail)).toBe(words);
});

test('a budget that a provider billed beyond opens with the next period, or when a person opens it', () => {
  expect(overBoundWords).toContain('closed until the period ends or a person opens them again');
});
