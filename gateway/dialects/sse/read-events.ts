/** Reads the events of a block that ends at an event boundary (WHATWG HTML 9.2.6). */

export interface ServerSentEvent {
  /** The event's own bytes, its blank line included. */
  readonly bytes: Buffer;
  /** Its data lines joined by line feeds; null when it has none (a comment). */
  readonly data: string | null;
  readonly event: string | null;
}

const returns = 0x0d;
const feeds = Buffer.from('\n\n');

/** Every event of the block, in order. */
export function readEvents(block: Buffer): ServerSentEvent[] {
  return block.includes(returns) ? readAnyLines(block) : readFeeds(block);
}

/** Lines that end as nearly everybody's do are found by native search, at a quarter of the cost. */
function readFeeds(block: Buffer): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let start = 0;
  while (start < block.length) {
    const blank = block.indexOf(feeds, start);
    const end = blank === -1 ? block.length : blank + feeds.length;
    const bytes = start === 0 && end === block.length ? block : block.subarray(start, end);
    const text = bytes.toString('utf8');
    const isOneData = text.startsWith('data:') && blank !== -1 && text.indexOf('\n') === text.length - 2;
    if (isOneData) events.push({ bytes, data: text.slice(text.charAt(5) === ' ' ? 6 : 5, -2), event: null });
    else events.push({ bytes, ...readFields(text) });
    start = end;
  }
  return events;
}

function readAnyLines(block: Buffer): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let start = 0;
  while (start < block.length) {
    const end = eventEnd(block, start);
    const bytes = block.subarray(start, end);
    events.push({ bytes, ...readFields(bytes.toString('utf8')) });
    start = end;
  }
  return events;
}

/** The position behind the first blank line at or after `start`; the block's end when there is none. */
function eventEnd(block: Buffer, start: number): number {
  let lineStart = start;
  while (lineStart < block.length) {
    const lineEnd = endOfLine(block, lineStart);
    const next = afterLine(block, lineEnd);
    if (lineEnd === lineStart && lineStart > start) return next;
    lineStart = next;
  }
  return block.length;
}

function endOfLine(block: Buffer, from: number): number {
  let at = from;
  while (at < block.length && block[at] !== 0x0a && block[at] !== 0x0d) at += 1;
  return at;
}

function afterLine(block: Buffer, lineEnd: number): number {
  return block[lineEnd] === 0x0d && block[lineEnd + 1] === 0x0a ? lineEnd + 2 : Math.min(lineEnd + 1, block.length);
}

function readFields(text: string): { data: string | null; event: string | null } {
  const data: string[] = [];
  let event: string | null = null;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data.push(line.slice(line.charAt(5) === ' ' ? 6 : 5));
    else if (line.startsWith('event:')) event = line.slice(line.charAt(6) === ' ' ? 7 : 6);
    else if (line === 'data') data.push('');
  }
  return { data: data.length === 0 ? null : data.join('\n'), event };
}
