/** Reads server-sent events from a body, piece by piece. */
import type { GatewayEvent } from '../gateway/contract/events.ts';

/** `id` alone marks a place in the order; heartbeats are no items. */
export interface StreamItem {
  readonly id: string | null;
  readonly event: GatewayEvent | null;
}

/**
 * Reads the events of one connection until it ends.
 * @param onBytes called for every piece, heartbeats included: the connection lives
 */
export async function* readEventStream(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<StreamItem> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      onBytes();
      const blocks = (rest + decoder.decode(piece.value, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const item = readBlock(block);
        if (item) yield item;
      }
    }
  } finally {
    reader.releaseLock();
  }
}

/** The gateway writes one `id:` and one `data:` line for each event (gateway/control/event-stream.ts). */
function readBlock(block: string): StreamItem | null {
  let id: string | null = null;
  let data: string | null = null;
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) id = line.slice(4);
    if (line.startsWith('data: ')) data = line.slice(6);
  }
  if (id === null && data === null) return null;
  return { id, event: data === null ? null : JSON.parse(data) };
}
