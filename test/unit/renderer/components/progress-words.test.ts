/** Holds a bar to its figures: it never leaves its place, and claims nothing that nobody knows. */
import { expect, test } from 'vitest';
import { partDone, progressWords } from '../../../../renderer/components/progress-words.ts';

const gib = 2 ** 30;

test('a part is between nothing and all, and unknown where the whole is', () => {
  expect(partDone({ bytesDone: 1, bytesTotal: 4 })).toBe(0.25);
  expect(partDone({ bytesDone: 5, bytesTotal: 4 })).toBe(1);
  expect(partDone({ bytesDone: 5, bytesTotal: null })).toBe(null);
  expect(partDone({ bytesDone: 0, bytesTotal: 0 })).toBe(null);
});

test('size, speed and what is left are said as far as they are known', () => {
  const all = { bytesDone: 1.5 * gib, bytesTotal: 4 * gib, bytesPerSecond: 24.4 * 2 ** 20, secondsLeft: 105 };
  expect(progressWords(all)).toBe('1.5 GiB of 4.0 GiB · 24.4 MiB/s · 2 min left');
  expect(progressWords({ ...all, bytesPerSecond: null, secondsLeft: null })).toBe('1.5 GiB of 4.0 GiB');
  expect(progressWords({ bytesDone: 0, bytesTotal: null, bytesPerSecond: null, secondsLeft: null })).toBe('');
});
