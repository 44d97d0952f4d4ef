/** What was counted in each window: held by rate-limiter-flexible, in memory, under a key that names the window. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Window } from './windows.ts';

/**
 * So many windows of one kind are remembered, by when they were first counted in: a clock that is put back by an hour finds its minutes
 * as it left them.
 */
const remembered = 64;

export class WindowCounts {
  /** No window ends by the library's timers, which a clock on the wall knows nothing of: its key is never used again. */
  readonly #limiter = new RateLimiterMemory({ keyPrefix: '', points: Number.MAX_SAFE_INTEGER, duration: 0 });
  /** By what is counted and in which kind of window: the keys of its windows with what the library said of them last. */
  readonly #known = new Map<string, Map<string, number>>();

  /**
   * Counts, at once; the promise is of the sum that this made.
   * @param series what is counted, of whom, in which kind of window
   */
  async add(series: string, window: Window, amount: number): Promise<number> {
    const key = this.#keyOf(series, window);
    const { consumedPoints } = await this.#limiter.penalty(key, amount);
    this.#known.get(series)?.set(key, consumedPoints);
    return consumedPoints;
  }

  /** Counts more or less where something was counted before; a window that is forgotten stays so. */
  correct(series: string, window: Window, change: number): void {
    if (change !== 0 && this.#known.get(series)?.has(keyOf(series, window)) === true) void this.add(series, window, change);
  }

  /** Begins a window with what is known of it from elsewhere. */
  set(series: string, window: Window, count: number): void {
    const key = this.#keyOf(series, window);
    void this.#limiter.set(key, count, 0);
    this.#known.get(series)?.set(key, count);
  }

  /** What is counted in a window by now. */
  read(series: string, window: Window): number {
    return this.#known.get(series)?.get(keyOf(series, window)) ?? 0;
  }

  forget(series: string): void {
    for (const key of this.#known.get(series)?.keys() ?? []) void this.#limiter.delete(key);
    this.#known.delete(series);
  }

  #keyOf(series: string, window: Window): string {
    const key = keyOf(series, window);
    const windows = this.#known.get(series) ?? new Map<string, number>();
    if (windows.has(key)) return key;
    const [oldest] = windows.keys();
    if (windows.size >= remembered && oldest !== undefined) {
      windows.delete(oldest);
      void this.#limiter.delete(oldest);
    }
    this.#known.set(series, windows.set(key, 0));
    return key;
  }
}

const keyOf = (series: string, { id }: Window): string => `${series} ${id}`;
