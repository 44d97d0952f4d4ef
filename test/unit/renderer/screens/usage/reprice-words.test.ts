/** Holds what the re-pricing of old requests says to what it does. */
import { expect, test } from 'vitest';
import { outcomeWords, repriceDescription, sumWords } from '../../../../../renderer/screens/usage/reprice-words.ts';

const none = { requests: 0, changed: 0, beforeUsd: 0, afterUsd: 0 };

test('a range without requests says that none fits', () => {
  expect([outcomeWords(none, false), outcomeWords(none, true)]).toEqual(['No request fits.', 'No request fits.']);
});

test('what would change and what was changed are told apart', () => {
  const answer = { requests: 1_204, changed: 40, beforeUsd: 12.5, afterUsd: 13.87 };
  expect(outcomeWords(answer, false)).toBe('40 of 1,204 requests would change: $12.50 before, $13.87 after.');
  expect(outcomeWords({ ...answer, changed: 0 }, true)).toBe('Nothing was changed: 1,204 requests cost what they did.');
});

test('what no request has a price for is unknown, and free is not', () => {
  expect([sumWords(0, 40, 40), sumWords(0, 0, 40), sumWords(1.37, 39, 40)]).toEqual(['–', '$0.00', '$1.37']);
});

test('it is said that budgets keep what they counted', () => {
  expect(repriceDescription).toContain('Budgets keep what they counted.');
});
