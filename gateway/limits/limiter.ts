/** Lets requests through, or not, by the limits of whoever sends them and of whom they are sent to. */
import type { RateLimits } from '../contract/money/rate-limits.ts';
import { type Counted, type LimitRule, rulesOf } from './limit-rules.ts';
import { WindowCounts } from './window-counts.ts';
import { type Window, windowAt, type WindowName, windowNames } from './windows.ts';

/** What is known of a call before it is made; asked for only where a limit depends on it. */
export interface EstimatedCall {
  inputTokens(): number;
  /** US dollars; null where no price is known, and then it is not expensive. */
  costUsd(): number | null;
}

/** The limit that a call is beyond. */
export interface Overrun {
  readonly counted: Counted | 'concurrent';
  /** Null for calls at the same time. */
  readonly window: WindowName | null;
  readonly limit: number;
  /** US dollars above which a call is counted, where only such are. */
  readonly aboveUsd: number | null;
  /** When it may be tried again, milliseconds since 1970. */
  readonly resetsAtMs: number;
}

/** How far one limit is used up. */
export interface LimitReading {
  readonly counted: Counted;
  readonly window: WindowName;
  readonly limit: number;
  readonly used: number;
  /** Milliseconds since 1970. */
  readonly resetsAtMs: number;
}

/** A call that was let through. */
export interface Pass {
  /**
   * It is over; a second time says nothing new.
   * @param tokens that it came to, read and written; null where nobody knows, and then none are counted
   */
  leave(tokens: number | null): void;
  /** It was not made after all: nothing of it is counted. */
  cancel(): void;
}

/** What the log has of the windows that are open: of each kind, requests, tokens and expensive calls. */
export type OpenCounts = Readonly<Record<WindowName, Readonly<Record<Counted, number>>>>;

interface Taken {
  readonly counted: Counted;
  readonly series: string;
  readonly window: Window;
  readonly amount: number;
}

/** Somebody who waits for another's call to end may ask again so soon. */
const concurrentPauseMs = 1_000;

/** One for the whole run. Clients and providers are scopes by any names. */
export class Limiter {
  readonly #now: () => number;
  readonly #counts = new WindowCounts();
  readonly #running = new Map<string, number>();
  readonly #scopes = new Set<string>();

