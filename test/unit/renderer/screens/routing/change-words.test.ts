/** Holds the words of a change to the place it is about, as the gateway writes places. */
import { expect, test } from 'vitest';
import { diffDocuments } from '../../../../../gateway/config/document-diff.ts';
import { changeWords } from '../../../../../renderer/screens/routing/change-words.ts';

const before = {
  version: 1,
  providers: [{ id: 'lab', kind: 'demo' }],
  aliases: { 'gpt-5.5': { targets: ['a'] } },
  policy: {
    rules: [
      { name: 'a "b"', use: 'x' },
      { name: 'c', use: 'y' },
    ],
  },
};

function wordsBetween(after: object): unknown {
  return diffDocuments(before, { ...before, ...after }).map((change) => changeWords(change));
}

test('rules, aliases and providers are called by their names', () => {
  expect(wordsBetween({ policy: { rules: [{ name: 'a "b"', use: 'z' }, before.policy.rules[1]] } })).toEqual([
    { where: 'Rule “a "b"”: use', kind: 'changed', before: 'x', after: 'z' },
  ]);
  expect(wordsBetween({ policy: { rules: [before.policy.rules[0]] } })).toEqual([
    { where: 'Rule “c”', kind: 'removed', before: '{ "name": "c", "use": "y" }', after: null },
  ]);
  expect(wordsBetween({ aliases: { 'gpt-5.5': { targets: ['b'] } } })).toEqual([
    { where: 'Alias “gpt-5.5”: targets', kind: 'changed', before: '["a"]', after: '["b"]' },
  ]);
  expect(wordsBetween({ providers: [{ id: 'lab', kind: 'demo', forwards: true }] })).toEqual([
    { where: 'Provider “lab”: forwards', kind: 'added', before: null, after: 'true' },
  ]);
});

test('a switch and another order are said as such', () => {
  expect(wordsBetween({ policy: { rules: [{ ...before.policy.rules[0], enabled: false }, before.policy.rules[1]] } })).toEqual([
    { where: 'Rule “a "b"”: enabled', kind: 'changed', before: 'on', after: 'off' },
  ]);
  expect(wordsBetween({ policy: { rules: before.policy.rules.toReversed() } })).toEqual([
    { where: 'The order of the rules', kind: 'moved', before: 'a "b", c', after: 'c, a "b"' },
  ]);
});

test('a place that is none of these is shown as it is', () => {
  expect(wordsBetween({ listen: { port: 1 } })).toMatchObject([{ where: 'listen', kind: 'added' }]);
});
