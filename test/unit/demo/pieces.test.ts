/** The demo's tokens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countPieces, splitPieces } from '../../../gateway/demo/pieces.ts';

const texts = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', 'é', '😀', '\ud83d', '\ude00', '\u00a0', 'long'),
  maxLength: 60,
});

test('pieces are words with the space before them, long ones cut', () => {
  expect(splitPieces('Hello,  dear extraordinarily long world\n')).toEqual([
    'Hello,',
    '  dear',
    ' extraordinar',
    'ily',
    ' long',
    ' world',
    '\n',
  ]);
});

test('pieces joined are the text again, and as many as counted, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
      const pieces = splitPieces(text);
      expect(pieces.join('')).toBe(text);
      expect(countPieces(text)).toBe(pieces.length);
    }),
    { numRuns: 1_000 },
  );
});
