/** Samples are valid: judged by zod's own reading of JSON schema, which shares no code with the sampler. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sampleFromPattern } from '../../../gateway/demo/sample-from-pattern.ts';
import { sampleFromSchema } from '../../../gateway/demo/sample-from-schema.ts';

type Schema = Record<string, unknown>;

/** What zod finds wrong with the sample; null when nothing. */
function problemOf(schema: Schema): string | null {
  const sample = sampleFromSchema(schema);
  const judged = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(sample);
  return judged.success ? null : `${JSON.stringify(sample)}: ${judged.error.message}`;
}

/** The judge takes an inherited `toString` for a property, so no such names. */
const names = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => !(name in {}));
const range = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20));
const count = fc.nat(4);
const strings = fc.oneof(
  fc.tuple(count, count).map(([least, more]) => ({ type: 'string', minLength: least, maxLength: least + more })),
  fc
    .constantFrom('email', 'uuid', 'date', 'time', 'date-time', 'ipv4', 'ipv6', 'uri', 'duration')
    .map((format) => ({ type: 'string', format })),
  fc
    .constantFrom(
      '^[A-Z]{2}\\d{3,5}$',
      '^(foo|bar)+$',
      '^\\+?[0-9 ]{7,}$',
      '[^a-z]x?',
      '^a|b$',
      '^#[0-9a-fA-F]{6}$',
      '^(?:[a-z]+-)*[a-z]+$',
    )
    .map((pattern) => ({ type: 'string', pattern })),
);
const numbers = fc.oneof(
  range.map(([low, width]) => ({ type: 'integer', minimum: low, maximum: low + width })),
  range.map(([low, width]) => ({ type: 'number', exclusiveMinimum: low, exclusiveMaximum: low + width + 1 })),
  range.map(([low]) => ({ type: 'integer', exclusiveMinimum: low, multipleOf: 7 })),
  range.map(([high]) => ({ type: 'number', maximum: high, multipleOf: 0.5 })),
);
const plain = fc.oneof(
  strings,
  numbers,
  fc.constantFrom<Schema>(
    { type: 'boolean' },
    { type: 'null' },
    { type: ['string', 'null'] },
    { const: 'fixed' },
    { enum: ['b', 7, null] },
  ),
);

const { any } = fc.letrec<{ any: Schema; object: Schema; array: Schema; choice: Schema }>((tie) => ({
  any: fc.oneof({ maxDepth: 4, depthSize: 'small' }, plain, tie('object'), tie('array'), tie('choice')),
  object: fc
    .record({
      properties: fc.dictionary(names, tie('any'), { maxKeys: 4 }),
      closed: fc.boolean(),
      keep: fc.nat(4),
    })
    .map(({ properties, closed, keep }) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, keep),
      ...(closed ? { additionalProperties: false } : {}),
    })),
  array: fc
    .tuple(tie('any'), count, count)
    .map(([items, least, more]) => ({ type: 'array', items, minItems: least, maxItems: least + more })),
  choice: fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
}));

