/** A body in pieces is the same text as one in one piece, edited or not, wherever it was cut. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Edit, editPieces, joinForReading, totalLength } from '../../../../gateway/dialects/json/pieces.ts';

/** A text cut at any places. */
function cut(text: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)).sort((one, other) => one - other), text.length];
  return sorted.slice(1).map((end, index) => text.subarray(sorted[index], end));
}

/** Edits that follow each other, from a list of lengths: so far on, so much replaced, by so much. */
function editsOf(lengths: readonly (readonly [number, number, string])[], size: number): Edit[] {
  let at = 0;
  return lengths.flatMap(([gap, length, text]) => {
    const start = at + gap;
    at = start + length;
    return at <= size ? [{ start, end: at, text }] : [];
  });
}

function editWhole(text: Buffer, edits: readonly Edit[]): string {
  let result = text.toString('latin1');
  for (const { start, end, text: put } of edits.toReversed()) result = result.slice(0, start) + put + result.slice(end);
  return result;
}

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const places = fc.array(fc.nat(200), { maxLength: 6 });
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 9 });

test('edits fall on the same bytes wherever the body was cut, and leave its pieces as they were', () => {
  fc.assert(
    fc.property(bytes, places, fc.array(fc.tuple(fc.nat(40), fc.nat(40), ascii), { maxLength: 4 }), (text, where, lengths) => {
      const pieces = cut(text, where);
      const edits = editsOf(lengths, text.length);
      expect(Buffer.concat(editPieces(pieces, edits)).toString('latin1')).toBe(editWhole(text, edits));
      expect(Buffer.concat(pieces)).toEqual(text);
    }),
  );
});

test('pieces are read as the text they are, the large ones too', () => {
  fc.assert(
    fc.property(bytes, places, (text, where) => {
      const pieces = cut(text, where);
      expect(joinForReading(pieces).equals(text)).toBe(true);
      expect(totalLength(pieces)).toBe(text.length);
    }),
  );
  const large = [Buffer.alloc(700_000, 'a'), Buffer.alloc(700_000, 'b')];
  expect(joinForReading(large).equals(Buffer.concat(large))).toBe(true);
});

test('a text that was read is not changed by what is sent after another was read', () => {
  const first = [Buffer.from('{"model":'), Buffer.from('"a"}')];
  const sent = editPieces(first, [{ start: 9, end: 12, text: '"x"' }]);
  joinForReading([Buffer.from('other'), Buffer.from(' text, longer than the first')]);
  expect(Buffer.concat(sent).toString()).toBe('{"model":"x"}');
});
