/** A stream of events is the same stream however the network cuts it; only its leading byte order mark is taken off. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventBlocks, EventTooLargeError } from '../../../../gateway/dialects/sse/event-blocks.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';

const limitBytes = 1_000_000;

interface CutStream {
  readonly blocks: readonly Buffer[];
  readonly rest: Buffer;
}

function cutBy(chunks: readonly Buffer[]): CutStream {
  const cutter = new EventBlocks(limitBytes);
  const blocks = chunks.map((chunk) => cutter.push(chunk)).filter((block) => block !== null);
  return { blocks, rest: cutter.rest() };
}

const bytesOf = ({ blocks, rest }: CutStream) => Buffer.concat([...blocks, rest]).toString('latin1');

/** What a reader of the blocks learns: data and names, in order. */
const eventsOf = ({ blocks }: CutStream) =>
  blocks.flatMap((block) => readEvents(block)).map(({ data, event }) => ({ data, event }));

/** Cuts bytes at these positions. */
function slicesAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((one, other) => one - other);
  return [0, ...ends]
    .map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length))
    .filter((slice) => slice.length > 0);
}

const line = fc.oneof(
  fc.constantFrom(': comment', 'data: {"a":1}', 'data:x', 'data', 'event: ping', 'data: ümläut 🍏', 'id: 7', 'retry: 10', 'odd'),
  fc.stringMatching(/^[a-z :]{1,12}$/),
);

/** Streams in each of the three line endings, and in a mixture of LF and CRLF. */
const stream = fc
  .tuple(
    fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
    fc.constantFrom<readonly string[]>(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n']),
    fc.boolean(),
  )
  .map(([events, endings, marked]) => {
    let number = 0;
    const ending = () => endings[number++ % endings.length] ?? '\n';
    const text = events.map((lines) => lines.map((one) => one + ending()).join('') + ending()).join('');
    return Buffer.from(`${marked ? '\ufeff' : ''}${text}`);
  });

const withoutMark = (bytes: Buffer) => (bytes[0] === 0xef ? bytes.subarray(3) : bytes).toString('latin1');

describe('a stream', () => {
  test('cut in two at any byte has the same bytes and the same events as uncut', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const whole = cutBy([bytes]);
        expect(bytesOf(whole)).toBe(withoutMark(bytes));
        for (let at = 1; at < bytes.length; at += 1) {
          const cut = cutBy([bytes.subarray(0, at), bytes.subarray(at)]);
          expect(bytesOf(cut)).toBe(withoutMark(bytes));
          expect(eventsOf(cut)).toEqual(eventsOf(whole));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('cut into any pieces, down to single bytes, has the same bytes and events, and every block is of whole events', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (bytes, cuts, singly) => {
        const whole = cutBy([bytes]);
        const pieces = singly ? [...bytes].map((byte) => Buffer.from([byte])) : slicesAt(bytes, cuts);
        const cut = cutBy(pieces);
        expect(bytesOf(cut)).toBe(withoutMark(bytes));
        expect(eventsOf(cut)).toEqual(eventsOf(whole));
        for (const block of cut.blocks) expect(block.toString('latin1')).toMatch(/(?:\n\n|\r\r|\n\r\n)$/);
      }),
      { numRuns: 500 },
    );
  });

  test('gives an event as soon as its blank line is there, and not a byte of the next', () => {
    const cutter = new EventBlocks(limitBytes);
    expect(cutter.push(Buffer.from('data: 1\n'))).toBeNull();
    expect(cutter.push(Buffer.from('\ndata: 2'))?.toString()).toBe('data: 1\n\n');
    expect(cutter.rest().toString()).toBe('data: 2');
  });

  test('without a blank line at its end leaves that event in the rest, where nobody acts on it', () => {
    const cut = cutBy([Buffer.from('data: 1\r\n\r\ndata: {"cut":')]);
    expect(eventsOf(cut)).toEqual([{ data: '1', event: null }]);
    expect(cut.rest.toString()).toBe('data: {"cut":');
  });

  test('loses a byte order mark at its start only', () => {
    const cut = cutBy([Buffer.from('\ufeffdata: \ufeff1\n\n\ufeffdata: 2\n\n')]);
    expect(Buffer.concat(cut.blocks).toString()).toBe('data: \ufeff1\n\n\ufeffdata: 2\n\n');
  });
});

describe('an event without end', () => {
  test('is refused at the limit, and many small events far beyond it are not', () => {
    const cutter = new EventBlocks(1_000);
    for (let count = 0; count < 1_000; count += 1) cutter.push(Buffer.from('data: 123456789\n\n'));
    cutter.push(Buffer.alloc(1_000, 'x'));
    expect(() => cutter.push(Buffer.from('y'))).toThrow(EventTooLargeError);
  });

  test.each([1, 100, 16_384])('costs time that grows with its size, in chunks of %i', (size) => {
    const total = Math.min(16 * 1024 * 1024, size * 400_000);
    const cutter = new EventBlocks(total);
    const chunk = Buffer.alloc(size, 'x');
    const startedAtMs = performance.now();
    for (let sent = 0; sent + size <= total; sent += size) cutter.push(chunk);
    expect(cutter.push(Buffer.from('\n\n'))?.length).toBeGreaterThan(total - size);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });
});
