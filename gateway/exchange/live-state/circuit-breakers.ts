/**
 * Breakers: who failed too often within a window is left alone for a while, and then tried by a few requests. One for each
 * provider, key and model; they outlive every config, whose settings come with each call. Who always answered has none.
 */
import type { BreakerSettings } from '../../contract/reliability.ts';

/** What a breaker stands for. */
export interface BreakerPlace {
  readonly provider: string;
  readonly model: string;
  /** What the config calls the key; null where none is needed. */
  readonly key: string | null;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** A breaker as screens show it. */
export interface BreakerStanding extends BreakerPlace {
  readonly state: BreakerState;
  /** Failures within the window. */
  readonly failures: number;
  /** When an open breaker lets a probe through, milliseconds since 1970; null when it is not open. */
  readonly untilMs: number | null;
  /** What the latest failure was, in a clause. */
  readonly reason: string | null;
}

interface Breaker {
  readonly place: BreakerPlace;
  /** When it failed, the oldest first; no more than open it. */
  failedAt: number[];
  /** When it would not answer for a reason that opens nothing, such as a limit: since its last answer, the oldest first. */
  refusedAt: number[];
  /** Null while it is closed; else when it was opened for the last time. */
  openedAt: number | null;
  /** From when on probes are let through. */
  probesFrom: number;
  /** Probes under way. */
  probing: number;
  reason: string | null;
}

/** Leave to ask, which must be given back by one of its functions; a second one means nothing. */
export interface BreakerPass {
  /** It answers again. */
  succeeded(): void;
  /** @param reason in a clause */
  failed(reason: string): void;
  /** It would not answer, for a reason that is not its own trouble: a limit, its key, the config. */
  refused(): void;
  /** Nothing was learned of it, as when the client left. */
  gaveBack(): void;
}

export interface BreakersInput {
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** One opened, half-opened by a check, or closed. */
  onChange(place: BreakerPlace, state: BreakerState): void;
}

/** Targets by names that clients invent must not fill the memory. */
const mostBreakers = 2_000;

export class CircuitBreakers {
  readonly #input: BreakersInput;
  readonly #breakers = new Map<string, Breaker>();

  constructor(input: BreakersInput) {
    this.#input = input;
  }

  /** Has nothing failed lately? Then nothing needs to be looked up. */
  get isQuiet(): boolean {
    return this.#breakers.size === 0;
  }

  /** @returns null when it is to be left alone: it is open, or enough probes are under way */
  enter(place: BreakerPlace, settings: BreakerSettings): BreakerPass | null {
    const breaker = this.#find(place);
    if (!breaker) return this.#pass(place, settings, null);
    if (breaker.openedAt === null) {
      if (this.#troubles(breaker, settings) === 0) this.#breakers.delete(idOf(place));
      return this.#pass(place, settings, null);
    }
    if (!this.#takesProbes(breaker, settings)) return null;
    breaker.probing += 1;
    return this.#pass(place, settings, breaker);
  }

  /** For the last usable target, which is asked however it stands. */
  enterAnyway(place: BreakerPlace, settings: BreakerSettings): BreakerPass {
    return this.#pass(place, settings, null);
  }

  state(place: BreakerPlace): BreakerState {
    const breaker = this.#find(place);
    return breaker ? this.#stateOf(breaker) : 'closed';
  }

  /** Is it not closed, or has it failed or refused at least half as often within the window as failures would open it? */
  isFailing(place: BreakerPlace, settings: BreakerSettings): boolean {
    const breaker = this.#find(place);
    if (!breaker) return false;
    return breaker.openedAt !== null || this.#troubles(breaker, settings) >= settings.failures / 2;
  }

  /** A check found the provider to be there: its open breakers take probes at once. They close only by an answer. */
  halfOpen(provider: string): void {
    const at = this.#input.monotonic();
    for (const breaker of this.#breakers.values()) {
      if (breaker.place.provider !== provider || this.#stateOf(breaker) !== 'open') continue;
      breaker.probesFrom = at;
      this.#input.onChange(breaker.place, 'half-open');
    }
  }

  /** All that failed or refused. */
  standings(settings: BreakerSettings): BreakerStanding[] {
    const toWallMs = this.#input.now() - this.#input.monotonic();
    return [...this.#breakers.values()].map((breaker) => {
      const state = this.#stateOf(breaker);
      const failures = this.#recent(breaker.failedAt, settings);
      const untilMs = state === 'open' ? breaker.probesFrom + toWallMs : null;
      return { ...breaker.place, state, failures, untilMs, reason: state === 'closed' && failures === 0 ? null : breaker.reason };
    });
  }

  /** Forgets what the config does not name any more. */
  keep(isNamed: (place: BreakerPlace) => boolean): void {
    for (const [id, { place }] of this.#breakers) if (!isNamed(place)) this.#breakers.delete(id);
  }

  #find(place: BreakerPlace): Breaker | undefined {
    return this.#breakers.size === 0 ? undefined : this.#breakers.get(idOf(place));
  }

  #stateOf({ openedAt, probesFrom }: Breaker): BreakerState {
    if (openedAt === null) return 'closed';
    return this.#input.monotonic() < probesFrom ? 'open' : 'half-open';
  }

  #takesProbes(breaker: Breaker, { probes }: BreakerSettings): boolean {
    return this.#stateOf(breaker) === 'half-open' && breaker.probing < probes;
  }

