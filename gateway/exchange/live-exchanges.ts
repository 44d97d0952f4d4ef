/** The exchanges that are running now: counted, waited for when draining, ended when they must. */
import type { GatewayError } from '../chat/error.ts';

export interface LiveExchange {
  readonly clientId: string | null;
  /** Where it stands in the list of the live: kept by LiveExchanges alone. */
  place: number;
  /** Ends it now: an error answer, or a broken-off stream. */
  abort(error: GatewayError): void;
}

export class LiveExchanges {
  /** An array, not a Set: a Set's outgrown tables keep what they held alive until the next full garbage collection. */
  readonly #live: LiveExchange[] = [];
  #idleWaiters: (() => void)[] = [];

  get size(): number {
    return this.#live.length;
  }

  add(exchange: LiveExchange): void {
    exchange.place = this.#live.length;
    this.#live.push(exchange);
  }

  /** The last one takes the free place. */
  remove(exchange: LiveExchange): void {
    if (this.#live[exchange.place] !== exchange) return;
    const last = this.#live.pop();
    if (last && last !== exchange) {
      this.#live[exchange.place] = last;
      last.place = exchange.place;
    }
    if (this.#live.length === 0) this.#wakeIdleWaiters();
  }

  /** @param clientId only this client's; null for all */
  abort(error: GatewayError, clientId: string | null): void {
    for (const exchange of this.#live.slice()) {
      if (clientId === null || exchange.clientId === clientId) exchange.abort(error);
    }
  }

  /** Resolves when nothing is running. */
  whenIdle(): Promise<void> {
    if (this.#live.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #wakeIdleWaiters(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const wake of waiters) wake();
  }
}
