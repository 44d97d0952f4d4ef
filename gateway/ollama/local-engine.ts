/**
 * The local engine as a whole: an Ollama that somebody else runs is adopted and never touched; else one of our own may be
 * fetched, started and watched.
 */
import { join } from 'node:path';
import { CallError } from '../contract/call-error.ts';
import type { EngineLogLine, EnginePhase, EngineState } from '../contract/local-engine/engine.ts';
import type { LocalEngineSettings } from '../contract/local-engine/settings.ts';
import type { Send } from '../upstream/transport.ts';
import { EngineMemory } from './engine-memory.ts';
import { EngineSearch } from './engine-search.ts';
import type { EnginePlace } from './find-engine.ts';
import { Machine } from './machine.ts';
import { engineEnvironment } from './process/engine-environment.ts';
import { EngineLog } from './process/engine-log.ts';
import { type EngineTimes, engineTimes, OwnEngine } from './process/own-engine.ts';
import { reapOrphans } from './process/reap.ts';
import { ReleaseDownload } from './release/engine-download.ts';
import type { ReleaseFile } from './release/pinned-release.ts';
import { ReleaseStore } from './release/release-store.ts';

export interface LocalEngineParts {
  /** Of its own, in the data folder. */
  readonly folder: string;
  readonly send: Send;
  readonly place: EnginePlace;
  readonly release: ReleaseFile | null;
  readonly times?: EngineTimes;
  /** Of the config in force. */
  settings(): LocalEngineSettings;
  portOwner(port: number): Promise<string | null>;
  providerIdAt(baseUrl: string): string;
  /** Milliseconds since 1970. */
  now(): number;
  log(level: 'info' | 'warning', message: string): void;
  /** Something of its state has changed; often several times in a row. */
  onChange(): void;
  freeBytes?(folder: string): Promise<number>;
}

/** A running engine is looked after so often, and one that may be started by others looked for, in milliseconds. */
const adoptedLookMs = 5_000;
const idleLookMs = 15_000;
const reapGraceMs = 2_000;
const tailLines = 20;

export class LocalEngine {
  readonly machine = new Machine();
  readonly #parts: LocalEngineParts;
  readonly #memory: EngineMemory;
  readonly #store: ReleaseStore;
  readonly #log: EngineLog;
  readonly #own: OwnEngine;
  readonly #download: ReleaseDownload;
  readonly #search: EngineSearch;
  #wasStopped = false;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** Starts and stops, one after the other. */
  #opening: Promise<void> = Promise.resolve();

