/** Dollars look the same everywhere, and no amount looks like none. */
import { expect, test } from 'vitest';
import { formatUsd } from '../../../gateway/contract/money/format-usd.ts';

test.each([
  [0, '$0.00'],
  [1e-9, 'under $0.000001'],
  [0.000012345, '$0.000012'],
  [0.0001, '$0.0001'],
  [0.02, '$0.02'],
  [0.1234, '$0.1234'],
  [1.5, '$1.50'],
  [-0.02, '−$0.02'],
])('%d US dollars are %s', (amount, words) => {
  expect(formatUsd(amount)).toBe(words);
});
