/** Joins the local engine and its models to what they stand on: the config in force, the network, and everybody who listens. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConfigStore } from './config/config-store.ts';
import { CallError } from './contract/call-error.ts';
import type { GatewayConfig } from './contract/config.ts';
import type { DiskUse } from './contract/local-engine/models.ts';
import { localProviderOf } from './contract/local-engine/provider.ts';
import type { LocalEngineSettings } from './contract/local-engine/settings.ts';
import type { Problem } from './contract/status.ts';
import type { EventBus } from './control/event-bus.ts';
import type { Log } from './log.ts';
import { createOllamaApi, type OllamaApi } from './ollama/ask-ollama.ts';
import { followLines } from './ollama/follow-lines.ts';
import { type FewTimes, fewTimes } from './ollama/few-times.ts';
import { LocalEngine } from './ollama/local-engine.ts';
import { measureDiskUse } from './ollama/models/disk-use.ts';
import { LocalModels } from './ollama/models/local-models.ts';
import { PullQueue } from './ollama/models/pull-queue.ts';
import { releaseHere } from './ollama/release/engine-download.ts';
import { findPortOwner } from './server/port-owner.ts';
import type { Send } from './upstream/transport.ts';

export interface LocalEngineInput {
  readonly dataDir: string;
  readonly config: Pick<ConfigStore, 'current'>;
  readonly events: Pick<EventBus, 'publishIfHeard'>;
  readonly log: Log;
  /** Shared with requests, so that one that comes back to this gateway is known. */
  readonly send: Send;
  /** It answers elsewhere than before, or no more, or again. */
  onMoved(): void;
  /** The models of the provider that reaches it are not what they were. */
  onModels(providerId: string): void;
  /** `problems()` says something else. */
  onProblems(): void;
}

/** A start has other things to do first. */
const openAfterMs = 250;
const pullEventMs = 250;
const engineEventMs = 50;
const modelEventMs = 100;

export class RunningLocalEngine {
  readonly engine: LocalEngine;
  readonly models: LocalModels;
  readonly pulls: PullQueue;
  readonly #input: LocalEngineInput;
  readonly #tellEngine: FewTimes;
  readonly #tellPulls: FewTimes;
  readonly #tellModels: FewTimes;
  readonly #timer: NodeJS.Timeout;
  #api: { readonly origin: string; readonly api: OllamaApi } | null = null;
  #opening: Promise<void> | null = null;
  /** Where it answered when that was last told. */
  #told: string | null = null;
  #problem: string | null = null;

  /** Begins to look for an engine a moment later. */
  constructor(input: LocalEngineInput) {
    const { dataDir, events, log, send } = input;
    const folder = join(dataDir, 'engine');
    this.#input = input;
    this.#tellEngine = fewTimes(engineEventMs, () =>
      events.publishIfHeard(() => ({ type: 'engine-changed', state: this.engine.state() })),
    );
    this.#tellPulls = fewTimes(pullEventMs, () =>
      events.publishIfHeard(() => ({ type: 'pulls-changed', items: this.pulls.list() })),
    );
    this.#tellModels = fewTimes(modelEventMs, () => events.publishIfHeard(() => ({ type: 'local-models-changed' })));
    this.engine = new LocalEngine({
      folder,
      send,
      log,
      settings: () => this.settings(),
      place: { platform: process.platform, environment: process.env, homeFolder: homedir() },
      release: releaseHere(),
      portOwner: findPortOwner,
      providerIdAt: (baseUrl) => localProviderOf(this.#effective(), baseUrl),
      now: Date.now,
      onChange: () => this.#engineChanged(),
    });
    const api = (): OllamaApi | null => this.#apiNow();
    const onModels = (): void => this.#modelsChanged();
    this.models = new LocalModels({ api, options: () => this.settings().models, now: Date.now, onChange: onModels });
    this.pulls = new PullQueue({
      file: join(folder, 'pulls.json'),
      api,
      now: Date.now,
      monotonic: () => performance.now(),
      onChange: this.#tellPulls,
      onDone: onModels,
      reportFailure: (error) => log('warning', 'The list of models on their way could not be kept.', { error: String(error) }),
    });
    this.#timer = setTimeout(() => void this.open(), openAfterMs).unref();
  }

  problems(): Problem[] {
    return this.#problem === null ? [] : [{ id: 'local-engine', message: this.#problem, fix: problemFix }];
  }

  /** @throws CallError without a running engine */
  async disk(): Promise<DiskUse> {
    return measureDiskUse(modelsFolder(this.settings(), this.engine), await this.models.list());
  }

  /** Resolves when it was looked for; begins that if it has not begun. */
  open(): Promise<void> {
    this.#opening ??= this.pulls.open().then(() => this.engine.open());
    return this.#opening;
  }

  /** Fetches a model for somebody who follows it himself: the engine's own lines. Whoever stops reading ends it. */
  async *follow(model: string): AsyncGenerator<object> {
    const api = this.#apiNow();
    if (api === null) throw new CallError('unavailable', 'No local engine runs; start it first.');
    yield* followLines((take) => api.follow('/api/pull', { model, stream: true }, take));
    this.#modelsChanged();
  }

  /** The config in force has changed. */
  settingsChanged(): void {
    if (this.#opening) void this.engine.settingsChanged().then(() => this.#engineChanged());
  }

  /** Ends an engine of our own and everything it started. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    for (const tell of [this.#tellEngine, this.#tellPulls, this.#tellModels]) tell.stop();
    await this.pulls.close();
    await this.engine.close();
  }

  #effective(): GatewayConfig {
    return this.#input.config.current().effective;
  }

  /** Of the config in force. */
  settings(): LocalEngineSettings {
    return this.#effective().localEngine;
  }

  /** The engine that runs; null while none does. */
  #apiNow(): OllamaApi | null {
    const origin = this.engine.baseUrl;
    if (origin === null) return null;
    if (this.#api?.origin !== origin) this.#api = { origin, api: createOllamaApi(this.#input.send, origin) };
    return this.#api.api;
  }

  #modelsChanged(): void {
    this.#tellModels();
    const { baseUrl } = this.engine;
    if (baseUrl !== null) this.#input.onModels(localProviderOf(this.#effective(), baseUrl));
  }

  #engineChanged(): void {
    this.#tellEngine();
    const problem = problemWords(this.engine);
    if (problem !== this.#problem) {
      this.#problem = problem;
      this.#input.onProblems();
    }
    const { baseUrl } = this.engine;
    if (baseUrl === this.#told) return;
    this.#told = baseUrl;
    this.#input.onMoved();
    this.pulls.engineChanged();
    this.#tellModels();
  }
}

const problemFix =
  'Look at its log under Settings, mend what it says, and start it again; or start an Ollama by its own means, and it is used.';

/** What a person should know of it on every page; null for nothing. */
function problemWords(engine: LocalEngine): string | null {
  const { phase, reason } = engine.state();
  return phase === 'gave-up' ? `The local engine does not run: ${reason}` : null;
}

/** Where the models of the engine that runs lie, as far as can be known. */
function modelsFolder({ modelsFolder: own }: LocalEngineSettings, engine: LocalEngine): string | null {
  const { origin, baseUrl } = engine.state();
  const usual = process.env.OLLAMA_MODELS ?? join(homedir(), '.ollama', 'models');
  if (origin === 'own') return own ?? usual;
  const isHere = baseUrl !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(baseUrl).hostname);
  return isHere ? usual : null;
}
