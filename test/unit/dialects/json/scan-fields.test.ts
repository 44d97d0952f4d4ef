/** The field scanner must judge a JSON object's structure exactly as JSON.parse does, and find the very bytes of each field. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonStructureError, scanFields } from '../../../../gateway/dialects/json/scan-fields.ts';
import { tryScan } from '../../../support/try-scan.ts';

const wanted = ['model', 'stream', 'a'];
const scan = (text: string | Buffer) => tryScan(text, wanted);

/** White space of every kind, so that two documents of one value rarely look alike. */
const gap = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

/** A string as some serializer might write it: any character may be escaped, and long plain runs happen. */
const stringText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.constantFrom('\\u0041', '\\ud83d', '\\"', '\\\\', '\\/', '\\\\\\"', '\\n'),
      fc.integer({ min: 1, max: 120 }).map((length) => 'x'.repeat(length)),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => `"${pieces.join('')}"`);

const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('-0', '0', '1.0', '1e400', '-1E-7', '12345678901234567890', '0.10', '3e+5'),
);

/** None holds a backslash: having met such a name, V8's JSON.parse takes other escaped names for it (nodejs/node 63785). */
const name = fc.oneof(
  fc.constantFrom('"model"', '"mod\\u0065l"', '"stream"', '"\\u0061"', '"__proto__"', '""', '"b"'),
  stringText.filter((text) => !String(JSON.parse(text)).includes('\\')),
);

/** Texts of JSON values with every freedom that the grammar leaves. */
const { object, value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(stringText, numberText, fc.constantFrom('true', 'false', 'null')),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .array(
      fc.tuple(gap, name, gap, gap, tie('value'), gap).map(([a, key, b, c, item, d]) => `${a}${key}${b}:${c}${item}${d}`),
      { maxLength: 4 },
    )
    .map((members) => `{${members.join(',')}}`),
  array: fc
    .array(
      fc.tuple(gap, tie('value'), gap).map((parts) => parts.join('')),
      { maxLength: 4 },
    )
    .map((items) => `[${items.join(',')}]`),
}));

const document = fc.tuple(gap, object, gap).map((parts) => parts.join(''));

/** What JSON.parse finds: null when it refuses, or finds no object. */
function parse(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : null;
  } catch {
    return null;
  }
}

describe('a sound object', () => {
  test('is accepted, and each wanted field is the bytes that JSON.parse finds there; twice the same name is refused', () => {
    fc.assert(
      fc.property(document, (text) => {
        const scanned = scan(text);
        if (scanned instanceof JsonStructureError) {
          expect(scanned.message).toMatch(/^the field "(?:model|stream|a)" stands twice/);
          return;
        }
        const bytes = Buffer.from(text);
        const parsed = parse(text) ?? {};
        const found = Object.fromEntries(
          [...scanned.fields].map(([key, { start, end }]) => [key, JSON.parse(bytes.toString('utf8', start, end))]),
        );
        expect(found).toEqual(Object.fromEntries(Object.entries(parsed).filter(([key]) => wanted.includes(key))));
        expect(bytes.toString('utf8', scanned.afterBrace - 1, scanned.afterBrace)).toBe('{');
        expect(scanned.empty).toBe(Object.keys(parsed).length === 0 && !text.includes('"'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused when cut at any byte, and the refusal says that the end is missing', () => {
    fc.assert(
      fc.property(object, (text) => {
        const bytes = Buffer.from(text);
        if (scan(bytes) instanceof JsonStructureError) return;
        for (let end = 0; end < bytes.length; end += 1) {
          const refused = scan(bytes.subarray(0, end));
          if (!(refused instanceof JsonStructureError)) throw new Error(`accepted ${bytes.toString('utf8', 0, end)}`);
          expect([refused.isCut, refused.message]).toEqual([true, expect.stringMatching(/at the end$/)]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each(['x'.repeat(47), 'x'.repeat(48), 'x'.repeat(49), 'x'.repeat(200)])(
    'ends its string at the right quote after a long plain run and any number of backslashes',
    (plain) => {
      for (let pairs = 0; pairs < 6; pairs += 1) {
        const inside = `${plain}${'\\\\'.repeat(pairs)}\\"${plain}${'\\\\'.repeat(pairs)}`;
        const text = `{"z":"${inside}","model":"m"}`;
        expect(scanFields(Buffer.from(text), wanted).fields.get('model')).toEqual({
          start: text.length - 4,
          end: text.length - 1,
        });
      }
    },
  );

  test('ends its string at the right quote wherever an escape stands in it, also when the string ends the text', () => {
    for (let before = 0; before < 110; before += 1) {
      for (const escape of ['', '\\"', '\\\\', '\\\\\\"', '\\"\\"', '\\n']) {
        for (const after of [0, 1, 2, 3, 4, 46, 47, 48, 49, 50]) {
          const text = `{"z":"${'x'.repeat(before)}${escape}${'x'.repeat(after)}"}`;
          expect(scanFields(Buffer.from(text), ['z']).fields.get('z')).toEqual({ start: 5, end: text.length - 1 });
          expect(scan(text.slice(0, -2))).toMatchObject({ message: 'a string is not closed, at the end', isCut: true });
        }
      }
    }
  });
});

test('a name is no way round by an escape: the escaped one is the same field, also as a second one', () => {
  expect(scan('{"mod\\u0065l":"x"}')).toMatchObject({ fields: new Map([['model', { start: 14, end: 17 }]]) });
  expect(scan('{"model":1,"mod\\u0065l":2}')).toMatchObject({ message: 'the field "model" stands twice, at byte 11' });
});

test('names inside other fields, and names that nobody asked for, are not taken for it', () => {
  const text = '{"b":{"model":1},"c":[{"model":2}],"b":3,"Model":4,"model ":5}';
  expect(scanFields(Buffer.from(text), wanted).fields.size).toBe(0);
});

test('a large body is scanned in time that grows with its size, whatever it is made of', () => {
  const bodies = ['\\\\', '\\"', 'x', '\\u0041', 'é'].map(
    (piece) => `{"z":"${piece.repeat(4_000_000 / piece.length)}","model":"m"}`,
  );
  for (const text of bodies) {
    const startedAtMs = performance.now();
    expect(scanFields(Buffer.from(text), wanted).fields.has('model')).toBe(true);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  }
});

test('any value at all is found whole under its name', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.jsonValue(), (rest, model) => {
      const bytes = Buffer.from(JSON.stringify({ ...rest, model }));
      const range = scanFields(bytes, ['model']).fields.get('model');
      expect(bytes.toString('utf8', range?.start, range?.end)).toBe(JSON.stringify(model));
    }),
  );
});

test('a text of one value that is no object is refused', () => {
  fc.assert(fc.property(value, (text) => text.startsWith('{') || scan(text) instanceof JsonStructureError));
});