describe('a sample', () => {
  test('is valid for any schema of the usual words, and the same every time', () => {
    fc.assert(
      fc.property(any, (schema) => {
        expect(problemOf(schema)).toBeNull();
        expect(sampleFromSchema(schema)).toEqual(sampleFromSchema(structuredClone(schema)));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, Schema]>([
    [
      'definitions',
      {
        $ref: '#/$defs/a~1b',
        $defs: { 'a/b': { type: 'array', minItems: 2, items: { $ref: '#/$defs/n' } }, n: { type: 'integer', minimum: 9 } },
      },
    ],
    [
      'a schema that holds itself',
      { type: 'object', properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }, required: ['next'] },
    ],
    [
      'a list that holds itself',
      { type: 'object', properties: { all: { type: 'array', items: { $ref: '#' } } }, required: ['all'] },
    ],
    [
      'allOf',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'integer', minimum: 5 } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'boolean' } }, required: ['b'] },
        ],
      },
    ],
    [
      'distinct oneOf branches',
      {
        oneOf: [
          { type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] },
          { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'] },
        ],
      },
    ],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false }],
    ['values of any name', { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 3 }],
    ['required names without properties', { type: 'object', required: ['x'] }],
    [
      'a property called __proto__',
      { type: 'object', properties: JSON.parse('{"__proto__":{"type":"integer"}}'), required: ['__proto__'] },
    ],
    ['nothing said at all', {}],
  ])('is valid for %s', (_what, schema) => {
    expect(problemOf(schema)).toBeNull();
  });

  test('of a list without repetition repeats nothing', () => {
    for (const items of [
      { type: 'integer', maximum: 0 },
      { type: 'string', maxLength: 3 },
      { enum: [1, 2, 3, 4] },
      { type: 'number', minimum: 2, maximum: 3 },
    ]) {
      const sample = sampleFromSchema({ type: 'array', uniqueItems: true, minItems: 4, items });
      expect(new Set(sample as unknown[]).size).toBe(4);
      expect(problemOf({ type: 'array', minItems: 4, items })).toBeNull();
    }
  });

  test('holds what a list must contain', () => {
    expect(sampleFromSchema({ type: 'array', contains: { const: 7 } })).toEqual([7]);
    expect(sampleFromSchema({ type: 'array', prefixItems: [{ const: 1 }], contains: { const: 7 } })).toEqual([1, 7]);
  });

  test('reads draft 4 and upper-case types', () => {
    expect(sampleFromSchema({ type: 'NUMBER', minimum: 5, exclusiveMinimum: true })).toBeGreaterThan(5);
    expect(sampleFromSchema({ type: 'array', items: [{ type: 'integer' }, { type: 'null' }] })).toEqual([1, null]);
  });

  test.each<[string, Schema]>([
    ['a billion items', { type: 'array', minItems: 1e9 }],
    [
      'a thousand thousands of thousands',
      { type: 'array', minItems: 1000, items: { type: 'array', minItems: 1000, items: { type: 'array', minItems: 1000 } } },
    ],
    ['a billion characters', { type: 'string', minLength: 1e9 }],
    ['a billion properties', { type: 'object', minProperties: 1e9 }],
    ['a pattern that repeats repeats', { type: 'string', pattern: '(((a{9999}){9999}){9999}){9999}' }],
    ['a pattern that is slow to run', { type: 'string', pattern: '^(a+)+$', minLength: 9_000 }],
    ['a pattern nested without end', { type: 'string', pattern: '('.repeat(900) + ')'.repeat(900) }],
    ['a reference to itself', { $ref: '#' }],
    [
      'two that refer to each other twice',
      {
        $ref: '#/$defs/a',
        $defs: {
          a: { allOf: [{ $ref: '#/$defs/b' }, { $ref: '#/$defs/b' }] },
          b: { allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] },
        },
      },
    ],
    [
      'a schema that demands itself',
      { type: 'object', properties: { a: { $ref: '#' }, b: { $ref: '#' } }, required: ['a', 'b'] },
    ],
  ])('stays small and quick for %s', (_what, schema) => {
    const startedAtMs = performance.now();
    expect(JSON.stringify(sampleFromSchema(schema)).length).toBeLessThan(1_200_000);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
  });
});

describe('a text for a pattern', () => {
  test.each([
    '^\\d{4}-\\d{2}$',
    '^[\\w.]+@[a-z]+\\.(com|org)$',
    '[^\\d]',
    '\\u0041\\x42',
    '^$',
    'a{2,4}b*c+',
    '^\\p{Lu}\\p{L}+$',
    '^(?<year>\\d{4})$',
    '\\$\\^',
  ])('%s matches it', (pattern) => {
    expect(sampleFromPattern(pattern)).toMatch(new RegExp(pattern, 'u'));
  });

  test.each(['(?=a)b', '\\bword', '(a)\\1', 'a^b', '[', '(', 'a)', '*', '[^\\'])('%s is beyond it, and it says so', (pattern) => {
    expect(sampleFromPattern(pattern)).toBeNull();
  });
});
