/** Holds the mistakes of a document to their places in its text. */
import { jsonLanguage } from '@codemirror/lang-json';
import { expect, test } from 'vitest';
import { spanOf } from '../../../../../renderer/screens/routing/document-editor/json-places.ts';

const text = `{
  "rules": [{ "name": "a", "use": ["x", "y"] }, { "name": "b", "when": { "tools": "yes" } }],
  "aliases": { "gpt-5.5": { "targets": [""] }, "gpt-5": {} }
}`;

function markedAt(path: string): string {
  const { from, to } = spanOf(jsonLanguage.parser.parse(text), text, path);
  return text.slice(from, to);
}

test.each([
  ['rules.0.use.1', '"y"'],
  ['rules.1.when.tools', '"yes"'],
  ['rules.1.when', '"when"'],
  ['rules.1', '{'],
  ['aliases.gpt-5.5.targets.0', '""'],
  ['aliases.gpt-5', '"gpt-5"'],
])('what is wrong at %s is marked there', (path, marked) => {
  expect(markedAt(path)).toBe(marked);
});

test('what is missing is marked where it would be', () => {
  expect(markedAt('rules.0.when.task')).toBe('{');
  expect(markedAt('elsewhere')).toBe('{');
  expect(spanOf(jsonLanguage.parser.parse(''), '', 'rules.0')).toEqual({ from: 0, to: 0 });
});
