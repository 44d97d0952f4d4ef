/** An engine of our own: started, watched, started again when it ends by itself, and ended whole. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EnginePhase } from '../../contract/local-engine/engine.ts';
import type { Send } from '../../upstream/transport.ts';
import { identifyEngine } from '../find-engine.ts';
import { removeFile, writeJsonFile } from '../json-file.ts';
import type { EngineLog } from './engine-log.ts';
import { findFreePort } from './free-port.ts';
import { readProcesses } from './process-table.ts';
import { RestartPolicy, type RestartTimes, restartTimes } from './restart-policy.ts';
import { type EngineChild, type EngineEnd, spawnEngine } from './spawn-engine.ts';
import { killTree, stopTree } from './stop-tree.ts';

/** All in milliseconds. */
export interface EngineTimes {
  /** How long it may take to answer after its start. */
  readonly readyMs: number;
  /** How long it may take to end when it is asked to. */
  readonly graceMs: number;
  readonly healthEveryMs: number;
  readonly healthTimeoutMs: number;
  readonly restart: RestartTimes;
}

export const engineTimes: EngineTimes = {
  readyMs: 60_000,
  graceMs: 5_000,
  healthEveryMs: 5_000,
  healthTimeoutMs: 5_000,
  restart: restartTimes,
};

/** So many checks in a row without an answer, and it hangs. */
const mostMissed = 3;
const readyLookMs = 50;

export interface OwnEngineParts {
  readonly send: Send;
  readonly log: EngineLog;
  readonly times: EngineTimes;
  /** Where its processes are written down. */
  readonly recordFile: string;
  /** @param host address and port */
  environment(host: string): Record<string, string>;
  /** Says which program listens on a port, with `(pid 123)`; null when the system does not tell. */
  portOwner(port: number): Promise<string | null>;
  /** The port of the last time. */
  port: { get(): number | null; set(port: number): void };
  /** Milliseconds since 1970. */
  now(): number;
  /** Something of its state has changed. */
  onChange(): void;
}

export type OwnPhase = Extract<EnginePhase, 'starting' | 'running' | 'stopping' | 'stopped' | 'crashed-waiting' | 'gave-up'>;

export class OwnEngine {
  phase: OwnPhase = 'stopped';
  reason: string | null = null;
  version: string | null = null;
  startedAtMs: number | null = null;
  restartAtMs: number | null = null;
  /** What it was started with. */
  environment: Readonly<Record<string, string>> | null = null;
  readonly #parts: OwnEngineParts;
  readonly #policy: RestartPolicy;
  #child: EngineChild | null = null;
  #port: number | null = null;
  #binary = '';
  /** Counts starts and stops: what was begun before the latest is void. */
  #turn = 0;
  #launching: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  #restart: NodeJS.Timeout | null = null;
  #health: NodeJS.Timeout | null = null;
  #hung = false;

  constructor(parts: OwnEngineParts) {
    this.#parts = parts;
    this.#policy = new RestartPolicy(parts.times.restart);
  }

  get pid(): number | null {
    return this.#child?.enginePid ?? null;
  }

  /** The program that was last started; empty before the first. */
  get binary(): string {
    return this.#binary;
  }

  /** Null while it does not answer. */
  get baseUrl(): string | null {
    return this.phase === 'running' && this.#port !== null ? `http://127.0.0.1:${this.#port}` : null;
  }

  get recentExits(): number {
    return this.#policy.recent(performance.now());
  }

  /** Resolves when it answers, or has ended; a person who starts it gives it its chances anew. */
  async start(binary: string): Promise<void> {
    if (this.#stopping) {
      const turn = this.#turn;
      await this.#stopping;
      // Whoever stopped or started it meanwhile has the last word.
      if (turn !== this.#turn) return this.#launching;
    }
    if (this.phase === 'running' || this.phase === 'starting') return this.#launching;
    this.#clearTimers();
    this.#policy.reset();
    this.#binary = binary;
    this.#launching = this.#launch();
    return this.#launching;
  }

  /** Resolves when it and everything it started have ended. */
  stop(): Promise<void> {
    this.#turn += 1;
    // A second stop that ends later would take a child that was started between for the one it ended.
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = null;
    });
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#clearTimers();
    if (this.phase !== 'stopped') this.#become('stopping', null);
    // A start under way sees that it is void, and ends what it has started.
    await this.#launching.catch(() => undefined);
    const child = this.#child;
    if (child) {
      await stopTree(child, this.#parts.times.graceMs);
      await child.ended;
    }
    await this.#forgetChild();
    this.#become('stopped', null);
  }

