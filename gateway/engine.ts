/** The running heart of a gateway: the runtime in force, the listener that uses it, and the state that outlives both. */
import { randomUUID } from 'node:crypto';
import { listCallableModels, type ListWish } from './callable-models.ts';
import type { GatewayConfig } from './contract/config.ts';
import { withLocalEngine } from './contract/local-engine/provider.ts';
import { hopHeader } from './contract/http-admission.ts';
import { createKeySource } from './contract/request-id.ts';
import type { GatewayStatus } from './contract/status.ts';
import { createDemo } from './demo/demo.ts';
import { demoModels } from './demo/models.ts';
import { describeHealth, describeStatus } from './describe.ts';
import type { ListedModel } from './dialects/index.ts';
import type { ProviderAccess } from './discovery/ask-provider.ts';
import { listModels } from './discovery/list-models.ts';
import { createModelDirectory, type ModelDirectory } from './discovery/model-directory.ts';
import { ModelReview } from './discovery/model-review.ts';
import { LiveExchanges } from './exchange/live-exchanges.ts';
import { MissingDialects } from './exchange/attempts/missing-dialects.ts';
import { ReasoningMemory } from './exchange/translation/reasoning-memory.ts';
import { RefusedFields } from './exchange/attempts/refused-fields.ts';
import { Shadows } from './exchange/shadow/shadows.ts';
import { ResponseMemory } from './exchange/translation/response-memory.ts';
import type { ExchangePorts } from './exchange/ports.ts';
import { createWallClock } from './exchange/wall-clock.ts';
import { LiveSnapshot } from './live-snapshot.ts';
import { buildRuntime, type Runtime, type Transports } from './exchange/runtime.ts';
import { LimitKeeper } from './create-limits.ts';
import { createLiveState } from './create-live-state.ts';
import type { EngineInput } from './engine-input.ts';
import { reportFailureTo } from './log.ts';
import { keyReferences, refuseOwnAddress } from './config-facts.ts';
import { createPriceBook, priceSource, type Prices } from './price-book.ts';
import type { Provider } from './providers/build-provider.ts';
import { KeyPool } from './providers/key-pool.ts';
import { findUsableKey } from './providers/usable-key.ts';
import { createKeyCache, type KeyCache } from './secrets/key-cache.ts';
import { resolveSecret } from './secrets/resolve-secret.ts';
import { type AdmissionPolicy, buildAdmissionPolicy } from './server/admission.ts';
import { createDoors } from './server/doors.ts';
import { ListenerSwitch } from './server/listener-switch.ts';
import { createWrongKeys, type WrongKeys } from './server/wrong-keys.ts';
import { type Network, openNetwork } from './upstream/network.ts';
import type { Send } from './upstream/transport.ts';
import { waitForModels } from './wait-for-models.ts';

const drainMs = 30_000;
const modelRefreshMs = 60 * 60 * 1_000;
const monotonic = (): number => performance.now();

export const builtInModelIds: readonly string[] = demoModels.map(({ id }) => id);

