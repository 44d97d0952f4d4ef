/** Has models loaded before anybody asks for them: at times of the day, and when a program comes that uses them. */
import type { Prewarm } from '../../contract/prewarm.ts';
import { weekDays } from '../../contract/policy/condition.ts';

export interface PrewarmingInput {
  /** Milliseconds since 1970. */
  now(): number;
  /** Has a model loaded, and kept for so long. @param model `provider/model` */
  load(model: string, keepAliveMinutes: number): void;
}

const minuteMs = 60_000;
/** A machine that slept through the time catches up so much later at most. */
const catchUpMs = 15 * minuteMs;
/** The clock on the wall may be set, or its zone changed: it is looked at again. */
const longestSleepMs = 15 * minuteMs;
/** A program that comes again within this has been served. */
const clientPauseMs = 10 * minuteMs;

export class Prewarming {
  readonly #input: PrewarmingInput;
  #entries: readonly Prewarm[] = [];
  /** What to load for a client, by its name; empty for nearly everybody. */
  #byClient: ReadonlyMap<string, readonly Prewarm[]> = new Map();
  readonly #servedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #lookedAt: number;

  constructor(input: PrewarmingInput) {
    this.#input = input;
    this.#lookedAt = input.now();
  }

  /** Goes by these from now on. */
  use(entries: readonly Prewarm[]): void {
    this.stop();
    this.#entries = entries;
    const names = new Set(entries.flatMap(({ clients }) => clients));
    this.#byClient = new Map([...names].map((name) => [name, entries.filter(({ clients }) => clients.includes(name))]));
    this.#lookedAt = this.#input.now();
    this.#sleep();
  }

  /** A client asks for something: told of every request, so it is cheap. */
  clientCame(name: string): void {
    if (this.#byClient.size === 0) return;
    const wanted = this.#byClient.get(name);
    if (wanted === undefined) return;
    const now = this.#input.now();
    const last = this.#servedAt.get(name);
    this.#servedAt.set(name, now);
    if (last !== undefined && now - last < clientPauseMs) return;
    for (const entry of wanted) this.#load(entry);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #sleep(): void {
    const now = this.#input.now();
    const next = Math.min(...this.#entries.map((entry) => nextTime(entry, now)));
    if (!Number.isFinite(next)) return;
    this.#timer = setTimeout(() => this.#wake(), Math.min(next - now, longestSleepMs));
    this.#timer.unref();
  }

  #wake(): void {
    const now = this.#input.now();
    const since = Math.max(this.#lookedAt, now - catchUpMs);
    this.#lookedAt = now;
    for (const entry of this.#entries) if (nextTime(entry, since) <= now) this.#load(entry);
    this.#sleep();
  }

  #load({ model, keepAliveMinutes }: Prewarm): void {
    this.#input.load(model, keepAliveMinutes);
  }
}

/** The first of its times after a moment, by this machine's clock; infinite where it has none. Milliseconds since 1970. */
export function nextTime({ at, days }: Pick<Prewarm, 'at' | 'days'>, afterMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    for (const time of at) {
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      const moment = new Date(afterMs);
      moment.setDate(moment.getDate() + ahead);
      moment.setHours(hours, minutes, 0, 0);
      const isDay = days === undefined || days.includes(weekDays[(moment.getDay() + 6) % 7] ?? 'mon');
      if (isDay && moment.getTime() > afterMs) next = Math.min(next, moment.getTime());
    }
    if (Number.isFinite(next)) return next;
  }
  return next;
}
