/** Holds the edits of JSON values to what a form expects: only the place changes, and nothing empty is left behind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJson, getAt, sameJson, setAt } from '../../../../renderer/stores/json-value.ts';

describe('an edit at a place', () => {
  const rule = { name: 'a', limits: { timeouts: { idleMs: 5 } }, use: ['x', 'y'], when: { any: [{ task: 'code' }] } };

  test('changes that place and leaves everything else the same object', () => {
    const next = setAt(rule, ['limits', 'maxCostUsd'], 0.5);
    expect(next).toEqual({ ...rule, limits: { timeouts: { idleMs: 5 }, maxCostUsd: 0.5 } });
    expect(getAt(next, ['when'])).toBe(rule.when);
    expect(rule.limits).toEqual({ timeouts: { idleMs: 5 } });
  });

  test('makes the objects on its way', () => {
    expect(setAt({}, ['parameters', 'caps', 'temperature'], 1)).toEqual({ parameters: { caps: { temperature: 1 } } });
  });

  test('takes away the objects that are empty then, but no other', () => {
    expect(setAt(rule, ['limits', 'timeouts', 'idleMs'], undefined)).toEqual({ name: 'a', use: ['x', 'y'], when: rule.when });
    expect(setAt({ a: { b: 1 }, c: {} }, ['a', 'b'], undefined)).toEqual({ c: {} });
  });

  test('changes and removes items of a list', () => {
    expect(setAt(rule, ['use', 1], 'z')).toMatchObject({ use: ['x', 'z'] });
    expect(setAt(rule, ['use', 0], undefined)).toMatchObject({ use: ['y'] });
  });

  test('finds nothing beyond what is there, nor what an object inherits', () => {
    expect(getAt(rule, ['use', 7])).toBe(undefined);
    expect(getAt(rule, ['name', 'length'])).toBe(undefined);
    expect(getAt(rule, ['constructor'])).toBe(undefined);
  });
});

test('the same content is the same whatever the order of its names', () => {
  expect(sameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(sameJson({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson([], {})).toBe(false);
});

test('what is written for a person reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 500 },
  );
});

test('what fits on a line stands on one line, and the outermost is opened', () => {
  expect(formatJson({ rules: [{ name: 'a', when: { task: 'code' } }], aliases: {} })).toBe(
    '{\n  "rules": [{ "name": "a", "when": { "task": "code" } }],\n  "aliases": {}\n}',
  );
});
