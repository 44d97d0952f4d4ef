/** Models in memory: each is an inner process of its own, as in Ollama, which outlives a parent that is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Behaviour } from './behaviour.ts';
import type { StoredModel } from './store.ts';

export interface Loaded {
  readonly model: StoredModel;
  readonly contextLength: number;
  /** Milliseconds since 1970; infinite for one that stays. */
  expiresAtMs: number;
  readonly child: ChildProcess;
}

/** What a request of a model is refused with. */
export class ModelRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `5m`, `-1`, 300 and the like. @returns milliseconds; negative for ever */
export function keepAliveMs(value: unknown, usual: string): number {
  const text = String(value ?? usual);
  if (text.startsWith('-')) return -1;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/(\d+)(ms|s|m|h)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}

export class Runners {
  readonly #loaded = new Map<string, Loaded>();
  readonly #loading = new Map<string, Promise<Loaded>>();
  readonly #behaviour: () => Behaviour;
  /** How often a model was loaded. */
  loads = 0;

  constructor(behaviour: () => Behaviour) {
    this.#behaviour = behaviour;
  }

  list(): Loaded[] {
    const now = Date.now();
    for (const one of this.#loaded.values()) if (one.expiresAtMs <= now) this.unload(one.model.name);
    return [...this.#loaded.values()];
  }

  unload(name: string): void {
    this.#loaded.get(name)?.child.kill('SIGKILL');
    this.#loaded.delete(name);
  }

  /**
   * The model in memory; whoever asks meanwhile waits for the same load.
   * @throws ModelRefusal
   */
  async use(model: StoredModel, contextLength: number, aliveMs: number, isGone: () => boolean): Promise<Loaded> {
    if (this.#behaviour().queueFull)
      throw new ModelRefusal(503, 'server busy, please try again.  maximum pending requests exceeded');
    const there = this.list().find((one) => one.model.name === model.name && one.contextLength === contextLength);
    const loaded = there ?? (await this.#load(model, contextLength, isGone));
    loaded.expiresAtMs = aliveMs < 0 ? Number.POSITIVE_INFINITY : Date.now() + aliveMs;
    return loaded;
  }

  #load(model: StoredModel, contextLength: number, isGone: () => boolean): Promise<Loaded> {
    const under = this.#loading.get(model.name);
    if (under) return under;
    const load = this.#start(model, contextLength, isGone).finally(() => this.#loading.delete(model.name));
    this.#loading.set(model.name, load);
    return load;
  }

  async #start(model: StoredModel, contextLength: number, isGone: () => boolean): Promise<Loaded> {
    const { loadMs, outOfMemory } = this.#behaviour();
    this.loads += 1;
    this.unload(model.name);
    const endAtMs = Date.now() + loadMs;
    while (Date.now() < endAtMs) {
      // A client that goes away takes its load with it.
      if (isGone()) throw new ModelRefusal(499, 'client closed connection before server finished loading model');
      await delay(Math.min(20, Math.max(1, endAtMs - Date.now())));
    }
    if (outOfMemory) throw new ModelRefusal(500, 'model requires more system memory (5.6 GiB) than is available (3.1 GiB)');
    const child = spawn(process.execPath, [process.argv[1] ?? '', 'runner', '--model', model.name], { stdio: 'ignore' });
    const loaded = { model, contextLength, expiresAtMs: Number.POSITIVE_INFINITY, child };
    this.#loaded.set(model.name, loaded);
    child.once('exit', () => {
      if (this.#loaded.get(model.name) === loaded) this.#loaded.delete(model.name);
    });
    return loaded;
  }
}
