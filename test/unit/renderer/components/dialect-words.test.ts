/** Every format that the gateway has a door or a writer for has a name for people. */
import { expect, test } from 'vitest';
import { dialectName } from '../../../../renderer/components/dialect-words.ts';
import { dialects } from '../../../../gateway/dialects/index.ts';

test('no format is shown by the name that programs use', () => {
  const names = [...dialects.keys()].map(dialectName);
  expect(names.filter((name) => /^[a-z]|-/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('a format of a newer gateway is shown as it is, not as nothing', () => {
  expect(['toString', 'newer-format', ''].map(dialectName)).toEqual(['toString', 'newer-format', '']);
});
