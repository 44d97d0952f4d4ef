/** The field scanner must judge a JSON object's structure exactly as JSON.parse does, and find the very bytes of each field. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonStructureError, scanFields } from '../../../../gateway/dialects/json/scan-fields.ts';

const wanted = ['model', 'stream', 'a'];

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

const name = fc.oneof(
  fc.constantFrom('"model"', '"mod\\u0065l"', '"stream"', '"\\u0061"', '"__proto__"', '""', '"b"'),
  stringText,
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

/** The scan, or why it was refused. */
function scan(text: string | Buffer): ReturnType<typeof scanFields> | JsonStructureError {
  try {
    return scanFields(Buffer.from(text), wanted);
  } catch (error) {
    if (error instanceof JsonStructureError) return error;
    throw error;
  }
}

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
});

describe('any text', () => {
  /** Small sound objects, then a few characters put in, taken out or changed. Strings hold no escapes. */
  const damaged = fc
    .tuple(
      fc.object({
        key: fc.stringMatching(/^[a-z]{0,3}$/),
        maxDepth: 3,
        withNullPrototype: false,
        values: [fc.stringMatching(/^[a-z ]{0,60}$/), fc.double(), fc.boolean(), fc.constant(null)],
      }),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...'{}[],:"0123456789.eE+- \t\n\r\vtruefalsn')), {
        maxLength: 3,
      }),
    )
    .map(([found, edits]) => {
      let text = JSON.stringify(found);
      for (const [where, kind, character] of edits) {
        const at = where % (text.length + 1);
        text = text.slice(0, at) + (kind === 0 ? '' : character) + text.slice(kind === 1 ? at : at + 1);
      }
      return text;
    });

  test('is accepted exactly when JSON.parse accepts its structure, whatever stands inside its strings', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const structure = text.replaceAll(/"[^"]*"/g, '"s"');
        expect(scanFields.bind(null, Buffer.from(text), [])).toSatisfy(
          (run: () => unknown) => runs(run) === (parse(structure) !== null),
        );
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['nothing', ''],
    ['only space', ' \n'],
    ['a byte order mark', '\ufeff{}'],
    ['an array', '[{}]'],
    ['a string', '"{}"'],
    ['null', 'null'],
    ['two objects', '{}{}'],
    ['text behind the object', '{} x'],
    ['a zero byte behind it', '{}\0'],
    ['a trailing comma', '{"a":1,}'],
    ['a missing comma', '{"a":1 "b":2}'],
    ['a name without quotes', '{a:1}'],
    ['single quotes', "{'a':1}"],
    ['a comment', '{/*c*/"a":1}'],
    ['a leading zero', '{"a":01}'],
    ['a leading plus', '{"a":+1}'],
    ['a bare point', '{"a":1.}'],
    ['NaN', '{"a":NaN}'],
    ['a capital literal', '{"a":True}'],
    ['crossed brackets', '{"a":[1}]'],
    ['a vertical tab', '{\v"a":1}'],
    ['a no-break space', '{\u00a0"a":1}'],
    ['a name with a broken escape', '{"mod\\u00zzel":1}'],
  ])('with %s is refused', (_what, text) => {
    expect(scan(text)).toBeInstanceOf(JsonStructureError);
  });
});

const runs = (run: () => unknown): boolean => {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof JsonStructureError) return false;
    throw error;
  }
};

describe('depth', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

  test('of 64 is accepted and of 65 refused, for objects and for arrays', () => {
    expect(scan(nested(64))).not.toBeInstanceOf(JsonStructureError);
    expect(scan(nested(65))).toBeInstanceOf(JsonStructureError);
    expect(scan(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).not.toBeInstanceOf(JsonStructureError);
    expect(scan(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`)).toBeInstanceOf(JsonStructureError);
  });

  test('of a million is refused at once, without overflowing the stack', () => {
    expect(scan(`{"a":${'['.repeat(1_000_000)}`)).toMatchObject({ message: 'nested more than 64 deep, at byte 68' });
  });
});

test('names the byte at which the structure breaks', () => {
  expect(scan('{"é":1 x')).toMatchObject({ message: 'a comma or a closing brace was expected, at byte 8', isCut: false });
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

test('any value at all survives: what is found under a name parses to what was written there', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.jsonValue(), (rest, model) => {
      const text = JSON.stringify({ ...rest, model });
      const range = scanFields(Buffer.from(text), ['model']).fields.get('model');
      expect(JSON.parse(Buffer.from(text).toString('utf8', range?.start, range?.end))).toEqual(JSON.parse(JSON.stringify(model)));
    }),
  );
});

test('a text of one value that is no object is refused', () => {
  fc.assert(fc.property(value, (text) => text.startsWith('{') || scan(text) instanceof JsonStructureError));
});
