/** Marks are found across the cuts between pieces of any size, and small parts are copied out of them. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findMarks, joinSmallPieces, rangeCopier } from '../../../../gateway/dialects/multipart/find-marks.ts';
import { cutUnevenly } from '../../../support/send-bytes.ts';

/** Texts in which the mark and beginnings of it are frequent. */
const text = fc
  .array(fc.constantFrom('\n--ab', '\n--a', '\n--', '\n', '-', 'a', 'b'), { maxLength: 60 })
  .map((parts) => parts.join(''));
const mark = Buffer.from('\n--ab');
const largest = fc.integer({ min: 1, max: 20 });

test('every mark is found once, in order', () => {
  fc.assert(
    fc.property(text, largest, (written, size) => {
      const expected = [...written.matchAll(/\n--ab/g)].map(({ index }) => index);
      expect(findMarks(cutUnevenly(Buffer.from(written), size), mark, 1_000)).toEqual(expected);
    }),
  );
});

test('no more are found than are asked for', () => {
  expect(findMarks([Buffer.from('\n--ab'.repeat(9))], mark, 3)).toEqual([0, 5, 10]);
});

test('ranges are copied one behind the other, also where they overlap', () => {
  fc.assert(
    fc.property(text, largest, fc.array(fc.nat(400), { maxLength: 8 }), (written, size, starts) => {
      const bytes = Buffer.from(written);
      const copy = rangeCopier(cutUnevenly(bytes, size));
      for (const start of starts.toSorted((one, other) => one - other)) {
        expect(copy(start, start + 30).toString()).toBe(bytes.subarray(start, start + 30).toString());
      }
    }),
  );
});

test('small pieces become one, and large ones stay what they are', () => {
  const large = Buffer.alloc(2_000);
  const small = [Buffer.from('a'), Buffer.from('b')];
  const joined = joinSmallPieces([...small, large, ...small]);
  expect(joined.map(String)).toEqual(['ab', String(large), 'ab']);
  expect(joined[1]).toBe(large);
});
