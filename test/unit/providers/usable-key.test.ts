/** Which of a provider's keys its own questions are asked with. */
import { expect, test } from 'vitest';
import { findUsableKey, type FoundKey } from '../../../gateway/providers/usable-key.ts';

const keys: Readonly<Record<string, FoundKey>> = {
  'env:GONE': { problem: 'The environment variable GONE is not set.' },
  'env:ODD': { value: 'sk-\u00fc' },
  'env:GOOD': { value: 'sk-good' },
};
const find = (...keyReferences: string[]) =>
  findUsableKey({ keyReferences }, (reference) => keys[reference] ?? { problem: 'unknown' });

test('the first that is there and can be sent', () => {
  expect(find('env:GONE', 'env:ODD', 'env:GOOD')).toEqual({ key: 'sk-good', problem: null });
});

test('none, with what is wrong with each, and without showing one', () => {
  const { key, problem } = find('env:GONE', 'env:ODD');
  expect(key).toBeNull();
  expect(problem).toBe(
    'The environment variable GONE is not set. The key env:ODD holds a character that cannot be sent; save it again.',
  );
});

test('none is no trouble where none is named', () => {
  expect(find()).toEqual({ key: null, problem: null });
});
