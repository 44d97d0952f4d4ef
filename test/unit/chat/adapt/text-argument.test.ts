/** The text of a custom tool, read out of a function's arguments as they arrive. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextArgument } from '../../../../gateway/chat/adapt/text-argument.ts';

const numRuns = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 10_000 : 500;

function read(...pieces: readonly string[]): readonly string[] {
  return readAll(pieces);
}

function readAll(pieces: readonly string[]): readonly string[] {
  const argument = new TextArgument();
  return [...pieces.map((piece) => argument.push(piece)), argument.end()];
}

/** Any characters, with many that are escaped, and halves of characters. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '\n', '\u2028', '\ud83d', '\ude00', '😀', '{', '}', 'u', '/'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 40,
});

/** JSON of the same meaning, with every character as an escape. */
const escaped = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

const writings: readonly ((text: string) => string)[] = [
  (text) => JSON.stringify({ input: text }),
  (text) => JSON.stringify({ input: text }, null, 2),
  (text) => `{"input":"${escaped(text)}"}`,
  (text) => JSON.stringify({ input: text, why: 'because "}' }),
];

describe('any text comes back whole', () => {
  test.each(writings)('in writing %#, cut at every place', (write) => {
    const property = fc.property(anyText, (text) => {
      const json = write(text);
      for (let at = 0; at <= json.length; at += 1) expect(read(json.slice(0, at), json.slice(at)).join('')).toBe(text);
    });
    fc.assert(property, { numRuns });
  });

  test.each(writings)('in writing %#, in single characters', (write) => {
    const property = fc.property(anyText, (text) => {
      expect(read(...write(text).split('')).join('')).toBe(text);
    });
    fc.assert(property, { numRuns });
  });
});

describe('a piece never ends within a character', () => {
  test.each([
    ['as escapes', ['{"input":"a\\ud83d', '\\ude00b"}']],
    ['as halves', ['{"input":"a\ud83d', '\ude00b"}']],
    ['as an escape cut in two', ['{"input":"a\\ud83d\\u', 'de00b"}']],
  ])('%s', (_what, pieces) => {
    expect(read(...pieces)).toEqual(['a', '😀b', '']);
  });

  test('a half that stays one is given at the end', () => {
    expect(read('{"input":"a\\ud83d"}')).toEqual(['a\ud83d', '']);
    expect(read('{"input":"a\\ud83d')).toEqual(['a', '\ud83d']);
  });
});

test('text is handed on as it arrives', () => {
  expect(read('{"in', 'put": "ab', 'cd\\', 'n"', ' }')).toEqual(['', 'ab', 'cd', '\n', '', '']);
});

describe('arguments that are not one text', () => {
  test.each([
    ['another name', '{"patch":"a"}'],
    ['no object', '"just text"'],
    ['no JSON', 'just text'],
    ['a number', '{"input":5}'],
    ['a list', '{"input":["a"]}'],
    ['null', 'null'],
    ['cut before the text', '{"inp'],
  ])('pass as they are: %s', (_what, json) => {
    expect(read(json).join('')).toBe(json);
    expect(read(...json.split('')).join('')).toBe(json);
  });

  test('pass on while they arrive, once they can be no others', () => {
    const json = `{"patch":"${'x'.repeat(300)}`;
    expect(read(json, 'more')).toEqual([json, 'more', '']);
  });

  test('are the text itself where it stands behind another argument', () => {
    expect(read('{"why":"because","input":"a\\n"}')).toEqual(['', 'a\n']);
  });

  test('are no text when there are none', () => {
    expect([read('{}'), read(' {} '), read('')].map((pieces) => pieces.join(''))).toEqual(['', '', '']);
  });
});

test('text that is never closed, or closed within an escape, is given as far as it came', () => {
  expect(read('{"input":"ab').join('')).toBe('ab');
  expect(read('{"input":"ab\\').join('')).toBe('ab');
  expect(read('{"input":"ab\\u00').join('')).toBe('ab');
});

test('ending twice gives nothing twice', () => {
  const argument = new TextArgument();
  argument.push('x');
  expect([argument.end(), argument.end()]).toEqual(['x', '']);
});

test('a megabyte is read in a moment, whole or in many pieces', () => {
  const json = JSON.stringify({ input: 'some "text"\n'.repeat(90_000) });
  const begun = performance.now();
  const pieces = json.match(/[\s\S]{1,7}/g) ?? [];
  expect(readAll(pieces).join('').length).toBe(read(json).join('').length);
  expect(performance.now() - begun).toBeLessThan(2_000);
});
