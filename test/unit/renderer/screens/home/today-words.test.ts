/** Holds what stands under today's requests to both of its figures. */
import { expect, test } from 'vitest';
import { requestsWords } from '../../../../../renderer/screens/home/today-words.ts';

test('requests that failed are shown beside those without a price', () => {
  expect(requestsWords({ errors: 3, unpriced: 1_200 })).toBe('3 failed, 1,200 without a price');
  expect(requestsWords({ errors: 0, unpriced: 0 })).toBe('0 failed');
});
