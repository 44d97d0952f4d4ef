/** Every format that the gateway has a door or a writer for has a name for people. */
import { expect, test } from 'vitest';
import { dialectName, withDialectNames } from '../../../../renderer/components/dialect-words.ts';
import { dialects } from '../../../../gateway/dialects/index.ts';

test('no format is shown by the name that programs use', () => {
  const names = [...dialects.keys()].map(dialectName);
  expect(names.filter((name) => /^[a-z]|-/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('a format of a newer gateway is shown as it is, not as nothing', () => {
  expect(['toString', 'newer-format', ''].map(dialectName)).toEqual(['toString', 'newer-format', '']);
});

test.each([
  [
    'the tool x is run by providers that speak anthropic-messages',
    'the tool x is run by providers that speak Anthropic messages',
  ],
  ['ollama has no such field', 'Ollama chat has no such field'],
  ['gemini-count-tokens, gemini; ollama.', 'Gemini token count, Gemini; Ollama chat.'],
  ['gemini-2.5-pro, lab/gemini and ollama:x stay, as do my-gemini and ollama.example', null],
])('in a sentence formats have their names, and what only looks like one stays: %s', (sentence, named) => {
  expect(withDialectNames(sentence)).toBe(named ?? sentence);
});