  /** @param now milliseconds since 1970, by the clock on the wall */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Takes a call into account: all its limits have room for it, or it changes nothing. A window in which nothing was counted takes a call
   * of any number of tokens, which otherwise could never be made.
   */
  async enter(scope: string, limits: RateLimits, call: EstimatedCall): Promise<Pass | Overrun> {
    const atMs = this.#now();
    const running = this.#running.get(scope) ?? 0;
    if (limits.concurrent !== undefined && running >= limits.concurrent) return concurrentOverrun(limits.concurrent, atMs);
    const taken = takenBy(scope, limits, call, atMs);
    this.#running.set(scope, running + 1);
    const sums = await Promise.all(taken.map(({ series, window, amount }) => this.#counts.add(series, window, amount)));
    const over = overruns(limits, taken, sums);
    if (over.length === 0) return this.#passOf(scope, taken);
    for (const { series, window, amount } of taken) this.#counts.correct(series, window, -amount);
    this.#left(scope);
    return longest(over);
  }

  /** Of every limit but that of calls at the same time. */
  read(scope: string, limits: RateLimits): readonly LimitReading[] {
    const atMs = this.#now();
    return rulesOf(limits).map((rule) => {
      const window = windowAt(rule.window, atMs);
      return { ...rule, used: this.#counts.read(seriesOf(scope, rule), window), resetsAtMs: window.endsAtMs };
    });
  }

  /** @returns how many calls of a scope are under way, as far as it is limited */
  running(scope: string): number {
    return this.#running.get(scope) ?? 0;
  }

  /**
   * Knows from now on these scopes and no others.
   * @returns those of which nothing is known yet
   */
  keep(scopes: ReadonlySet<string>): readonly string[] {
    for (const scope of this.#scopes) {
      if (scopes.has(scope)) continue;
      this.#scopes.delete(scope);
      for (const window of windowNames) for (const counted of everything) this.#counts.forget(`${scope} ${counted} ${window}`);
    }
    return [...scopes].filter((scope) => !this.#scopes.has(scope));
  }

  /**
   * Begins a scope with what the log has of it.
   * @param windows in which that was counted
   */
  restore(scope: string, counts: OpenCounts, windows: Readonly<Record<WindowName, Window>>): void {
    this.#scopes.add(scope);
    for (const window of windowNames)
      for (const counted of everything)
        this.#counts.set(seriesOf(scope, { counted, window }), windows[window], counts[window][counted]);
  }

  #passOf(scope: string, taken: readonly Taken[]): Pass {
    let isOver = false;
    const end = (correct: (one: Taken) => number): void => {
      if (isOver) return;
      isOver = true;
      this.#left(scope);
      for (const one of taken) this.#counts.correct(one.series, one.window, correct(one));
    };
    return {
      leave: (tokens) => end(({ counted, amount }) => (counted === 'tokens' ? (tokens ?? 0) - amount : 0)),
      cancel: () => end(({ amount }) => -amount),
    };
  }

  #left(scope: string): void {
    const running = (this.#running.get(scope) ?? 0) - 1;
    if (running > 0) this.#running.set(scope, running);
    else this.#running.delete(scope);
  }
}

const everything: readonly Counted[] = ['requests', 'tokens', 'expensive'];

function seriesOf(scope: string, { counted, window }: Pick<LimitRule, 'counted' | 'window'>): string {
  return `${scope} ${counted} ${window}`;
}

/** Everything is counted that ever may be limited: a limit that is set at noon holds for the whole day. */
function takenBy(scope: string, limits: RateLimits, call: EstimatedCall, atMs: number): readonly Taken[] {
  const countsTokens = rulesOf(limits).some(({ counted }) => counted === 'tokens');
  const isExpensive = limits.expensive !== undefined && (call.costUsd() ?? 0) > limits.expensive.aboveUsd;
  const amounts = { requests: 1, tokens: countsTokens ? call.inputTokens() : 0, expensive: isExpensive ? 1 : 0 };
  return windowNames.flatMap((name) => {
    const window = windowAt(name, atMs);
    return everything.map((counted) => {
      const series = seriesOf(scope, { counted, window: name });
      return { counted, series, window, amount: amounts[counted] };
    });
  });
}

/** The rules that the call breaks. */
function overruns(limits: RateLimits, taken: readonly Taken[], sums: readonly number[]): readonly Overrun[] {
  const aboveUsd = limits.expensive?.aboveUsd ?? null;
  return rulesOf(limits).flatMap(({ counted, window, limit }) => {
    const place = taken.findIndex((one) => one.counted === counted && one.window.name === window);
    const { amount = 0, window: { endsAtMs = 0 } = {} } = taken[place] ?? {};
    // A call that is not expensive is not held to a limit of those that are.
    if (counted === 'expensive' && amount === 0) return [];
    const before = (sums[place] ?? 0) - amount;
    const isOver = before >= limit || (before > 0 && before + amount > limit);
    return isOver ? { counted, window, limit, aboveUsd: counted === 'expensive' ? aboveUsd : null, resetsAtMs: endsAtMs } : [];
  });
}

/** The one that keeps it waiting longest. */
function longest(over: readonly Overrun[]): Overrun {
  return over.reduce((one, other) => (other.resetsAtMs > one.resetsAtMs ? other : one));
}

function concurrentOverrun(limit: number, atMs: number): Overrun {
  return { counted: 'concurrent', window: null, limit, aboveUsd: null, resetsAtMs: atMs + concurrentPauseMs };
}
