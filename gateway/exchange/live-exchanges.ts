/** The exchanges that are running now: counted, waited for when draining, ended when they must. */
import type { GatewayError } from '../chat/error.ts';

export interface LiveExchange {
  readonly clientId: string | null;
  /** Ends it now: an error answer, or a broken-off stream. */
  abort(error: GatewayError): void;
}

export class LiveExchanges {
  readonly #live = new Set<LiveExchange>();
  #idleWaiters: (() => void)[] = [];

  get size(): number {
    return this.#live.size;
  }

  add(exchange: LiveExchange): void {
    this.#live.add(exchange);
  }

  remove(exchange: LiveExchange): void {
    this.#live.delete(exchange);
    if (this.#live.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const wake of waiters) wake();
  }

  /** @param clientId only this client's; null for all */
  abort(error: GatewayError, clientId: string | null): void {
    // An exchange that ends leaves the set; a set may shrink while it is walked.
    for (const exchange of this.#live) {
      if (clientId === null || exchange.clientId === clientId) exchange.abort(error);
    }
  }

  /** Resolves when nothing is running. */
  whenIdle(): Promise<void> {
    if (this.#live.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
}
