/** Holds moments to one writing. */
import { expect, test } from 'vitest';
import { momentWords } from '../../../../gateway/contract/money/moment-words.ts';

test('a moment is written by the clock on the wall, each part in full', () => {
  expect(momentWords(new Date(2026, 0, 2, 3, 4, 59).getTime())).toBe('2026-01-02 03:04');
});
