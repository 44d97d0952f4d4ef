/** Sends events to windows as server-sent events. A slow window costs no memory: it waits, then reads on or is told to resync. */
import type { ServerResponse } from 'node:http';
import type { EventFeed, NumberedEvent } from './event-bus.ts';

/** A window that took nothing over this many heartbeats is gone; it may come back and resume. */
const patience = 4;

export interface EventStreams {
  /**
   * Begins a stream that ends with its socket.
   * @param afterId what the window has seen last; null for a new one
   * @returns false when there are too many already, with nothing sent
   */
  open(response: ServerResponse, afterId: number | null): boolean;
  closeAll(): void;
}

export interface EventStreamOptions {
  readonly heartbeatMs: number;
  readonly maximum: number;
}

interface EventStream {
  beat(): void;
  end(): void;
}

/** Makes the event streams of one listener. */
export function createEventStreams(events: EventFeed, { heartbeatMs, maximum }: EventStreamOptions): EventStreams {
  const streams = new Set<EventStream>();
  const timer = setInterval(() => {
    for (const stream of streams) stream.beat();
  }, heartbeatMs);
  timer.unref();
  return {
    open(response, afterId) {
      if (streams.size >= maximum) return false;
      const stream = openStream(response, events, afterId);
      streams.add(stream);
      response.once('close', () => {
        streams.delete(stream);
        stream.end();
      });
      return true;
    },
    closeAll() {
      clearInterval(timer);
      for (const stream of streams) stream.end();
    },
  };
}

function openStream(response: ServerResponse, events: EventFeed, afterId: number | null): EventStream {
  let lastSent = afterId ?? events.lastId;
  let waiting = false;
  let missedBeats = 0;
  let unsubscribe = (): void => {};

  // While the socket is full nothing is queued here: the bus remembers, and `drain` subscribes again from the last one sent.
  const send = ({ id, event }: NumberedEvent): void => {
    if (waiting) return;
    lastSent = id;
    waiting = !response.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const resume = (): void => {
    missedBeats = 0;
    waiting = false;
    unsubscribe();
    unsubscribe = events.subscribe(lastSent, send);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  response.write(afterId === null ? `retry: 1000\nid: ${lastSent}\n\n` : 'retry: 1000\n\n');
  response.on('drain', resume);
  resume();
  return {
    beat() {
      if (!waiting) return void response.write(': still here\n\n');
      missedBeats += 1;
      if (missedBeats >= patience) response.destroy();
    },
    end() {
      unsubscribe();
      response.off('drain', resume);
      response.end();
    },
  };
}

/** Reads an event's id as a window gives it back; null when it gives none, and -1 (never remembered) when it is no id. */
export function readEventId(text: string | undefined | null): number | null {
  if (text === undefined || text === null || text === '') return null;
  return /^\d{1,16}$/.test(text) ? Number(text) : -1;
}
