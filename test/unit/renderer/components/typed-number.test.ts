/** Holds typed numbers to what was meant: thousands are thousands, and what could be either is asked for again. */
import { expect, test } from 'vitest';
import { readNumber } from '../../../../renderer/components/typed-number.ts';

test.each([
  ['1.5', { least: 0, most: 2 }, true],
  ['1.5', { least: 0, most: 2, whole: true }, false],
  ['0', { least: 0, most: 2, open: true }, false],
  ['1e400', { least: 0, most: 2 }, false],
  [' ', { least: 0, most: 2 }, false],
])('the number %j within %o is taken: %s', (text, bounds, ok) => {
  expect(readNumber(text, bounds).ok).toBe(ok);
});

test.each([
  ['1,000', 1_000],
  ['$1,000', 1_000],
  ['12,345,678.25', 12_345_678.25],
  ['1,5', 1.5],
  [',5', 0.5],
  ['0,01', 0.01],
  ['0,0005', 0.0005],
])('%j is read as %d', (text, value) => {
  expect(readNumber(text, { least: 0, most: 1e9 })).toEqual({ ok: true, value });
});

test.each(['0,005', '1000,000', '1,00,000', '1,000,5', '1,5.0', '1,', '1.000,5'])('%j is refused for its comma', (text) => {
  expect(readNumber(text, { least: 0, most: 1e9 })).toEqual({
    ok: false,
    message: expect.stringContaining('commas only between'),
  });
});

test('a whole number that is refused for its comma is told nothing of decimals', () => {
  expect(readNumber('10,0,0', { least: 1, most: 1e9, whole: true })).toEqual({
    ok: false,
    message: 'must have commas only between thousands: 1,000',
  });
});