  #troubles({ failedAt, refusedAt }: Breaker, settings: BreakerSettings): number {
    return this.#recent(failedAt, settings) + this.#recent(refusedAt, settings);
  }

  #recent(times: readonly number[], { windowMs }: BreakerSettings): number {
    const since = this.#input.monotonic() - windowMs;
    return times.reduce((count, at) => (at > since ? count + 1 : count), 0);
  }

  /** @param probed the breaker whose probe it is; one that has taken its place meanwhile counts its own */
  #pass(place: BreakerPlace, settings: BreakerSettings, probed: Breaker | null): BreakerPass {
    return new Pass({ place, settings, probed, sentAt: this.#input.monotonic() }, this.#told);
  }

  readonly #told: PassListener = {
    succeeded: ({ place, sentAt }) => this.#succeeded(place, sentAt),
    failed: ({ place, settings, sentAt }, reason) => this.#failed(place, settings, { sentAt, reason }),
    refused: ({ place, settings }) => void this.#note((this.#find(place) ?? this.#add(place)).refusedAt, settings),
  };

  /** What was sent before it opened says nothing new about it. */
  #succeeded(place: BreakerPlace, sentAt: number): void {
    const breaker = this.#find(place);
    if (!breaker) return;
    breaker.refusedAt.length = 0;
    if (breaker.openedAt === null || sentAt < breaker.openedAt) return;
    this.#breakers.delete(idOf(place));
    this.#input.onChange(place, 'closed');
  }

  #failed(place: BreakerPlace, settings: BreakerSettings, { sentAt, reason }: Failure): void {
    const breaker = this.#find(place) ?? this.#add(place);
    const at = this.#note(breaker.failedAt, settings);
    breaker.reason = reason;
    const isTried = this.#stateOf(breaker) === 'half-open' && sentAt >= breaker.probesFrom;
    const isTooMuch = breaker.openedAt === null && this.#recent(breaker.failedAt, settings) >= settings.failures;
    if (!isTried && !isTooMuch) return;
    breaker.openedAt = at;
    breaker.probesFrom = at + settings.openMs;
    this.#input.onChange(place, 'open');
  }

  /** No more times are kept than open it. @returns the moment */
  #note(times: number[], { failures }: BreakerSettings): number {
    const at = this.#input.monotonic();
    times.push(at);
    if (times.length > failures) times.shift();
    return at;
  }

  /** The one that was added first makes room. */
  #add(place: BreakerPlace): Breaker {
    const [oldest] = this.#breakers.keys();
    if (oldest !== undefined && this.#breakers.size >= mostBreakers) this.#breakers.delete(oldest);
    const { provider, model, key } = place;
    const times = { failedAt: [], refusedAt: [], openedAt: null, probesFrom: 0 };
    const breaker: Breaker = { place: { provider, model, key }, ...times, probing: 0, reason: null };
    this.#breakers.set(idOf(place), breaker);
    return breaker;
  }
}

interface Failure {
  readonly sentAt: number;
  readonly reason: string;
}

const idOf = ({ provider, key, model }: BreakerPlace): string => `${provider} ${key ?? ''} ${model}`;

/** What a pass was given for. */
interface PassFacts {
  readonly place: BreakerPlace;
  readonly settings: BreakerSettings;
  /** The breaker that it is a probe of; null for none. */
  readonly probed: Breaker | null;
  readonly sentAt: number;
}

interface PassListener {
  succeeded(facts: PassFacts): void;
  failed(facts: PassFacts, reason: string): void;
  refused(facts: PassFacts): void;
}

/** A class, since every request has one: closures would be three more objects. */
class Pass implements BreakerPass {
  readonly #facts: PassFacts;
  readonly #told: PassListener;
  #isOut = true;

  constructor(facts: PassFacts, told: PassListener) {
    this.#facts = facts;
    this.#told = told;
  }

  succeeded(): void {
    if (this.#giveBack()) this.#told.succeeded(this.#facts);
  }

  failed(reason: string): void {
    if (this.#giveBack()) this.#told.failed(this.#facts, reason);
  }

  refused(): void {
    if (this.#giveBack()) this.#told.refused(this.#facts);
  }

  gaveBack(): void {
    this.#giveBack();
  }

  /** @returns whether it was out */
  #giveBack(): boolean {
    const wasOut = this.#isOut;
    this.#isOut = false;
    if (wasOut && this.#facts.probed) this.#facts.probed.probing -= 1;
    return wasOut;
  }
}
