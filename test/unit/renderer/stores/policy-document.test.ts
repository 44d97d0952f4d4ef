/** Holds the edits of rules and aliases to what a person expects, and the reading of the document to telling where it is wrong. */
import { describe, expect, test } from 'vitest';
import {
  changeAlias,
  duplicateRule,
  formatPolicy,
  freeRuleName,
  insertRule,
  moveRule,
  policyOf,
  readPolicy,
  removeRule,
  withPolicy,
} from '../../../../renderer/stores/policy-document.ts';

const rules = [
  { name: 'a', use: 'x' },
  { name: 'b', use: 'y' },
  { name: 'c', use: 'z' },
];
const policy = { rules, aliases: { fast: { targets: ['x'] }, slow: { targets: ['y'] } } };
const names = ({ rules: some }: { readonly rules: readonly unknown[] }) =>
  some.map((rule) => (rule as { name: string }).name).join('');

describe('a config', () => {
  test('that names no policy has an empty one, and gets none by being saved unchanged', () => {
    const document = { version: 1 };
    expect(policyOf(document)).toEqual({ rules: [], aliases: {} });
    expect(withPolicy(document, policyOf(document))).toEqual(document);
  });

  test('keeps everything else when its rules change', () => {
    const document = { version: 1, providers: [], policy: { rules: [] }, aliases: {} };
    expect(withPolicy(document, policy)).toEqual({ version: 1, providers: [], policy: { rules }, aliases: policy.aliases });
  });
});

describe('the document', () => {
  test('written and read again is the same policy', () => {
    expect(readPolicy(formatPolicy(policy))).toEqual({ ok: true, policy });
  });

  test('without rules or without aliases is read as having none', () => {
    expect(readPolicy('{}')).toEqual({ ok: true, policy: { rules: [], aliases: {} } });
  });

  test.each([
    ['{ "rules": [ }', 'not valid JSON'],
    ['[]', 'must be {"rules"'],
    ['{ "rules": {} }', '"rules" must be a list'],
    ['{ "aliases": [] }', '"aliases" must be an object'],
    ['{ "rulez": [] }', '"rulez" is not part of it'],
  ])('%s is refused, saying why', (text, words) => {
    const read = readPolicy(text);
    expect(read.ok ? '' : read.problem.message).toContain(words);
  });

  test('with a part that does not belong to it says where', () => {
    const text = '{ "rules": [], "rulez": [] }';
    const read = readPolicy(text);
    expect(read.ok ? null : read.problem.offset).toBe(text.indexOf('"rulez"'));
  });
});

describe('rules', () => {
  test('move up and down, and not beyond the ends', () => {
    expect(names(moveRule(policy, 2, 0))).toBe('cab');
    expect(names(moveRule(policy, 0, 1))).toBe('bac');
    expect(moveRule(policy, 0, -1)).toBe(policy);
    expect(moveRule(policy, 2, 3)).toBe(policy);
  });

  test('come back to their place after being removed', () => {
    expect(names(insertRule(removeRule(policy, 1), 1, rules[1]))).toBe('abc');
  });

  test('are duplicated with a name of their own each time', () => {
    const twice = duplicateRule(duplicateRule(policy, 0), 0);
    expect(twice.rules.map((rule) => (rule as { name: string }).name)).toEqual(['a', 'a (copy) 2', 'a (copy)', 'b', 'c']);
    expect(freeRuleName('d', policy)).toBe('d');
  });
});

describe('aliases', () => {
  test('are renamed in their place', () => {
    const renamed = changeAlias(policy, 'fast', { name: 'quick', value: { targets: ['x'] } });
    expect(Object.keys(renamed.aliases)).toEqual(['quick', 'slow']);
  });

  test('are added at the end, changed and removed', () => {
    expect(changeAlias(policy, 'new', { name: 'new', value: 1 }).aliases).toEqual({ ...policy.aliases, new: 1 });
    expect(changeAlias(policy, 'fast', { name: 'fast', value: undefined }).aliases).toEqual({ slow: { targets: ['y'] } });
  });
});