  constructor(parts: LocalEngineParts) {
    const { folder, send, settings, place, portOwner, now, onChange } = parts;
    this.#parts = parts;
    const reportFailure = (error: unknown): void =>
      parts.log('warning', `Facts about the local engine could not be kept: ${String(error)}`);
    this.#memory = new EngineMemory(join(folder, 'engine.json'), reportFailure);
    this.#store = new ReleaseStore(join(folder, 'releases'));
    this.#log = new EngineLog(join(folder, 'engine.log'), now, (line) => void (this.machine.readLogLine(line) && onChange()));
    this.#search = new EngineSearch({ send, place, release: parts.release, store: this.#store, memory: this.#memory });
    this.#own = new OwnEngine({
      send,
      portOwner,
      now,
      log: this.#log,
      times: parts.times ?? engineTimes,
      recordFile: join(folder, 'process.json'),
      environment: (host) => engineEnvironment(place.environment, host, settings()),
      port: { get: () => this.#memory.value.port, set: (port) => this.#memory.set({ port }) },
      onChange,
    });
    this.#download = new ReleaseDownload({
      send,
      store: this.#store,
      release: parts.release,
      platform: place.platform,
      arch: process.arch,
      ...(parts.freeBytes ? { freeBytes: parts.freeBytes } : {}),
      onChange,
      onDone: (version) => this.#useRelease(version),
      reportFailure,
    });
  }

  /** Where a running one answers; null while none does. */
  get baseUrl(): string | null {
    return this.#search.adopted?.origin ?? this.#own.baseUrl;
  }

  state(): EngineState {
    const own = this.#own;
    const isOwn = this.#search.adopted === null && own.phase !== 'stopped';
    const { baseUrl } = this;
    return {
      phase: this.#phase(),
      reason: this.#search.adopted ? null : own.reason,
      origin: this.#search.adopted ? 'adopted' : isOwn ? 'own' : null,
      version: this.#search.adopted?.version ?? own.version,
      baseUrl,
      pid: isOwn ? own.pid : null,
      startedAtMs: isOwn ? own.startedAtMs : null,
      restartAtMs: isOwn ? own.restartAtMs : null,
      recentExits: own.recentExits,
      binary: this.#search.binary,
      providerId: baseUrl === null ? null : this.#parts.providerIdAt(baseUrl),
      restartNeeded: this.#isOutdated(),
      download: this.#download.state(),
      ...this.#download.offer(),
      releases: this.#memory.value.releases.map((version, place) => ({ version, inUse: place === 0 })),
      machine: this.machine.facts(),
      logTail: this.#log.tail(tailLines).map(({ text }) => text),
    };
  }

  log(limit: number): { readonly items: EngineLogLine[]; readonly file: string } {
    return { items: this.#log.tail(limit), file: this.#log.file };
  }

  /** Ends what a crashed run left, looks for an engine, and starts our own where that is wanted. Never rejects. */
  open(): Promise<void> {
    this.#opening = this.#open().catch((error: unknown) =>
      this.#parts.log('warning', `The local engine cannot be used: ${String(error)}`),
    );
    return this.#opening;
  }

  async #open(): Promise<void> {
    await this.#memory.read();
    await this.#reap();
    void this.machine.look().then(() => this.#parts.onChange());
    await this.#look();
    const { enabled, start } = this.#parts.settings();
    const isWanted = start === 'always' || (start === 'as-left' && this.#memory.value.wanted);
    if (enabled && isWanted && this.#search.adopted === null && this.#search.binary !== null && !this.#isClosed) {
      void this.#own.start(this.#search.binary.path);
    }
    this.#lookLater();
  }

  /** What cannot be found out of the last run must not keep this one from its engine. */
  async #reap(): Promise<void> {
    const { folder, log } = this.#parts;
    const ended = await reapOrphans(join(folder, 'process.json'), reapGraceMs).catch((error: unknown) => {
      log('warning', `Whether the last run left a local engine behind cannot be told: ${String(error)}`);
      return 0;
    });
    if (ended > 0) log('warning', `A local engine that the last run left behind was ended (${ended} processes).`);
  }

  /** Looks anew. */
  async look(): Promise<EngineState> {
    await this.#opening;
    await this.#look();
    return this.state();
  }

  /** @throws CallError where there is none to start, or one of somebody else's runs */
  async start(): Promise<EngineState> {
    await this.#opening;
    this.#refuseOff();
    // One that was started by others meanwhile has the first right.
    await this.#look();
    if (this.#search.adopted || this.#isClosed) return this.state();
    if (this.#search.binary === null)
      throw new CallError('unavailable', 'No Ollama is installed here. Download it first, or install it by its own means.');
    this.#wasStopped = false;
    this.#memory.set({ wanted: true });
    await this.#own.start(this.#search.binary.path);
    return this.state();
  }

  /** @throws CallError for one that is somebody else's */
  async stop(): Promise<EngineState> {
    await this.#opening;
    this.#refuseAdopted('stopped');
    this.#wasStopped = true;
    this.#memory.set({ wanted: false });
    await this.#own.stop();
    await this.#look();
    return this.state();
  }

  /** @throws CallError as `start` and `stop` */
  async restart(): Promise<EngineState> {
    this.#refuseAdopted('restarted');
    await this.#own.stop();
    return this.start();
  }

  /** @throws CallError where nothing is on offer */
  download(): EngineState {
    this.#refuseOff();
    this.#download.start();
    return this.state();
  }

  async cancelDownload(): Promise<EngineState> {
    await this.#download.cancel();
    return this.state();
  }

  /** @throws CallError where there is no release before the one in use */
  async returnToPrevious(): Promise<EngineState> {
    await this.#opening;
    const [inUse, previous, ...rest] = this.#memory.value.releases;
    if (inUse === undefined || previous === undefined) {
      throw new CallError('not-found', 'There is no earlier release of Ollama in the data folder to return to.');
    }
    const mustRun = this.#own.phase === 'running' || this.#own.phase === 'starting';
    this.#memory.set({ releases: [previous, inUse, ...rest] });
    await this.#search.findBinary();
    return mustRun ? this.restart() : this.state();
  }

  /** The config in force has changed. */
  async settingsChanged(): Promise<void> {
    await this.#opening;
    if (!this.#parts.settings().enabled && this.#own.phase !== 'stopped') await this.#own.stop();
    await this.#look();
  }

  /** Ends our own engine whole; one that was adopted runs on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#opening;
    await Promise.all([this.#own.stop(), this.#download.pause()]);
    await Promise.all([this.#log.close(), this.#memory.close()]);
  }

  #phase(): EnginePhase {
    if (!this.#parts.settings().enabled) return 'off';
    if (this.#search.adopted) return 'found-adopted';
    if (this.#own.phase !== 'stopped') return this.#own.phase;
    if (!this.#search.hasLooked) return 'looking';
    if (this.#search.binary !== null) return this.#wasStopped ? 'stopped' : 'installed-not-running';
    return this.#download.state()?.state === 'running' ? 'downloading' : 'none-found';
  }

  async #look(): Promise<void> {
    const facts = (): string => JSON.stringify([this.#search.adopted, this.#search.binary, this.#phase()]);
    const before = facts();
    const isQuiet = (): boolean => this.#own.phase === 'stopped' || this.#own.phase === 'gave-up';
    if (this.#parts.settings().enabled) await this.#search.look(isQuiet);
    else this.#search.adopted = null;
    if (facts() !== before) this.#parts.onChange();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    const afterMs = this.#search.adopted ? adoptedLookMs : idleLookMs;
    this.#timer = setTimeout(() => {
      void this.#look()
        .catch((error: unknown) => this.#parts.log('warning', `The local engine could not be looked for: ${String(error)}`))
        .then(() => this.#lookLater());
    }, afterMs).unref();
  }

  #useRelease(version: string): void {
    const releases = [version, ...this.#memory.value.releases.filter((one) => one !== version)].slice(0, 2);
    this.#memory.set({ releases });
    void this.#store
      .prune({ versions: releases })
      .then(() => this.#look())
      .catch((error: unknown) => this.#parts.log('warning', `An old release of Ollama could not be removed: ${String(error)}`));
  }

  /** Would our own be started otherwise now than it was? */
  #isOutdated(): boolean {
    const running = this.#own.environment;
    if (running === null || running.OLLAMA_HOST === undefined) return false;
    const { binary } = this.#search;
    if (binary?.source === 'downloaded' && binary.path !== this.#own.binary) return true;
    const now = engineEnvironment(this.#parts.place.environment, running.OLLAMA_HOST, this.#parts.settings());
    return JSON.stringify(now) !== JSON.stringify(running);
  }

  #refuseAdopted(what: string): void {
    if (this.#search.adopted === null) return;
    throw new CallError(
      'conflict',
      `The Ollama at ${this.#search.adopted.origin} was started by another program; Gatehouse uses it, and it is ${what} where it was started.`,
    );
  }

  #refuseOff(): void {
    if (this.#parts.settings().enabled) return;
    throw new CallError('unavailable', 'The local engine is switched off; set localEngine.enabled in the config first.');
  }
}
