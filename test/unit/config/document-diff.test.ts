/** What differs between two versions: each change at its place, once, and nothing that stayed as it was. */
import { expect, test } from 'vitest';
import { diffDocuments } from '../../../gateway/config/document-diff.ts';

const base = {
  version: 1,
  listen: { port: 4283 },
  providers: [
    { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://h/v1', keys: ['vault:a'] },
    { id: 'demo', kind: 'demo' },
  ],
  aliases: { fast: { targets: ['lab/a'] }, 'gpt-5.5': { targets: ['lab/b'] } },
  policy: { rules: [{ name: 'code to one', use: 'lab/a' }] },
};

test('the same document has no changes, whatever the order of its fields', () => {
  const turned = Object.fromEntries(Object.entries(base).reverse());
  expect(diffDocuments(base, turned)).toEqual([]);
});

test('a changed, a new and a removed field are named by their dotted path', () => {
  const { aliases: _, ...rest } = base;
  const after = { ...rest, listen: { port: 4283, allowedHosts: [] }, version: 2 };
  expect(diffDocuments(base, after)).toEqual([
    { path: 'version', before: 1, after: 2 },
    { path: 'listen.allowedHosts', after: [] },
    { path: 'aliases', before: base.aliases },
  ]);
});

test('a provider more at the top is one change, and the others are matched by their ids', () => {
  const [lab, demo] = base.providers;
  const providers = [{ id: 'new', kind: 'openai' }, { ...lab, baseUrl: 'http://other/v1' }, demo];
  expect(diffDocuments(base, { ...base, providers })).toEqual([
    { path: 'providers["new"]', after: { id: 'new', kind: 'openai' } },
    { path: 'providers["lab"].baseUrl', before: 'http://h/v1', after: 'http://other/v1' },
  ]);
});

test('rules in another order are a change of their order', () => {
  const rules = [
    { name: 'a', deny: 'no' },
    { name: 'b', deny: 'no' },
  ];
  const changes = diffDocuments({ policy: { rules } }, { policy: { rules: rules.toReversed() } });
  expect(changes).toEqual([{ path: 'policy.rules[order]', before: ['a', 'b'], after: ['b', 'a'] }]);
});

test('a name with a dot is not read as two steps, and a list of plain texts changes as a whole', () => {
  const aliases = { ...base.aliases, 'gpt-5.5': { targets: ['lab/b', 'lab/c'] } };
  expect(diffDocuments(base, { ...base, aliases })).toEqual([
    { path: 'aliases["gpt-5.5"].targets', before: ['lab/b'], after: ['lab/b', 'lab/c'] },
  ]);
});

test('items whose names repeat are not matched wrongly but shown as a whole', () => {
  const before = {
    list: [
      { id: 'a', n: 1 },
      { id: 'a', n: 2 },
    ],
  };
  const after = { list: [{ id: 'a', n: 2 }] };
  expect(diffDocuments(before, after)).toEqual([{ path: 'list', before: before.list, after: after.list }]);
});

test('a hostile document is compared as data: __proto__ is a field like others', () => {
  const after = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object;
  expect(diffDocuments({}, after).map(({ path }) => path)).toEqual(['__proto__', 'constructor']);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});