/** Stands on the config in force; it listens to nothing until it is started. */
export class Engine {
  readonly live = new LiveExchanges();
  readonly #arriving = new LiveExchanges();
  readonly #refusedFields = new RefusedFields();
  readonly #missingDialects = new MissingDialects(monotonic);
  readonly #reasoning = new ReasoningMemory();
  readonly #responses = new ResponseMemory();
  readonly limits: LimitKeeper;
  readonly listener: ListenerSwitch;
  readonly directory: ModelDirectory;
  readonly prices: Prices;
  /** How everything stands that decides beside the config. */
  readonly snapshot: LiveSnapshot;
  readonly #targetsChanged = (): void => this.#input.events.publishIfHeard(() => ({ type: 'targets-changed' }));
  /** What answers said of each key, and of each target; both outlive every config. */
  readonly keyPool = new KeyPool(Date.now, this.#targetsChanged);
  readonly state = createLiveState({
    keyPool: this.keyPool,
    settings: () => this.#effective.reliability,
    access: (id) => this.access(id),
    onChange: this.#targetsChanged,
  });
  readonly wallClock = createWallClock();
  /** Which lists of models a person has seen. */
  readonly review = new ModelReview();
  readonly #shadows: Shadows;
  readonly #input: EngineInput;
  readonly #keys: KeyCache;
  /** Names this process to itself: a request that comes back with it has gone round in a circle. */
  readonly #hop = randomUUID();
  readonly #network: Network = openNetwork([hopHeader, this.#hop]);
  readonly #transports: Transports;
  readonly #wrongKeys: WrongKeys = createWrongKeys(monotonic);
  #effective: GatewayConfig;
  #runtime: Runtime;
  #policy: AdmissionPolicy;

  constructor(input: EngineInput) {
    const { effective: plain, version } = input.config.current();
    const effective = withLocalEngine(plain, input.localAddress());
    this.#input = input;
    this.#keys = createKeyCache((reference) => resolveSecret(reference, { environment: process.env, vault: input.vault }));
    this.#keys.load(keyReferences(effective));
    this.#transports = { network: this.#network.send, builtIn: createDemo({ now: Date.now, pace: 1 }) };
    this.#effective = effective;
    this.#runtime = buildRuntime(effective, version, this.#transports);
    this.#policy = this.#buildPolicy(effective.listen.port);
    this.directory = createModelDirectory({
      providers: this.#providers(),
      listModels: async (provider) => listModels(this.#accessTo(provider), builtInModelIds),
      now: monotonic,
      refreshMs: modelRefreshMs,
      onProblems: () => this.announceStatus(),
    });
    this.prices = createPriceBook({ directory: this.directory, runtime: () => this.#runtime, log: input.log });
    this.prices.use(effective.prices, version);
    this.snapshot = new LiveSnapshot({
      directory: this.directory,
      prices: this.prices,
      now: Date.now,
      state: this.state,
      missingDialects: this.#missingDialects,
      runtime: () => this.#runtime,
      resolveKey: (reference) => this.#keys.get(reference),
    });
    this.limits = new LimitKeeper(input, () => this.#effective.limits, this.snapshot);
    const ports = this.#createPorts();
    this.#shadows = new Shadows({ ...ports, shadowLog: input.storage.shadows });
    this.listener = this.#createListener({ ...ports, shadows: this.#shadows });
  }

  /** The runtime that requests to come will use. */
  get runtime(): Runtime {
    return this.#runtime;
  }

  get send(): Send {
    return this.#network.send;
  }

  /** How to reach a provider with its first usable key; null when there is no such provider. */
  access(providerId: string): ProviderAccess | null {
    const found = this.#runtime.providers.get(providerId);
    return found ? this.#accessTo(found.provider) : null;
  }

  /**
   * Takes a config into force: keys, port, runtime. Requests that run keep the one they began with.
   * @throws PortTakenError, or CallError for a provider that is this gateway itself; then nothing has changed
   */
  readonly activate = async (plain: GatewayConfig, version: number): Promise<void> => {
    const next = withLocalEngine(plain, this.#input.localAddress());
    refuseOwnAddress(next, this.listener.facts.port);
    const before = this.#effective;
    const built = buildRuntime(next, version, this.#transports);
    await this.snapshot.prepareFor(built.policy);
    this.#keys.load(keyReferences(next));
    this.#effective = next;
    try {
      if (this.listener.facts.state === 'running') await this.listener.start(next.listen.port);
    } catch (error) {
      this.#effective = before;
      this.#keys.load(keyReferences(before));
      throw error;
    }
    for (const learned of [this.#missingDialects, this.#refusedFields]) learned.forgetAll();
    this.#runtime = built;
    this.prices.use(next.prices, version);
    this.snapshot.forget();
    this.#policy = this.#buildPolicy(this.listener.facts.port ?? next.listen.port);
    this.directory.setProviders(this.#providers());
    this.keyPool.keep(new Map(this.#providers().map(({ id, keys }) => [id, keys])));
    this.state.keep(next);
    await this.limits.prepare();
  };

  /** Starts the listener on the port of the config in force. @throws PortTakenError, CallError */
  async start(): Promise<void> {
    await Promise.all([this.snapshot.prepareFor(this.#runtime.policy), this.limits.prepare()]);
    await this.listener.start(this.#effective.listen.port);
    try {
      refuseOwnAddress(this.#effective, this.listener.facts.port);
    } catch (error) {
      await this.listener.stop();
      throw error;
    }
  }

  /**
   * After a secret changed: requests to come use it, and whoever it opens is asked for models anew.
   * @param reference `vault:<name>`
   */
  keyChanged(reference: string): void {
    this.#keys.load(keyReferences(this.#effective));
    this.snapshot.forget();
    this.keyPool.secretChanged(reference);
    for (const { id, keyReferences: own } of this.#providers()) if (own.includes(reference)) void this.directory.refresh(id);
  }

  status(): GatewayStatus {
    const { config, storage, webhookProblems, dataDir, programVersion } = this.#input;
    return describeStatus({
      facts: this.listener.facts,
      configuredPort: this.#effective.listen.port,
      configVersion: this.#runtime.configVersion,
      fileProblem: config.problem(),
      ledgerProblem: storage.outage()?.message ?? null,
      listProblems: this.directory.problems(),
      webhookProblems: webhookProblems(),
      inFlight: this.live.size,
      dataDir,
      programVersion,
    });
  }

  announceStatus(): void {
    this.#input.events.publishIfHeard(() => ({ type: 'status-changed', status: this.status() }));
  }

  /** Stops listening and lets what runs end. */
  async drain(): Promise<void> {
    await Promise.all([this.#shadows.stop(), this.listener.stop()]);
  }

  async close(): Promise<void> {
    await this.drain();
    this.state.stop();
    await this.#network.close();
  }

  #createListener(ports: ExchangePorts): ListenerSwitch {
    return new ListenerSwitch({
      answer: createDoors({
        ports,
        arriving: this.#arriving,
        admissionPolicy: () => this.#policy,
        runtime: () => this.#runtime,
        listModels: (wish) => this.#listModels(wish),
        health: () => describeHealth(this.status()),
        manageModels: this.#input.manageModels,
      }),
      live: this.live,
      arriving: this.#arriving,
      drainMs,
      now: Date.now,
      onChange: (facts) => {
        if (facts.port !== null) this.#policy = this.#buildPolicy(facts.port);
        this.announceStatus();
      },
    });
  }

  #createPorts(): Omit<ExchangePorts, 'shadows'> {
    const { storage, events, log, budgets, tokens } = this.#input;
    return {
      budgets,
      tokens,
      prices: priceSource(this.prices, Date.now),
      modelFacts: this.snapshot.modelFacts,
      recorder: storage.recorder,
      live: this.live,
      reasoning: this.#reasoning,
      responses: this.#responses,
      nextKey: createKeySource(storage.lastRequestKey, Date.now),
      now: Date.now,
      monotonic,
      random: Math.random,
      snapshot: () => this.snapshot,
      wallClock: this.wallClock,
      whenModelsKnown: () => waitForModels(this.directory),
      resolveKey: (reference) => this.#keys.get(reference),
      keyPool: this.keyPool,
      state: this.state,
      refusedFields: this.#refusedFields,
      missingDialects: this.#missingDialects,
      limiter: this.limits.limiter,
      reportFailure: reportFailureTo(log),
      announce: (makeEvent) => events.publishIfHeard(makeEvent),
    };
  }

  #buildPolicy(port: number): AdmissionPolicy {
    const { find, current } = this.#input.clients;
    const wrongKeys = this.#wrongKeys;
    return buildAdmissionPolicy(this.#effective, port, { findClient: find, currentClient: current, wrongKeys, hop: this.#hop });
  }

  #providers(): Provider[] {
    return [...this.#runtime.providers.values()].map(({ provider }) => provider);
  }

  #accessTo(provider: Provider): ProviderAccess {
    const { key, problem } = findUsableKey(provider, (reference) => this.#keys.get(reference));
    const send = provider.builtIn ? this.#transports.builtIn : this.#transports.network;
    return { provider, key, keyProblem: problem, send };
  }

  async #listModels(wish: ListWish): Promise<ListedModel[]> {
    this.directory.snapshot();
    await waitForModels(this.directory);
    const found = (id: string) => this.directory.known(id)?.models ?? [];
    const moment = { policy: this.#runtime.policy, snapshot: this.snapshot, clock: this.wallClock(Date.now()) };
    return listCallableModels({ ...moment, providers: this.#providers(), found }, wish);
  }
}
