/**
 * Keeps answers of `POST /v1/responses` that no provider keeps, so that `previous_response_id` and `GET /v1/responses/{id}` work
 * with every provider. Bounded, for each client apart, in memory alone.
 */

import type { KeptResponses } from './previous-response.ts';

/** One turn as the next request continues it. */
export interface KeptTurn {
  /** Everything that was said to the model, earlier turns included. */
  readonly input: readonly unknown[];
  readonly output: readonly unknown[];
  /** The response object as its client was given it. */
  readonly response: unknown;
  /** The rule that kept it on this machine, where it then stays; null where none did. */
  readonly pinnedBy: string | null;
}

/** An item of a kept turn. */
export interface KeptItem {
  readonly item: unknown;
  readonly pinnedBy: string | null;
}

interface Kept extends KeptTurn {
  readonly bytes: number;
}

/** A client's own answers push out no other's. */
const mostOfOneClient = 500;
const mostBytesOfOneClient = 16 * 1024 * 1024;
/** Clients are few; keys can be many where somebody makes one for every run. */
const mostClients = 200;
const mostBytes = 128 * 1024 * 1024;

interface ClientTurns {
  /** By response; the first is the oldest. */
  readonly turns: Map<string, Kept>;
  bytes: number;
}

export class ResponseMemory {
  /** By client; the first has kept nothing for longest. */
  readonly #clients = new Map<string, ClientTurns>();
  #bytes = 0;

  /** What was kept for one client, for one request. */
  of(clientId: string | null): KeptResponses {
    // A request may name more items than there are: they are gathered once, and only for those that name any.
    let items: ReadonlyMap<string, KeptItem> | null = null;
    const findItem = (id: string): KeptItem | null => (items ??= this.#itemsOf(clientId)).get(id) ?? null;
    return { find: (id) => this.find(clientId, id), findItem };
  }

  find(clientId: string | null, id: string): KeptTurn | null {
    return this.#clients.get(clientId ?? '')?.turns.get(id) ?? null;
  }

  keep(clientId: string | null, id: string, turn: KeptTurn): void {
    const bytes = JSON.stringify([turn.input, turn.response]).length;
    // One that has no room alone would push out all others for nothing.
    if (bytes > mostBytesOfOneClient) return;
    const client = this.#lastInLine(clientId ?? '');
    this.#forget(client, id);
    client.turns.set(id, { ...turn, bytes });
    this.#grow(client, bytes);
    for (const oldest of client.turns.keys()) {
      if (client.bytes <= mostBytesOfOneClient && client.turns.size <= mostOfOneClient) break;
      this.#forget(client, oldest);
    }
    this.#forgetClients();
  }

  /** The answer's JSON value; null when it is not kept. */
  show(clientId: string | null, id: string, part: 'whole' | 'input'): unknown {
    const turn = this.find(clientId, id);
    if (!turn) return null;
    return part === 'whole' ? turn.response : { object: 'list', data: turn.input, has_more: false };
  }

  /** @returns OpenAI's word for it; null when it was not kept */
  delete(clientId: string | null, id: string): unknown {
    const client = this.#clients.get(clientId ?? '');
    return client && this.#forget(client, id) ? { id, object: 'response', deleted: true } : null;
  }

  /** By id; of several the newest. */
  #itemsOf(clientId: string | null): ReadonlyMap<string, KeptItem> {
    const items = new Map<string, KeptItem>();
    for (const { output, pinnedBy } of this.#clients.get(clientId ?? '')?.turns.values() ?? []) {
      for (const item of output) {
        if (typeof item !== 'object' || item === null || !('id' in item) || typeof item.id !== 'string') continue;
        items.set(item.id, { item, pinnedBy });
      }
    }
    return items;
  }

  /** Whoever asked last is last in line to be forgotten. */
  #lastInLine(id: string): ClientTurns {
    const client = this.#clients.get(id) ?? { turns: new Map<string, Kept>(), bytes: 0 };
    this.#clients.delete(id);
    this.#clients.set(id, client);
    return client;
  }

  #forgetClients(): void {
    for (const [id, client] of this.#clients) {
      if (this.#clients.size <= mostClients && this.#bytes <= mostBytes) break;
      this.#clients.delete(id);
      this.#bytes -= client.bytes;
    }
  }

  #forget(client: ClientTurns, id: string): boolean {
    this.#grow(client, -(client.turns.get(id)?.bytes ?? 0));
    return client.turns.delete(id);
  }

  #grow(client: ClientTurns, bytes: number): void {
    client.bytes += bytes;
    this.#bytes += bytes;
  }
}
