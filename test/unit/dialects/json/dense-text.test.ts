/** What of a text is plain words, and what may have a token in each byte. */
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { countDenseBytes } from '../../../../gateway/dialects/json/dense-text.ts';

const dense = (text: string) => countDenseBytes(Buffer.from(text));

test('sentences and code are plain words', () => {
  const prose = 'The quick brown fox jumps over the lazy dog and then it goes home again to sleep for a while. '.repeat(10);
  expect(dense(prose)).toBeLessThan(prose.length / 10);
});

test.each([
  ['another script', 'Съешь же ещё этих мягких французских булок. '.repeat(10)],
  ['base64', 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJ'.repeat(10)],
  ['numbers', '12 345 6789 0 12 345 6789 0 12 345 67 '.repeat(10)],
  ['signs', '{"a":[1,2],"b":{"c":null}},'.repeat(20)],
])('%s is dense, all of it', (_, text) => {
  expect(dense(text)).toBe(Buffer.byteLength(text));
});

test('words of chance letters have at most seven tokens in ten bytes where they pass for plain', () => {
  const word = fc.string({ unit: fc.constantFrom(...'qxzjkvwQXZJKVWaeiou'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 60, maxLength: 120 }), (words) => {
      const text = words.join(' ');
      const plain = text.length - dense(text);
      expect(countTokens(text)).toBeLessThanOrEqual(dense(text) + plain * 0.75 + 16);
    }),
  );
});
