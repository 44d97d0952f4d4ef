/** How streams of each kind are parted. */
import { expect, test } from 'vitest';
import { EventTooLargeError } from '../../../../gateway/dialects/sse/event-blocks.ts';
import { framings } from '../../../../gateway/exchange/relay/framing.ts';

const streams = {
  sse: { text: 'event: a\r\ndata: {"n":1}\r\n\r\n: alive\n\ndata: {"n":\ndata: 2}\n\n', rest: 'data: {"n":3}\n' },
  ndjson: { text: '{"n":1}\r\n\n{"n":2}\n', rest: '{"n":3}' },
} as const;

test.each(['sse', 'ndjson'] as const)('%s gives the same events and the same rest, cut at any byte', (framing) => {
  const { text, rest } = streams[framing];
  const all = Buffer.from(text + rest);
  for (let at = 0; at <= all.length; at += 1) {
    const blocks = framings[framing].createBlocks(1_000);
    const whole = [all.subarray(0, at), all.subarray(at)].map((chunk) => blocks.push(chunk)).filter((block) => block !== null);
    const events = whole
      .flatMap((block) => framings[framing].readBlock(block))
      .filter(({ data }) => data !== null && data !== '');
    expect(events.map(({ data }) => JSON.parse(data ?? ''))).toEqual([{ n: 1 }, { n: 2 }]);
    expect(blocks.rest().toString()).toBe(rest);
  }
});

test.each(['sse', 'ndjson'] as const)('%s refuses an event without end', (framing) => {
  const blocks = framings[framing].createBlocks(1_000);
  expect(() => blocks.push(Buffer.alloc(1_001, 'x'))).toThrow(EventTooLargeError);
});

test('what we send as is what we would take', () => {
  for (const { contentType, sentAs } of Object.values(framings)) expect(sentAs.split(';')[0]).toBe(contentType);
});
