/** Counts the requests of each route that takes turns. */

const mostRoutes = 10_000;

export class RouteTurns {
  readonly #turns = new Map<string, number>();

  /** How many requests took this route before. */
  of(route: string): number {
    return this.#turns.get(route) ?? 0;
  }

  /** One more takes it. */
  take(route: string): void {
    const turn = this.of(route) + 1;
    const [oldest] = this.#turns.keys();
    if (turn === 1 && oldest !== undefined && this.#turns.size >= mostRoutes) this.#turns.delete(oldest);
    this.#turns.set(route, turn % Number.MAX_SAFE_INTEGER);
  }
}
