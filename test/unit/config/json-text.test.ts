/** JSON as people write it, and where it went wrong. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonText } from '../../../gateway/config/json-text.ts';

/** Does the text parse for JavaScript itself? */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the place of a mistake', () => {
  test.each<[string, string, number, number, string]>([
    ['a comma too many', '{\n  "a": 1,\n}', 2, 9, 'comma before }'],
    ['a missing comma', '{\n  "a": 1\n  "b": 2\n}', 3, 3, 'comma or }'],
    ['a comment', '{\n  // port\n  "a": 1\n}', 2, 3, 'name in double quotes'],
    ['a comment before a value', '{ "a": /* b */ 1 }', 1, 8, 'no comments'],
    ['single quotes', `{ "a": 'b' }`, 1, 8, 'double quotes'],
    ['a bare name', '{ a: 1 }', 1, 3, 'double quotes'],
    ['a missing colon', '{ "a" 1 }', 1, 7, 'colon'],
    ['a line break inside text', '{ "a": "b\nc" }', 1, 8, 'closing quote'],
    ['an early end', '{ "a": [1', 1, 10, 'too early'],
    ['an empty file', '', 1, 1, 'too early'],
    ['a misspelt word', '{ "a": ture }', 1, 8, 'a value is expected'],
    ['a word run on', '{ "a": truely }', 1, 12, 'neither'],
    ['a leading zero', '[010]', 1, 3, 'neither'],
    ['a second document', '{}\r\n{}', 2, 1, 'nothing may follow'],
    ['a key said twice', '{\n  "port": 1,\n  "po\\u0072t": 2\n}', 3, 3, '"port" is said twice'],
  ])('%s', (_what, text, line, column, message) => {
    expect(parseJsonText(text)).toEqual({ ok: false, line, column, message: expect.stringContaining(message) });
  });

  test('a document nested without end is refused, not followed until the stack overflows', () => {
    expect(parseJsonText('['.repeat(1_000_000))).toMatchObject({ ok: false, message: expect.stringContaining('deep') });
  });

  test('a megabyte of text in one string is read', () => {
    const text = JSON.stringify('x\n'.repeat(500_000));
    expect(parseJsonText(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });
});

test('whatever JSON.parse reads is read the same, in any layout', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseJsonText(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test('a text with one character changed is accepted or refused as JSON.parse does, unless a key is said twice', () => {
  const character = fc.constantFrom(...'{}[]",:\\/0123456789.eE+- \n\ttrufalsn\u0000\u007f\u2028é');
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), character, fc.constantFrom(0, 1), (value, at, inserted, removed) => {
      const whole = JSON.stringify(value);
      const place = at % (whole.length + 1);
      const text = whole.slice(0, place) + inserted + whole.slice(place + removed);
      const reading = parseJsonText(text);
      const saidTwice = !reading.ok && reading.message.includes('said twice');
      if (!saidTwice) expect(reading.ok).toBe(isJson(text));
    }),
    { numRuns: 2000 },
  );
});
