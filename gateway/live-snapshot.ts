/** How everything stands that decides, as the engine asks for it: lists, keys, abilities, and what answers have told. */
import type { DecidingFacts, TargetState } from './contract/decision.ts';
import type { Price } from './contract/money/price.ts';
import type { CompiledPolicy } from './decision/policy/compiled-policy.ts';
import type { DecisionSnapshot } from './decision/question.ts';
import { catalogVersion } from './discovery/catalog-version.ts';
import { KnownFacts, unknownFacts } from './discovery/known-facts.ts';
import type { ModelDirectory } from './discovery/model-directory.ts';
import type { MissingDialects } from './exchange/attempts/missing-dialects.ts';
import type { LiveState } from './exchange/live-state/live-state.ts';
import type { Prices } from './price-book.ts';
import type { Runtime } from './exchange/runtime.ts';
import { describeMissingKey, type FoundKey } from './providers/usable-key.ts';

export interface SnapshotSources {
  readonly directory: Pick<ModelDirectory, 'snapshot' | 'problems' | 'known'>;
  readonly missingDialects: MissingDialects;
  readonly state: LiveState;
  readonly prices: Pick<Prices, 'priceOf'>;
  /** Milliseconds since 1970. */
  now(): number;
  runtime(): Runtime;
  resolveKey(reference: string): FoundKey;
}

const none: readonly never[] = [];

/** One for the whole run; it answers for the moment at which it is asked. */
export class LiveSnapshot implements DecisionSnapshot {
  readonly #sources: SnapshotSources;
  readonly #facts: KnownFacts;
  readonly #keyProblems = new Map<string, string | null>();
  #listings = new Map<string, readonly string[]>();
  /** What the listings were made of. */
  #listed: unknown = null;

  constructor(sources: SnapshotSources) {
    this.#sources = sources;
    this.#facts = new KnownFacts(
      {
        listOf: (id) => sources.directory.known(id)?.models ?? none,
        priceOf: (id, model) => this.#priceOf(id, model),
      },
      catalogVersion,
    );
  }

  /** A key or the config has changed. */
  forget(): void {
    this.#facts.forget();
    this.#keyProblems.clear();
    this.#listed = null;
  }

  /** Rules and aliases must not meet their first requests without prices and abilities. */
  async prepareFor({ enabledRules, aliases }: Pick<CompiledPolicy, 'enabledRules' | 'aliases'>): Promise<void> {
    if (enabledRules.length > 0 || aliases.size > 0) await this.loadFacts();
  }

  /** The same for who needs to know whether they are there. */
  get modelFacts() {
    const facts = this.#facts;
    return {
      get areKnown(): boolean {
        return facts.isLoaded;
      },
      load: () => facts.load(),
    };
  }

  /** Resolves when prices and abilities of the packaged catalog are known. */
  loadFacts(): Promise<void> {
    return this.#facts.load();
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
    // Between several it counts what they can do.
    if (ids.length > 1) void this.loadFacts().catch(() => undefined);
    return ids;
  }

  keyProblem(provider: string): string | null {
    const known = this.#keyProblems.get(provider);
    if (known !== undefined) return known;
    const { runtime, resolveKey } = this.#sources;
    const found = runtime().providers.get(provider);
    const problem = found ? describeMissingKey(found.provider, resolveKey) : null;
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
    return found ? this.#facts.of(found.provider, model) : unknownFacts;
  }

  state(provider: string, model: string): TargetState {
    const keys = this.#sources.runtime().providers.get(provider)?.provider.keys ?? [];
    const hasKey = this.keyProblem(provider) === null;
    return this.#sources.state.stateOf(provider, model, keys, hasKey);
  }

  lastOfSession(route: string, session: string): string | null {
    return this.#sources.state.sessions.last(route, session);
  }

  turn(route: string): number {
    return this.#sources.state.turns.of(route);
  }

  catalogVersion(): string {
    return this.#facts.version();
  }

  #priceOf(providerId: string, model: string): Price | null | undefined {
    const { prices, runtime, now } = this.#sources;
    const found = runtime().providers.get(providerId);
    return found ? prices.priceOf(found.provider, model, now()) : null;
  }
}
