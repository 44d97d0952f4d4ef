/** Starts, stops and moves the gateway listener, and always knows its true state. */
import { GatewayError } from '../chat/error.ts';
import type { ListenerState } from '../contract/status.ts';
import type { LiveExchanges } from '../exchange/live-exchanges.ts';
import type { AnswerRequest } from './doors.ts';
import { type GatewayListener, openGatewayListener } from './listener.ts';

export interface ListenerFacts {
  readonly state: ListenerState;
  /** The port really bound; null while not listening. */
  readonly port: number | null;
  readonly hosts: readonly string[];
  readonly startedAtMs: number | null;
  /** Why the last start failed; null when it did not. */
  readonly failure: string | null;
}

export interface ListenerSwitchOptions {
  readonly answer: AnswerRequest;
  readonly live: LiveExchanges;
  /** The admitted requests whose body is still on its way: they become live ones. */
  readonly arriving: LiveExchanges;
  /** Milliseconds that running requests are waited for when stopping. */
  readonly drainMs: number;
  now(): number;
  /** Called after every change, before anything is answered under it. */
  onChange(facts: ListenerFacts): void;
}

/** A body that is on its way when the gateway stops has so long to arrive; one that never ends must not hold the stop up. */
const arrivalMs = 4_000;
/** After the drain, an answer that was broken off has so long to reach its client. */
const lastWordsMs = 500;
const stopped: ListenerFacts = { state: 'stopped', port: null, hosts: [], startedAtMs: null, failure: null };

export class ListenerSwitch {
  readonly #options: ListenerSwitchOptions;
  #listener: GatewayListener | null = null;
  #facts: ListenerFacts = stopped;
  #tail: Promise<unknown> = Promise.resolve();
  #endDrain: (() => void) | null = null;
  #hurried = false;

  constructor(options: ListenerSwitchOptions) {
    this.#options = options;
  }

  get facts(): ListenerFacts {
    return this.#facts;
  }

  /**
   * Listens on this port; already there, nothing happens; elsewhere, it moves: the new port is bound before the old closes.
   * @throws PortTakenError when the port is taken; what listened before still does
   */
  start(port: number): Promise<void> {
    return this.#inTurn(() => this.#start(port));
  }

  /** Stops listening: running requests are waited for, then told that the gateway stops. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  /** Ends a drain that is under way at once; one to come does not wait either. For a program that ends. */
  hurry(): void {
    this.#hurried = true;
    this.#endDrain?.();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(task);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #start(port: number): Promise<void> {
    const before = this.#listener;
    if (before && (port === 0 || port === before.port)) return;
    if (!before) this.#change({ ...stopped, state: 'starting' });
    try {
      const listener = await openGatewayListener(port, this.#options.answer);
      this.#listener = listener;
      const startedAtMs = this.#options.now();
      this.#change({ state: 'running', port: listener.port, hosts: listener.hosts, startedAtMs, failure: null });
    } catch (error) {
      if (!before) this.#change({ ...stopped, state: 'failed', failure: error instanceof Error ? error.message : String(error) });
      throw error;
    }
    if (before) void retire(before);
  }

  async #stop(): Promise<void> {
    const listener = this.#listener;
    if (listener) {
      this.#change({ ...this.#facts, state: 'stopping' });
      this.#listener = null;
      await this.#drain(listener);
    }
    this.#change(stopped);
  }

  async #drain(listener: GatewayListener): Promise<void> {
    const { live, arriving, drainMs, now } = this.#options;
    const stopping = new GatewayError('shutting-down', 'the gateway is stopping; ask again when it is back');
    const begunAtMs = now();
    const closed = listener.close();
    if (!this.#hurried) await this.#until(arriving.whenIdle(), arrivalMs);
    arriving.abort(stopping, null);
    if (!this.#hurried) await this.#until(live.whenIdle(), Math.max(0, begunAtMs + drainMs - now()));
    if (live.size > 0) {
      live.abort(stopping, null);
      await this.#until(live.whenIdle(), lastWordsMs);
    }
    listener.closeIdle();
    await this.#until(closed, lastWordsMs);
    listener.destroy();
    await closed;
  }

  async #until(happening: Promise<void>, milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
      this.#endDrain = resolve;
    });
    await Promise.race([happening, ended]);
    clearTimeout(timer);
    this.#endDrain = null;
  }

  #change(facts: ListenerFacts): void {
    this.#facts = facts;
    this.#options.onChange(facts);
  }
}

/** Lets a listener that was moved away from end in its own time: what runs on it is not cut. */
async function retire(listener: GatewayListener): Promise<void> {
  const timer = setInterval(() => listener.closeIdle(), 1_000);
  timer.unref();
  await listener.close();
  clearInterval(timer);
}
