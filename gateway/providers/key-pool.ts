/**
 * Which of a provider's keys is asked first, and which rest: a state machine over what answers said, given a clock. It
 * outlives every config; a key is known by its provider's id and its reference.
 */
import type { WeightedKey } from './build-provider.ts';

export type KeyState = 'ready' | 'resting' | 'set-aside';

/** A key as screens show it.  */
export interface KeyStanding {
  readonly reference: string;
  readonly state: KeyState;
  /** When it is asked again of its own accord; null while it is ready. */
  readonly untilMs: number | null;
  /** Why, in a clause; null while it is ready. */
  readonly reason: string | null;
}

export const firstRestMs = 15_000;
export const lastRestMs = 5 * 60_000;
export const exhaustedRestMs = 30 * 60_000;
export const setAsideMs = 15 * 60_000;
/** What a provider asks for beyond this is not believed: a wrong date must not put a key away for a year. */
export const longestAskedMs = 24 * 60 * 60_000;

/** What is held against one key, and its turn among the others. */
interface KeyRecord {
  /** The balance of smooth weighted turns: grows by the weight, and pays the sum of all when chosen. */
  turn: number;
  state: KeyState;
  sinceMs: number;
  untilMs: number;
  reason: string | null;
  /** Rests one after the other without an answer between. */
  rests: number;
}

export class KeyPool {
  readonly #now: () => number;
  readonly #onChange: () => void;
  readonly #pools = new Map<string, Map<string, KeyRecord>>();

  /**
   * @param now milliseconds since 1970: a rest passes while the machine sleeps
   * @param onChange a key rests, is set aside, or is back; a rest that passes by itself is not told, for its end was
   */
  constructor(now: () => number, onChange: () => void = () => undefined) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /**
   * The keys in the order to try them for one request: the ready ones in smooth weighted turns, then those that rest, the
   * soonest back first. None is ever left out.
   */
  order(providerId: string, keys: readonly WeightedKey[]): readonly string[] {
    const at = this.#now();
    const entries = keys.map((key) => ({ ...key, record: this.#recordOf(providerId, key.reference) }));
    const ready = entries.filter(({ record }) => !isHeld(record, at));
    const held = entries.filter(({ record }) => isHeld(record, at));
    held.sort((one, other) => one.record.untilMs - other.record.untilMs);
    return [...takeTurns(ready), ...held].map(({ reference }) => reference);
  }

  /**
   * The provider said 429: the key rests as long as it asked for, or longer each time (15 s up to 5 min).
   * @param sentAtMs when the request was sent: what was sent before a rest began says nothing new about it
   */
  rest(providerId: string, reference: string, sentAtMs: number, retryAfterMs: number | null): void {
    const record = this.#recordOf(providerId, reference);
    const isNews = record.rests === 0 || sentAtMs >= record.sinceMs;
    if (isNews) record.rests += 1;
    const usualMs = isNews ? Math.min(firstRestMs * 2 ** (record.rests - 1), lastRestMs) : 0;
    this.#hold(record, 'resting', askedRest(retryAfterMs) ?? usualMs, 'takes no more requests for now');
  }

  /** No credit or quota is left for the key (402, a quota's code): a longer rest. */
  exhaust(providerId: string, reference: string, retryAfterMs: number | null): void {
    const forMs = Math.max(exhaustedRestMs, askedRest(retryAfterMs) ?? 0);
    this.#hold(this.#recordOf(providerId, reference), 'resting', forMs, 'has no credit or quota left');
  }

  /** The provider refused the key (401, 403): it is tried last for 15 minutes, or until its secret changes. */
  setAside(providerId: string, reference: string, reason: string): void {
    this.#hold(this.#recordOf(providerId, reference), 'set-aside', setAsideMs, reason);
  }

  /** It answered: a request that was sent after the key's rest began ends it. */
  restored(providerId: string, reference: string, sentAtMs: number): void {
    const record = this.#pools.get(providerId)?.get(reference);
    if (record && (record.state !== 'ready' || record.rests > 0) && sentAtMs >= record.sinceMs) this.#acquit(record);
  }

  /** Its secret was saved anew: whatever was held against it is void. */
  secretChanged(reference: string): void {
    for (const pool of this.#pools.values()) {
      const record = pool.get(reference);
      if (record) this.#acquit(record);
    }
  }

  /** Forgets whom the config does not name any more. */
  keep(providers: ReadonlyMap<string, readonly WeightedKey[]>): void {
    for (const [id, pool] of this.#pools) {
      const references = new Set(providers.get(id)?.map(({ reference }) => reference));
      for (const reference of pool.keys()) if (!references.has(reference)) pool.delete(reference);
      if (pool.size === 0) this.#pools.delete(id);
    }
  }

  /** Is nothing held against at least one of them? */
  isReady(providerId: string, keys: readonly WeightedKey[]): boolean {
    const pool = this.#pools.get(providerId);
    if (!pool) return keys.length > 0;
    const at = this.#now();
    return keys.some(({ reference }) => {
      const record = pool.get(reference);
      return !record || !isHeld(record, at);
    });
  }

  /** How the keys stand, in the order they are given. */
  standings(providerId: string, keys: readonly WeightedKey[]): readonly KeyStanding[] {
    const at = this.#now();
    return keys.map(({ reference }) => {
      const record = this.#pools.get(providerId)?.get(reference);
      if (!record || !isHeld(record, at)) return { reference, state: 'ready', untilMs: null, reason: null };
      return { reference, state: record.state, untilMs: record.untilMs, reason: record.reason };
    });
  }

  #recordOf(providerId: string, reference: string): KeyRecord {
    const pool = this.#pools.get(providerId) ?? new Map<string, KeyRecord>();
    this.#pools.set(providerId, pool);
    const record = pool.get(reference) ?? { turn: 0, ...clean };
    pool.set(reference, record);
    return record;
  }

  /** The longer of two sentences stands. */
  #hold(record: KeyRecord, state: KeyState, forMs: number, reason: string): void {
    const sinceMs = this.#now();
    const untilMs = sinceMs + forMs;
    if (isHeld(record, sinceMs) && record.untilMs >= untilMs) return;
    Object.assign(record, { state, sinceMs, untilMs, reason });
    this.#onChange();
  }

  /** Nothing is held against it; its turn stays as it is. */
  #acquit(record: KeyRecord): void {
    const wasHeld = isHeld(record, this.#now());
    Object.assign(record, clean);
    if (wasHeld) this.#onChange();
  }
}

const clean = { state: 'ready', sinceMs: 0, untilMs: 0, reason: null, rests: 0 } as const;

function isHeld({ state, untilMs }: KeyRecord, at: number): boolean {
  return state !== 'ready' && at < untilMs;
}

function askedRest(retryAfterMs: number | null): number | null {
  return retryAfterMs === null ? null : Math.min(Math.max(retryAfterMs, 0), longestAskedMs);
}

interface Turn {
  readonly reference: string;
  readonly weight: number;
  readonly record: KeyRecord;
}

/**
 * Smooth weighted round-robin, as nginx has it: each key's balance grows by its weight, the highest is chosen and pays the sum
 * of all weights. With weights 3 and 1 that is a, a, b, a. The others follow by their balance.
 */
function takeTurns(ready: readonly Turn[]): readonly Turn[] {
  let total = 0;
  for (const { weight, record } of ready) {
    record.turn += weight;
    total += weight;
  }
  const inOrder = ready.toSorted((one, other) => other.record.turn - one.record.turn);
  const [chosen] = inOrder;
  if (chosen) chosen.record.turn -= total;
  return inOrder;
}
