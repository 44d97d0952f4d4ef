/** A stream of JSON lines is the same stream however the network cuts it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineBlocks } from '../../../../gateway/dialects/ndjson/line-blocks.ts';
import { readLines } from '../../../../gateway/dialects/ndjson/read-lines.ts';
import { EventTooLargeError } from '../../../../gateway/dialects/sse/event-blocks.ts';

const limitBytes = 16 * 1024 * 1024;

function cutBy(chunks: readonly Buffer[]): { readonly blocks: readonly Buffer[]; readonly rest: Buffer } {
  const cutter = new LineBlocks(limitBytes);
  const blocks = chunks.map((chunk) => cutter.push(chunk)).filter((block) => block !== null);
  return { blocks, rest: cutter.rest() };
}

type Cut = ReturnType<typeof cutBy>;
const bytesOf = ({ blocks, rest }: Cut) => Buffer.concat([...blocks, rest]).toString('latin1');
const dataOf = ({ blocks, rest }: Cut) => [...blocks, rest].flatMap((block) => readLines(block)).map(({ data }) => data);
const withoutMark = (bytes: Buffer) => (bytes[0] === 0xef ? bytes.subarray(3) : bytes).toString('latin1');

/** Lines of JSON with text in several alphabets, blank lines between them, either line end, with and without the last one. */
const stream = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom('', ' ', '{"done":true}'), fc.json({ maxDepth: 1 })), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([lines, ending, marked, ended]) => {
    const text = lines.join(ending) + (ended ? ending : '');
    return { bytes: Buffer.from(`${marked ? '\ufeff' : ''}${text}`), lines };
  });

describe('a stream of lines', () => {
  test('cut in two at any byte has the same bytes and the same lines', () => {
    fc.assert(
      fc.property(stream, ({ bytes, lines }) => {
        const expected = lines.map((line) => line.trim()).filter((line) => line !== '');
        for (let at = 0; at <= bytes.length; at += 1) {
          const cut = cutBy([bytes.subarray(0, at), bytes.subarray(at)]);
          expect(bytesOf(cut)).toBe(withoutMark(bytes));
          expect(dataOf(cut)).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('that comes byte by byte is handed on in blocks of whole lines', () => {
    fc.assert(
      fc.property(stream, ({ bytes }) => {
        const cut = cutBy([...bytes].map((byte) => Buffer.from([byte])));
        expect(bytesOf(cut)).toBe(withoutMark(bytes));
        expect(dataOf(cut)).toEqual(dataOf(cutBy([bytes])));
        for (const block of cut.blocks) expect(block.at(-1)).toBe(0x0a);
      }),
      { numRuns: 100 },
    );
  });

  test('hands a whole chunk on without copying it', () => {
    const chunk = Buffer.from('{"a":1}\n{"b":2}\n');
    expect(new LineBlocks(100).push(chunk)).toBe(chunk);
  });

  test('whose line outgrows the limit is refused, however small its pieces', () => {
    const cutter = new LineBlocks(10);
    expect(cutter.push(Buffer.from('0123456789'))).toBeNull();
    expect(() => cutter.push(Buffer.from('0'))).toThrow(EventTooLargeError);
  });

  test('may have many lines that are larger than the limit together', () => {
    const cutter = new LineBlocks(10);
    for (let round = 0; round < 5; round += 1) {
      expect(cutter.push(Buffer.from('456789\n0123'))?.length).toBe(round === 0 ? 7 : 11);
    }
  });
});

describe('a block of lines', () => {
  test('keeps the bytes of each line with its line end, and leaves blank lines out', () => {
    const lines = readLines(Buffer.from('{"a":"ü"}\r\n\n \r\n{"b":2}\n{"c":3}'));
    expect(lines.map(({ bytes }) => bytes.toString())).toEqual(['{"a":"ü"}\r\n', '{"b":2}\n', '{"c":3}']);
    expect(lines.map(({ data }) => data)).toEqual(['{"a":"ü"}', '{"b":2}', '{"c":3}']);
  });
});
