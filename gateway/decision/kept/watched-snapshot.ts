/** A snapshot that remembers what a decision looked at, so that the same decision can be made again from that alone. */
import type { DecidingFacts, TargetState } from '../../contract/decision.ts';
import { orderedFacts, orderedState } from './pack-target.ts';
import type { DecisionSnapshot } from '../question.ts';

/** What is known of a target, and how it stands. */
export interface SeenTarget {
  readonly provider: string;
  readonly model: string;
  facts: DecidingFacts | null;
  state: TargetState | null;
}

/** Of a plain request nothing but its target has to be remembered: its lists are made when they are needed. */
const none: readonly never[] = [];

/** Answers as the live one does, and keeps every answer that says something. For one request only. */
export class WatchedSnapshot implements DecisionSnapshot {
  listings: readonly (readonly [model: string, providers: readonly string[]])[] = none;
  keyProblems: readonly (readonly [provider: string, problem: string])[] = none;
  missing: readonly (readonly [provider: string, dialects: readonly string[]])[] = none;
  sessions: readonly (readonly [route: string, session: string, last: string])[] = none;
  turns: readonly (readonly [route: string, turn: number])[] = none;
  readonly targets: SeenTarget[] = [];
  problems: ReadonlyMap<string, string> | null = null;
  readonly #live: DecisionSnapshot;
  /** By provider, then model. */
  #byName: Map<string, Map<string, SeenTarget>> | null = null;

  constructor(live: DecisionSnapshot) {
    this.#live = live;
  }

  listing(model: string): readonly string[] {
    const known = find(this.listings, model);
    if (known) return known[1];
    const listing = this.#live.listing(model);
    if (listing.length > 0) this.listings = [...this.listings, [model, listing]];
    return listing;
  }

  keyProblem(provider: string): string | null {
    const problem = this.#live.keyProblem(provider);
    if (problem !== null && !find(this.keyProblems, provider)) this.keyProblems = [...this.keyProblems, [provider, problem]];
    return problem;
  }

  missingDialects(provider: string): readonly string[] {
    const missing = this.#live.missingDialects(provider);
    if (missing.length > 0 && !find(this.missing, provider)) this.missing = [...this.missing, [provider, missing]];
    return missing;
  }

  listProblems(): ReadonlyMap<string, string> {
    this.problems ??= this.#live.listProblems();
    return this.problems;
  }

  facts(provider: string, model: string): DecidingFacts {
    const seen = this.#target(provider, model);
    seen.facts ??= orderedFacts(this.#live.facts(provider, model));
    return seen.facts;
  }

  /** Averages are told to a tenth: more would only make what is kept longer. */
  state(provider: string, model: string): TargetState {
    const seen = this.#target(provider, model);
    seen.state ??= inTenths(this.#live.state(provider, model));
    return seen.state;
  }

  lastOfSession(route: string, session: string): string | null {
    const last = this.#live.lastOfSession(route, session);
    if (last !== null) this.sessions = [...this.sessions, [route, session, last]];
    return last;
  }

  turn(route: string): number {
    const turn = this.#live.turn(route);
    if (turn !== 0 && !find(this.turns, route)) this.turns = [...this.turns, [route, turn]];
    return turn;
  }

  catalogVersion(): string {
    return this.#live.catalogVersion();
  }

  /** Most requests have one target: no index is made for it. */
  #target(provider: string, model: string): SeenTarget {
    const [only] = this.targets;
    if (only !== undefined && only.provider === provider && only.model === model) return only;
    const known = this.#byName?.get(provider)?.get(model);
    if (known) return known;
    const fresh: SeenTarget = { provider, model, facts: null, state: null };
    this.targets.push(fresh);
    if (only !== undefined) this.#index(fresh);
    return fresh;
  }

  #index(seen: SeenTarget): void {
    this.#byName ??= new Map();
    const ofProvider = this.#byName.get(seen.provider);
    if (ofProvider) ofProvider.set(seen.model, seen);
    else this.#byName.set(seen.provider, new Map([[seen.model, seen]]));
  }
}

function find<T extends readonly [string, ...unknown[]]>(entries: readonly T[], name: string): T | undefined {
  return entries.find(([known]) => known === name);
}

function inTenths(live: TargetState): TargetState {
  const state: Mutable<TargetState> = orderedState(live);
  state.firstTokenMs = tenths(state.firstTokenMs);
  state.tokensPerSecond = tenths(state.tokensPerSecond);
  return state;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function tenths(number: number | null): number | null {
  return number === null ? null : Math.round(number * 10) / 10;
}
