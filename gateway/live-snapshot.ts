/** How everything stands that decides, as the engine asks for it: lists, keys, abilities, and what answers have told. */
import type { DecidingFacts, TargetState } from './contract/decision.ts';
import type { DecisionSnapshot } from './decision/question.ts';
import type { KnownFacts } from './discovery/known-facts.ts';
import type { ModelDirectory } from './discovery/model-directory.ts';
import type { MissingDialects } from './exchange/attempts/missing-dialects.ts';
import type { LiveState } from './exchange/live-state/live-state.ts';
import type { Runtime } from './exchange/runtime.ts';

export interface SnapshotSources {
  readonly directory: Pick<ModelDirectory, 'snapshot' | 'problems'>;
  readonly missingDialects: MissingDialects;
  readonly facts: KnownFacts;
  readonly state: LiveState;
  runtime(): Runtime;
  /** In a clause: why a provider has no usable key; null when it has one, or needs none. */
  findKeyProblem(providerId: string): string | null;
}

const none: readonly string[] = [];

/** One for the whole run; it answers for the moment at which it is asked. */
export class LiveSnapshot implements DecisionSnapshot {
  readonly #sources: SnapshotSources;
  readonly #keyProblems = new Map<string, string | null>();
  #listings = new Map<string, readonly string[]>();
  /** What the listings were made of. */
  #listed: unknown = null;

  constructor(sources: SnapshotSources) {
    this.#sources = sources;
  }

  /** A key or the config has changed. */
  forget(): void {
    this.#keyProblems.clear();
    this.#listed = null;
  }

  listing(model: string): readonly string[] {
    const models = this.#sources.directory.snapshot();
    if (this.#listed !== models) {
      this.#listed = models;
      this.#listings = new Map();
    }
    const known = this.#listings.get(model);
    if (known) return known;
    const ids = [...this.#sources.runtime().providers.keys()].filter((id) => models.get(id)?.has(model) === true);
    // Names that nobody lists are made up by clients without end.
    if (ids.length > 0) this.#listings.set(model, ids);
    return ids;
  }

  keyProblem(provider: string): string | null {
    const known = this.#keyProblems.get(provider);
    if (known !== undefined) return known;
    const problem = this.#sources.findKeyProblem(provider);
    this.#keyProblems.set(provider, problem);
    return problem;
  }

  missingDialects(provider: string): readonly string[] {
    const missing = this.#sources.missingDialects.known().get(provider);
    return missing ? [...missing] : none;
  }

  listProblems(): ReadonlyMap<string, string> {
    return this.#sources.directory.problems();
  }

  facts(provider: string, model: string): DecidingFacts {
    const found = this.#sources.runtime().providers.get(provider);
    return this.#sources.facts.of(found?.provider ?? { id: provider, kind: 'openai-compatible', origin: '', builtIn: true }, model);
  }

  state(provider: string, model: string): TargetState {
    const keys = this.#sources.runtime().providers.get(provider)?.provider.keys ?? [];
    const hasKey = this.keyProblem(provider) === null;
    // Which models a server has in memory nobody tells without being asked.
    return { ...this.#sources.state.stateOf(provider, model, keys, hasKey), loaded: null };
  }

  lastOfSession(route: string, session: string): string | null {
    return this.#sources.state.sessions.last(route, session);
  }

  turn(route: string): number {
    return this.#sources.state.turns.of(route);
  }

  catalogVersion(): string {
    return this.#sources.facts.version();
  }
}
