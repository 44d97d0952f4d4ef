/**
 * How many requests may be in their second or a later attempt at once, as in Envoy's retry budget: a part of the requests under
 * way, and always a few. Counted against those that are in their first, so that a provider that fails altogether is sent at
 * most that part more.
 */
import type { ReliabilitySettings } from '../../contract/reliability.ts';

export class RetryBudget {
  #again = 0;

  /** Requests under way in a second or later attempt. */
  get again(): number {
    return this.#again;
  }

  /** May one more begin? @param active requests under way, these included */
  allows(active: number, { percent, minimum }: ReliabilitySettings['retryBudget']): boolean {
    const first = Math.max(active - this.#again - 1, 0);
    return this.#again < Math.max(minimum, Math.floor((first * percent) / 100));
  }

  begin(): void {
    this.#again += 1;
  }

  end(): void {
    this.#again -= 1;
  }
}
