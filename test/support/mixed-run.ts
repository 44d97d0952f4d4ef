/** A gateway's deciding half without sockets: real rules, live state, features and storage, driven by a seeded mix of requests. */
import { type GatewayConfigDocument, parseConfig } from '../../gateway/contract/config.ts';
import type { DecisionTrace } from '../../gateway/contract/decision.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { formatRequestId } from '../../gateway/contract/request-id.ts';
import { seedOf } from '../../gateway/decision/draw.ts';
import type { Decision } from '../../gateway/decision/decision.ts';
import { explain } from '../../gateway/decision/explain.ts';
import { WatchedSnapshot } from '../../gateway/decision/kept/watched-snapshot.ts';
import { dialects } from '../../gateway/dialects/index.ts';
import { MissingDialects } from '../../gateway/exchange/attempts/missing-dialects.ts';
import { decideRequest, lookedAt } from '../../gateway/exchange/decide-request.ts';
import type { AskedRequest } from '../../gateway/exchange/features/asked-request.ts';
import { readFeatures } from '../../gateway/exchange/features/read-features.ts';
import { LiveState } from '../../gateway/exchange/live-state/live-state.ts';
import { buildRuntime, type Runtime } from '../../gateway/exchange/runtime.ts';
import { createWallClock } from '../../gateway/exchange/wall-clock.ts';
import type { ExplainSources } from '../../gateway/explain-request.ts';
import { LiveSnapshot } from '../../gateway/live-snapshot.ts';
import { createPriceBook } from '../../gateway/price-book.ts';
import { KeyPool } from '../../gateway/providers/key-pool.ts';
import type { Storage } from '../../gateway/storage/open-storage.ts';
import { finishRow, startRow } from './request-rows.ts';

/** What was decided of one request when it came. */
export interface DecidedThen {
  readonly id: string;
  readonly decision: Decision;
  readonly trace: DecisionTrace;
  readonly kept: string | null;
}

/** A number from 0 up to below 1, the next of a series that is the same for the same seed (mulberry32, Tommy Ettinger). */
export function seededNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const neverSent = () => {
  throw new Error('Nothing is sent in this run.');
};

export class MixedRun {
  readonly #storage: Storage;
  readonly #next: () => number;
  readonly #documents = new Map<number, unknown>();
  readonly #missing = new MissingDialects(() => this.#atMs);
  readonly #keyPool = new KeyPool(() => this.#atMs);
  readonly #wallClock = createWallClock((atMs) => (atMs % 86_400_000 < 43_200_000 ? 60 : 120));
  readonly #state: LiveState;
  readonly #snapshot: LiveSnapshot;
  #atMs = Date.UTC(2026, 10, 20, 8);
  #runtime: Runtime;
  #models: ReadonlyMap<string, ReadonlySet<string>> = new Map();

