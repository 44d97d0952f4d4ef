/** The field scanner must refuse what JSON.parse refuses, and say what is wrong and where. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonStructureError, scanFields } from '../../../../gateway/dialects/json/scan-fields.ts';
import { tryScan } from '../../../support/try-scan.ts';

const scan = (text: string) => tryScan(text, ['model', 'stream', 'a']);

/** Whether JSON.parse takes the text for an object. */
function isObjectText(text: string): boolean {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && !Array.isArray(found);
  } catch {
    return false;
  }
}

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
        expect(tryScan(text, []) instanceof JsonStructureError).toBe(!isObjectText(structure));
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
    ['a point in front', '{"a":.5}'],
    ['a bare minus', '{"a":-}'],
    ['two minuses', '{"a":--1}'],
    ['a zero and more behind a minus', '{"a":-01}'],
    ['a bare exponent', '{"a":1e}'],
    ['an exponent of a sign only', '{"a":[1e+]}'],
    ['a half literal', '{"a":[nul]}'],
    ['a literal with a tail', '{"a":truely}'],
    ['a comma in front', '{"a":[,1]}'],
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

describe('brackets', () => {
  const kinds = fc.array(fc.boolean(), { minLength: 1, maxLength: 63 });
  const opening = (isObject: boolean) => (isObject ? '{"a":' : '[');
  const closing = (isObject: boolean) => (isObject ? '}' : ']');

  test('are each closed by their own kind, at any depth: one of the other kind is refused where it stands', () => {
    fc.assert(
      fc.property(kinds, fc.nat(), (outerToInner, where) => {
        const opened = `{"a":${outerToInner.map(opening).join('')}1`;
        const closers = outerToInner.map(closing).toReversed();
        expect(scan(`${opened}${closers.join('')}}`)).not.toBeInstanceOf(JsonStructureError);
        const at = where % closers.length;
        const expected = closers[at] === '}' ? 'brace' : 'bracket';
        const crossed = closers.with(at, closers[at] === '}' ? ']' : '}').join('');
        expect(scan(`${opened}${crossed}}`)).toMatchObject({
          message: `a comma or a closing ${expected} was expected, at byte ${opened.length + at}`,
        });
      }),
    );
  });

  test('left open by a refused text are forgotten when the next one is read', () => {
    expect(scan(`{"a":${'['.repeat(63)}x`)).toBeInstanceOf(JsonStructureError);
    expect(scan('{"a":{"b":{"c":[1]}}}')).not.toBeInstanceOf(JsonStructureError);
    expect(scan('{"a":{"b":1]}')).toMatchObject({ message: 'a comma or a closing brace was expected, at byte 11' });
  });
});

test.each([
  ['{"é":1 x', 'a comma or a closing brace was expected, at byte 8'],
  [' [1]', 'a JSON object was expected, at byte 1'],
  ['{} {}', 'text after the end of the JSON object, at byte 3'],
  ['{"a":1,}', 'a field name was expected, at byte 7'],
  ['{"a":{"b" 1}}', 'a colon was expected, at byte 10'],
  ['{"a":[1 2]}', 'a comma or a closing bracket was expected, at byte 8'],
  ['{"a":[1,]}', 'a value was expected, at byte 8'],
  ['{"a":tru}', 'a value was expected, at byte 8'],
  ['{"a":-x}', 'a value was expected, at byte 6'],
  ['{"a":1e+}', 'a value was expected, at byte 8'],
])('names the byte at which the structure of %s breaks', (text, message) => {
  expect(scan(text)).toMatchObject({ message, isCut: false });
});

test('a name with a broken escape is refused even when no field is asked for', () => {
  expect(() => scanFields(Buffer.from('{"\\u00zz":1}'), [])).toThrow('a field name holds a broken escape, at byte 1');
});

test('10,000 fields are accepted and one more is refused', () => {
  const fields = Array.from({ length: 10_000 }, () => '"b":1').join(',');
  expect(scan(`{${fields},"c":1}`)).toMatchObject({ message: 'more than 10000 fields, at byte 60001' });
  expect(scan(`{${fields}}`)).not.toBeInstanceOf(JsonStructureError);
});
