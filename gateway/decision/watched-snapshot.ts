/** A snapshot that remembers what a decision looked at, so that the same decision can be made again from that alone. */
import type { DecidingFacts, TargetState } from '../contract/decision.ts';
import { orderedFacts, orderedState } from './pack-target.ts';
import type { DecisionSnapshot } from './question.ts';

/** What is known of a target, and how it stands. */
export interface SeenTarget {
  readonly provider: string;
  readonly model: string;
  facts: DecidingFacts | null;
  state: TargetState | null;
}

/** Answers as the live one does, and keeps every answer that says something. For one request only. */
export class WatchedSnapshot implements DecisionSnapshot {
  readonly listings: (readonly [model: string, providers: readonly string[]])[] = [];
  readonly keyProblems: (readonly [provider: string, problem: string])[] = [];
  readonly missing: (readonly [provider: string, dialects: readonly string[]])[] = [];
  readonly sessions: (readonly [route: string, session: string, last: string])[] = [];
  readonly turns: (readonly [route: string, turn: number])[] = [];
  readonly targets: SeenTarget[] = [];
  problems: ReadonlyMap<string, string> | null = null;
  readonly #live: DecisionSnapshot;
  #byName: Map<string, SeenTarget> | null = null;

  constructor(live: DecisionSnapshot) {
    this.#live = live;
  }

  listing(model: string): readonly string[] {
    const known = find(this.listings, model);
    if (known) return known[1];
    const listing = this.#live.listing(model);
    if (listing.length > 0) this.listings.push([model, listing]);
    return listing;
  }

  keyProblem(provider: string): string | null {
    const problem = this.#live.keyProblem(provider);
    if (problem !== null && !find(this.keyProblems, provider)) this.keyProblems.push([provider, problem]);
    return problem;
  }

  missingDialects(provider: string): readonly string[] {
    const missing = this.#live.missingDialects(provider);
    if (missing.length > 0 && !find(this.missing, provider)) this.missing.push([provider, missing]);
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
    if (last !== null) this.sessions.push([route, session, last]);
    return last;
  }

  turn(route: string): number {
    const turn = this.#live.turn(route);
    if (turn !== 0 && !find(this.turns, route)) this.turns.push([route, turn]);
    return turn;
  }

  catalogVersion(): string {
    return this.#live.catalogVersion();
  }

  /** Most requests have one target: no index is made for it. */
  #target(provider: string, model: string): SeenTarget {
    const [only] = this.targets;
    if (only !== undefined && only.provider === provider && only.model === model) return only;
    const fresh: SeenTarget = { provider, model, facts: null, state: null };
    if (only !== undefined) {
      this.#byName ??= new Map([[nameOf(only), only]]);
      const known = this.#byName.get(nameOf(fresh));
      if (known) return known;
      this.#byName.set(nameOf(fresh), fresh);
    }
    this.targets.push(fresh);
    return fresh;
  }
}

function nameOf({ provider, model }: SeenTarget): string {
  return `${provider}/${model}`;
}

function find<T extends readonly [string, ...unknown[]]>(entries: readonly T[], name: string): T | undefined {
  return entries.find(([known]) => known === name);
}

function inTenths(state: TargetState): TargetState {
  const { firstTokenMs, tokensPerSecond } = state;
  return orderedState({ ...state, firstTokenMs: tenths(firstTokenMs), tokensPerSecond: tenths(tokensPerSecond) });
}

function tenths(number: number | null): number | null {
  return number === null ? null : Math.round(number * 10) / 10;
}
