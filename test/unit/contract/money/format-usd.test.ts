/** Holds amounts of money to one writing: what is not nothing is never written as nothing. */
import { expect, test } from 'vitest';
import { formatUsd } from '../../../../gateway/contract/money/format-usd.ts';

test.each([
  [0, '$0.00'],
  [1e-9, 'under $0.000001'],
  [0.000_012, '$0.000012'],
  [0.000_012_345, '$0.000012'],
  [0.0001, '$0.0001'],
  [0.0042, '$0.0042'],
  [0.01, '$0.01'],
  [0.02, '$0.02'],
  [0.0149, '$0.0149'],
  [0.1234, '$0.1234'],
  [0.25, '$0.25'],
  [0.999_96, '$1.00'],
  [1.5, '$1.50'],
  [12.345, '$12.35'],
  [1_208.1, '$1,208.10'],
  [-0.02, '−$0.02'],
  [-0.5, '−$0.50'],
])('%d dollars are %s', (amount, text) => {
  expect(formatUsd(amount)).toBe(text);
});
