/** How streams are framed: what parts their events, and what they are called in a content type. */
import type { Framing } from '../../dialects/dialect.ts';
import { LineBlocks } from '../../dialects/ndjson/line-blocks.ts';
import { readLines } from '../../dialects/ndjson/read-lines.ts';
import { EventBlocks } from '../../dialects/sse/event-blocks.ts';
import { readEvents, type ServerSentEvent } from '../../dialects/sse/read-events.ts';

/** Cuts bytes so that only whole events are handed on. */
export interface Blocks {
  /**
   * @returns the bytes up to the last boundary seen so far, or null while no event is whole
   * @throws EventTooLargeError
   */
  push(chunk: Buffer): Buffer | null;
  /** What came after the last boundary. */
  rest(): Buffer;
}

export interface FramingFacts {
  /** What an upstream's stream must call itself. */
  readonly contentType: string;
  /** What ours are called. */
  readonly sentAs: string;
  /** What means nothing to a client between two events. */
  readonly signOfLife: string;
  createBlocks(limitBytes: number): Blocks;
  readBlock(block: Buffer): readonly ServerSentEvent[];
}

export const framings: Readonly<Record<Framing, FramingFacts>> = {
  sse: {
    contentType: 'text/event-stream',
    sentAs: 'text/event-stream; charset=utf-8',
    signOfLife: ':\n\n',
    createBlocks: (limitBytes) => new EventBlocks(limitBytes),
    readBlock: readEvents,
  },
  ndjson: {
    contentType: 'application/x-ndjson',
    sentAs: 'application/x-ndjson',
    // A blank line would be read as JSON by some; a space belongs to the line that follows.
    signOfLife: ' ',
    createBlocks: (limitBytes) => new LineBlocks(limitBytes),
    readBlock: readLines,
  },
};
