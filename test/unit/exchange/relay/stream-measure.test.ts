/** What an estimate is made of: the events of a stream and the bytes they carry beyond their envelopes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamMeasure } from '../../../../gateway/exchange/relay/stream-measure.ts';

const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`;

function measure(blocks: readonly string[]) {
  const measured = new StreamMeasure();
  for (const block of blocks) measured.add(Buffer.from(block));
  return measured.seen();
}

/** Joins the next 1, 2, … events to one block each, sizes in turn. */
function putTogether(events: readonly string[], sizes: readonly number[]): string[] {
  const blocks: string[] = [];
  for (let at = 0; at < events.length; ) {
    const size = sizes[blocks.length % sizes.length] ?? 1;
    blocks.push(events.slice(at, at + size).join(''));
    at += size;
  }
  return blocks;
}

test('nothing that passed is nothing seen, not zero', () => {
  expect(measure([])).toBeNull();
});

describe('a stream', () => {
  const words = fc.array(fc.stringMatching(/^[a-z ]{1,12}$/), { minLength: 2, maxLength: 40 });

  test('has as many events, and as much content beyond the shortest, whatever the network put together', () => {
    fc.assert(
      fc.property(words, fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1 }), (contents, sizes) => {
        const events = contents.map(chunk);
        const seen = measure(putTogether(events, sizes));
        const singly = measure(events);
        const total = contents.join('').length;
        expect(seen?.events).toBe(contents.length);
        expect(seen?.contentBytes).toBeLessThanOrEqual(singly?.contentBytes ?? 0);
        expect(singly?.contentBytes).toBe(total - contents.length * Math.min(...contents.map(({ length }) => length)));
      }),
    );
  });

  test('that came in a few large pieces is not measured by its envelopes', () => {
    const events = Array.from({ length: 20 }, () => chunk('word'));
    expect(measure([events.slice(0, 10).join(''), events.slice(10).join('')])).toEqual({ events: 20, contentBytes: 0 });
  });

  test.each([
    ['CRLF', 'data: 1\r\n\r\ndata: 2\r\n\r\n', 2],
    ['a name before the data', 'event: a\ndata: 1\n\nevent: b\ndata: 2\n\n', 2],
    ['comments between', 'data: 1\n\n: ping\n\ndata: 2\n\n', 2],
    ['content that speaks of data:', chunk('x\ndata: y\n'), 1],
    ['no data at all', ': ping\n\n', 1],
  ])('with %s counts its events', (_what, block, events) => {
    expect(measure([block])?.events).toBe(events);
  });
});
