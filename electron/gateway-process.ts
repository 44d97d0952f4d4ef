/** Keeps the gateway's process alive: starts it, hears that it is ready, starts it again when it ends, and stops it with its drain. */
import type { GatewayProcess } from '../gateway/contract/desktop.ts';
import { type Handover, type ReadyLine, readyLineSchema } from '../gateway/contract/process-messages.ts';
import type { GatewayChild } from './launch-gateway.ts';
import { nextStartDelay } from './restart-policy.ts';

export interface GatewayKeeperOptions {
  launch(): GatewayChild;
  /** Milliseconds on a clock that only goes forward. */
  monotonic(): number;
  /** Milliseconds since 1970. */
  now(): number;
  onChange(): void;
  /** A line of stdout: the ready line, and what the gateway says to a person after it. */
  onWords(line: string, isReadyLine: boolean): void;
  onLog(line: string): void;
}

/** Milliseconds that a start, a drain and an end without one may take. */
const startMs = 30_000;
const drainMs = 10_000;
const hurriedMs = 5_000;

export class GatewayKeeper {
  readonly #options: GatewayKeeperOptions;
  #handover: Handover | null = null;
  #child: GatewayChild | null = null;
  #ready: ReadyLine | null = null;
  #process: GatewayProcess = { state: 'stopped', message: null, retryAtMs: null };
  #endsAtMs: number[] = [];
  #lastWords = '';
  #timer: NodeJS.Timeout | undefined;
  #stopped: (() => void)[] = [];

  constructor(options: GatewayKeeperOptions) {
    this.#options = options;
  }

  get process(): GatewayProcess {
    return this.#process;
  }

  /** What the running gateway told; null while none is ready. */
  get ready(): ReadyLine | null {
    return this.#ready;
  }

  get processId(): number | undefined {
    return this.#child?.processId;
  }

  /** Starts the gateway, with a clean record; does nothing while one runs or is being stopped. */
  start(handover: Handover): void {
    if (this.#child || this.#process.state === 'stopping') return;
    clearTimeout(this.#timer);
    this.#handover = handover;
    this.#endsAtMs = [];
    this.#launch();
  }

  /** Says why the gateway is not started yet. @param retryAtMs when that is tried again */
  hold(message: string, retryAtMs: number): void {
    if (!this.#child) this.#change({ state: 'waiting', message, retryAtMs });
  }

  /** Asks the gateway to end; asked again, it does not wait for requests that run. Resolves when its process is gone. */
  stop(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) {
      this.#change({ state: 'stopped', message: null, retryAtMs: null });
      return Promise.resolve();
    }
    const hurried = this.#process.state === 'stopping';
    this.#change({ state: 'stopping', message: null, retryAtMs: null });
    child.send({ type: 'stop' });
    this.#timer = setTimeout(() => (hurried ? child.kill() : void this.stop()), hurried ? hurriedMs : drainMs);
    return new Promise((resolve) => this.#stopped.push(resolve));
  }

  #launch(): void {
    if (!this.#handover) return;
    const child = this.#options.launch();
    this.#child = child;
    this.#lastWords = '';
    this.#change({ state: 'starting', message: null, retryAtMs: null });
    child.onLine((line) => this.#hear(line));
    child.onErrorLine((line) => {
      if (line.startsWith('gatehouse: ')) this.#lastWords = line.slice('gatehouse: '.length);
      this.#options.onLog(line);
    });
    let ended = false;
    child.onExit((code) => {
      if (!ended) this.#end(code);
      ended = true;
    });
    child.send(this.#handover);
    this.#timer = setTimeout(() => {
      this.#lastWords = `The gateway did not become ready within ${startMs / 1_000} s.`;
      child.kill();
    }, startMs);
  }

  #hear(line: string): void {
    if (this.#ready) return this.#options.onWords(line, false);
    const ready = readReadyLine(line);
    if (!ready) return this.#options.onLog(line);
    this.#ready = ready;
    if (this.#process.state !== 'stopping') {
      clearTimeout(this.#timer);
      this.#change({ state: 'running', message: null, retryAtMs: null });
    }
    this.#options.onWords(line, true);
  }

  #end(code: number | null): void {
    clearTimeout(this.#timer);
    this.#child = null;
    this.#ready = null;
    if (this.#process.state === 'stopping') return this.#finishStop();
    this.#endsAtMs.push(this.#options.monotonic());
    const delayMs = nextStartDelay(this.#endsAtMs, code);
    const why =
      this.#lastWords || `The gateway's process ended unexpectedly (${code === null ? 'by a signal' : `code ${code}`}).`;
    if (delayMs === null) return this.#change({ state: 'failed', message: why, retryAtMs: null });
    this.#change({ state: 'waiting', message: `${why} It starts again.`, retryAtMs: this.#options.now() + delayMs });
    this.#timer = setTimeout(() => this.#launch(), delayMs);
  }

  #finishStop(): void {
    this.#change({ state: 'stopped', message: null, retryAtMs: null });
    for (const resolve of this.#stopped.splice(0)) resolve();
  }

  #change(next: GatewayProcess): void {
    this.#process = next;
    this.#options.onChange();
  }
}

function readReadyLine(line: string): ReadyLine | null {
  try {
    const parsed = readyLineSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