  async #launch(): Promise<void> {
    const turn = ++this.#turn;
    this.#hung = false;
    this.restartAtMs = null;
    this.#become('starting', null);
    try {
      const port = await findFreePort(this.#parts.port.get());
      this.#port = port;
      this.#parts.port.set(port);
      this.environment = this.#parts.environment(`127.0.0.1:${port}`);
      const startedAt = performance.now();
      this.#parts.log.note(`starts ${this.#binary} on 127.0.0.1:${port}`);
      const child = await spawnEngine({
        binary: this.#binary,
        environment: this.environment,
        graceMs: this.#parts.times.graceMs,
        onOutput: (text) => this.#parts.log.write(text),
      });
      this.#child = child;
      void child.ended.then((end) => this.#onEnd(child, end, startedAt));
      await this.#record(child);
      await this.#waitUntilReady(turn, child, port);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#endedByItself(`It could not be started: ${error instanceof Error ? error.message : String(error)}.`, 0);
    }
  }

  async #waitUntilReady(turn: number, child: EngineChild, port: number): Promise<void> {
    const { send, portOwner, times } = this.#parts;
    const endAt = performance.now() + times.readyMs;
    let hasEnded = false;
    void child.ended.then(() => {
      hasEnded = true;
    });
    while (turn === this.#turn && !hasEnded && performance.now() < endAt) {
      const version = await identifyEngine(send, `http://127.0.0.1:${port}`);
      // Whoever else has the port meanwhile is not it.
      if (version !== null && turn === this.#turn && isOwner(await portOwner(port), child.enginePid)) {
        return this.#becomeReady(turn, child, version);
      }
      await delay(readyLookMs);
    }
    if (hasEnded || turn !== this.#turn) return;
    this.#parts.log.note('does not answer in time, and is ended');
    this.#hung = true;
    await stopTree(child, times.graceMs);
  }

  async #becomeReady(turn: number, child: EngineChild, version: string): Promise<void> {
    // Again: what runs under this number may have become another program since it was started.
    await this.#record(child);
    if (turn !== this.#turn || this.#child !== child) return;
    this.version = version;
    this.startedAtMs = this.#parts.now();
    this.#become('running', null);
    this.#watch(child, 0);
  }

  /** Asks now and then whether it still answers; one that does not, three times in a row, is ended. */
  #watch(child: EngineChild, missed: number): void {
    const { send, times, log } = this.#parts;
    this.#health = setTimeout(async () => {
      const url = this.baseUrl;
      if (url === null || this.#child !== child) return;
      const version = await identifyEngine(send, url, times.healthTimeoutMs);
      if (this.#child !== child || this.phase !== 'running') return;
      if (version !== null) return this.#watch(child, 0);
      if (missed + 1 < mostMissed) return this.#watch(child, missed + 1);
      log.note('does not answer any more, and is ended');
      this.#hung = true;
      await stopTree(child, times.graceMs);
    }, times.healthEveryMs).unref();
  }

  async #onEnd(child: EngineChild, { code, signal }: EngineEnd, startedAt: number): Promise<void> {
    // What it started and left behind is in its group.
    killTree(child.leaderPid);
    if (this.#child !== child) return;
    const how = signal === null ? `code ${code ?? '?'}` : signal;
    this.#parts.log.note(`has ended with ${how}`);
    if (this.#isStopping()) return;
    await this.#forgetChild();
    if (this.#isStopping()) return;
    const words = this.#hung
      ? 'It did not answer any more and was ended.'
      : `It ended by itself, with ${how}.${this.#lastWords()}`;
    this.#endedByItself(words, performance.now() - startedAt);
  }

  #endedByItself(words: string, ranMs: number): void {
    this.#clearTimers();
    const afterMs = this.#policy.exited(performance.now(), ranMs);
    if (afterMs === null) {
      const { exits, windowMs } = this.#parts.times.restart;
      const often = `It ended by itself ${exits} times within ${Math.round(windowMs / 60_000)} minutes and is left alone now.`;
      return this.#become('gave-up', `${often} The last time: ${words}`);
    }
    this.restartAtMs = this.#parts.now() + afterMs;
    this.#become('crashed-waiting', words);
    this.#restart = setTimeout(() => {
      this.#launching = this.#launch();
    }, afterMs).unref();
  }

  #isStopping(): boolean {
    return this.phase === 'stopping' || this.phase === 'stopped';
  }

  /** The last thing it said itself, which mostly is why it ended. */
  #lastWords(): string {
    const said = this.#parts.log.tail(20).findLast(({ text }) => !text.startsWith('gatehouse: '));
    return said === undefined ? '' : ` The last line of its log: ${said.text.slice(0, 300)}`;
  }

  async #record(child: EngineChild): Promise<void> {
    const processes = await readProcesses().catch(() => []);
    const factsOf = (pid: number) => processes.find((one) => one.pid === pid);
    const leader = factsOf(child.leaderPid);
    const engine = factsOf(child.enginePid);
    if (!leader || !engine || this.#child !== child) return;
    // A full disk must not fail a start whose process runs: a second would be started beside it.
    await writeJsonFile(this.#parts.recordFile, { leader, engine, binary: this.#binary }).catch((error: unknown) =>
      this.#parts.log.note(`its processes could not be written down: ${String(error)}`),
    );
  }

  async #forgetChild(): Promise<void> {
    this.#child = null;
    this.version = null;
    this.startedAtMs = null;
    this.environment = null;
    // A record that stays names processes that are gone: nobody is ended for it.
    await removeFile(this.#parts.recordFile).catch(() => undefined);
  }

  #become(phase: OwnPhase, reason: string | null): void {
    this.phase = phase;
    this.reason = reason;
    this.#parts.onChange();
  }

  #clearTimers(): void {
    if (this.#restart) clearTimeout(this.#restart);
    if (this.#health) clearTimeout(this.#health);
    this.restartAtMs = null;
  }
}

const isOwner = (owner: string | null, pid: number): boolean => owner === null || owner.endsWith(`(pid ${pid})`);
