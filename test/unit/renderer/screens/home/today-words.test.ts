/** Holds what stands under today's figures to all that it has to tell. */
import { expect, test } from 'vitest';
import { requestsWords, spentWords } from '../../../../../renderer/screens/home/today-words.ts';
import { emptyFigures } from '../../../../support/fake-control.ts';

test('requests that failed are shown beside those without a price', () => {
  expect(requestsWords({ errors: 3, unpriced: 1_200 })).toBe('3 failed, 1,200 without a price');
  expect(requestsWords({ errors: 0, unpriced: 0 })).toBe('0 failed');
});

test('of what was spent it is told what is estimated, and what copies cost', () => {
  expect(spentWords(emptyFigures)).toBe('');
  expect(spentWords({ ...emptyFigures, costUsd: 1, estimatedUsd: 0.25 })).toBe('$0.25 estimated');
  const copied = { ...emptyFigures, costUsd: 1, estimatedUsd: 0.25, copies: 3, copiesUsd: 0.12, copiesUnpriced: 1 };
  expect(spentWords(copied)).toBe('$0.25 estimated, $0.12 for 3 copies, 1 of unknown cost');
});
