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
}

interface Kept extends KeptTurn {
  readonly bytes: number;
}

/** A client's own answers push out no other's. */
const mostOfOneClient = 500;
const mostBytesOfOneClient = 16 * 1024 * 1024;
/** Clients are few; keys can be many where somebody makes one for every run. */
const mostClients = 200;

export class ResponseMemory {
  /** By client, then by response; the first is the oldest. */
  readonly #clients = new Map<string, Map<string, Kept>>();

  /** What was kept for one client. */
  of(clientId: string | null): KeptResponses {
    return { find: (id) => this.find(clientId, id), findItem: (id) => this.#findItem(clientId, id) };
  }

  find(clientId: string | null, id: string): KeptTurn | null {
    return this.#clients.get(clientId ?? '')?.get(id) ?? null;
  }

  keep(clientId: string | null, id: string, turn: KeptTurn): void {
    const turns = this.#turnsOf(clientId ?? '');
    turns.set(id, { ...turn, bytes: JSON.stringify([turn.input, turn.response]).length });
    let bytes = 0;
    for (const kept of turns.values()) bytes += kept.bytes;
    for (const [oldest, kept] of turns) {
      if (bytes <= mostBytesOfOneClient && turns.size <= mostOfOneClient) break;
      turns.delete(oldest);
      bytes -= kept.bytes;
    }
  }

  /** The answer's JSON value; null when it is not kept. */
  show(clientId: string | null, id: string, part: 'whole' | 'input'): unknown {
    const turn = this.find(clientId, id);
    if (!turn) return null;
    return part === 'whole' ? turn.response : { object: 'list', data: turn.input, has_more: false };
  }

  /** @returns OpenAI's word for it; null when it was not kept */
  delete(clientId: string | null, id: string): unknown {
    const deleted = this.#clients.get(clientId ?? '')?.delete(id) === true;
    return deleted ? { id, object: 'response', deleted: true } : null;
  }

  /** The newest turn that has it; its place is not kept apart, since few programs ask. */
  #findItem(clientId: string | null, id: string): unknown {
    for (const { output } of [...(this.#clients.get(clientId ?? '')?.values() ?? [])].toReversed()) {
      const item = output.find((one) => typeof one === 'object' && one !== null && 'id' in one && one.id === id);
      if (item !== undefined) return item;
    }
    return null;
  }

  #turnsOf(client: string): Map<string, Kept> {
    const known = this.#clients.get(client) ?? new Map<string, Kept>();
    // Whoever asked last is last in line to be forgotten.
    this.#clients.delete(client);
    this.#clients.set(client, known);
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= mostClients) break;
      this.#clients.delete(oldest);
    }
    return known;
  }
}