  constructor(storage: Storage, document: GatewayConfigDocument, seed: number) {
    this.#storage = storage;
    this.#next = seededNumbers(seed);
    this.#runtime = this.#take(document, 1);
    this.#state = new LiveState({
      loadedModels: { isLoaded: () => null },
      now: () => this.#atMs,
      monotonic: () => this.#atMs,
      settings: () => ({ ...this.#runtime.reliability, healthChecks: false }),
      keyPool: this.#keyPool,
      checkProvider: () => Promise.resolve(false),
      onChange: () => undefined,
    });
    const directory = { snapshot: () => this.#models, problems: () => new Map(), known: () => null };
    const prices = createPriceBook({ directory, runtime: () => this.#runtime, log: () => undefined });
    this.#snapshot = new LiveSnapshot({
      directory,
      state: this.#state,
      missingDialects: this.#missing,
      prices,
      now: () => this.#atMs,
      runtime: () => this.#runtime,
      resolveKey: (reference) => (reference.endsWith('GONE') ? { problem: `${reference} is not set.` } : { value: 'k' }),
    });
    this.#listModels();
  }

  /** A new config comes into force between two requests. */
  apply(document: GatewayConfigDocument): void {
    this.#runtime = this.#take(document, this.#runtime.configVersion + 1);
    this.#snapshot.forget();
    this.#listModels();
  }

  /** From now on prices and abilities of the packaged catalog count. */
  async loadCatalog(): Promise<void> {
    await this.#snapshot.loadFacts();
  }

  /** One request comes, is decided, and leaves its row; then something happens to the targets. */
  ask(
    make: (next: () => number) => Pick<AskedRequest, 'client' | 'clientHeaders'> & { dialect: string; body: object },
  ): DecidedThen {
    this.#atMs += Math.floor(this.#next() * 4_000);
    const key = this.#atMs * 4_096 + Math.floor(this.#next() * 4_096);
    const asked = readAsked(make(this.#next));
    const ports = { snapshot: () => this.#snapshot, wallClock: this.#wallClock };
    const { policy } = this.#runtime;
    const features = readFeatures(asked, lookedAt(policy, asked.request.head.model, this.#snapshot));
    const clock = this.#wallClock(this.#atMs);
    const trace = explain(features, policy, new WatchedSnapshot(this.#snapshot), clock, seedOf(key));
    const { decision, kept: written } = decideRequest(this.#runtime, ports, asked, { requestKey: key, atMs: this.#atMs });
    this.#live(decision);
    // As late as an exchange may write it: the state has moved on.
    const kept = written.text;
    this.#keep(key, decision, kept);
    return { id: formatRequestId(key), decision, trace, kept };
  }

  /** What `decision.explain` is given: nothing but what remains. */
  sources(): ExplainSources {
    return {
      policy: () => this.#runtime.policy,
      snapshot: () => Promise.resolve(this.#snapshot),
      clock: () => this.#wallClock(this.#atMs),
      document: () => ({}),
      documentOf: (version) => this.#documents.get(version) ?? null,
      request: (id): Promise<RequestDetail | null> => this.#storage.getRequest(id),
      decisionInputs: (id) => this.#storage.getDecisionInputs(id),
      client: () => null,
      budgets: () => Promise.resolve([]),
    };
  }

  #take(document: GatewayConfigDocument, version: number): Runtime {
    const parsed = parseConfig(document);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    this.#documents.set(version, structuredClone(document));
    return buildRuntime(parsed.config, version, { network: neverSent, builtIn: neverSent });
  }

  #keep(key: number, decision: Decision, kept: string | null): void {
    const start = startRow(key, { startedAtMs: this.#atMs, configVersion: this.#runtime.configVersion });
    const finish = finishRow(key, { rule: decision.rule, decisionJson: kept, attempts: [] });
    this.#storage.recorder.reject(start, finish, (error) => {
      if (error) throw error;
    });
  }

  /** Lists change as new models come out. */
  #listModels(): void {
    const ids = [...this.#runtime.providers.keys()];
    this.#models = new Map(
      ids.map((id) => [id, new Set(['m', ...(this.#next() < 0.7 ? ['n'] : []), ...(this.#next() < 0.3 ? ['rare'] : [])])]),
    );
  }

  /** The request takes its turn and its session, and is answered, fails, or hangs; keys, breakers and lists change. */
  #live({ targets, route }: Decision): void {
    const [first] = targets;
    if (route?.countsTurns === true) this.#state.turns.take(route.id);
    if (first) this.#answer(first, route);
    if (this.#next() < 0.01) this.#listModels();
    if (this.#next() < 0.01) this.#missing.note('one', 'openai-chat');
    if (this.#next() < 0.01) this.#keyPool.setAside('one', 'env:KEY_A', 'was refused');
  }

  #answer({ provider, model }: Decision['targets'][number], route: Decision['route']): void {
    const key = this.#runtime.providers.get(provider)?.provider.keyReferences[0] ?? null;
    const pass = this.#state.breakers.enterAnyway({ provider, model, key }, this.#runtime.reliability.breaker);
    const measured = this.#state.figures.begin(provider, model);
    const luck = this.#next();
    if (luck < 0.05 && key !== null) this.#keyPool.rest(provider, key, this.#atMs, 20_000);
    // In a bad quarter of an hour most fails.
    if (luck < (Math.floor(this.#atMs / 900_000) % 3 === 0 ? 0.6 : 0.1)) {
      pass.failed('it broke off');
      measured.end(null);
    } else {
      this.#atMs += Math.floor(luck * 1_000);
      measured.firstContent();
      pass.succeeded();
      if (route && route.session !== null) this.#state.sessions.note(route.id, route.session, `${provider}/${model}`);
      this.#atMs += Math.floor(this.#next() * 2_000);
      // Some hang, and count as under way to the end.
      if (luck < 0.98) measured.end(Math.floor(luck * 900));
    }
  }
}

function readAsked({ dialect: name, body, client, clientHeaders }: ReturnType<Parameters<MixedRun['ask']>[0]>): AskedRequest {
  const dialect = dialects.get(name);
  if (!dialect) throw new Error(`There is no dialect ${name}.`);
  const model = String(Reflect.get(body, 'model'));
  const place = name === 'gemini' ? { model, stream: false } : { model: null, stream: null };
  return { dialect, request: dialect.readRequest([Buffer.from(JSON.stringify(body))], place), client, clientHeaders };
}
