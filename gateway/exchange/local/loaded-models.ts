/**
 * Which models the servers near by have in memory, as they last said. They are asked while somebody wants to know, and after each
 * request to them; nobody waits for it but a request whose model may have to be loaded.
 */
import type { LoadedList, LoadedModel } from '../../contract/loaded-model.ts';
import { memoryName } from './model-name.ts';

export interface LoadedModelsInput {
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** Asks a server; never rejects. */
  list(provider: string): Promise<LoadedList>;
  /** Something else is in memory than before. */
  onChange(): void;
}

/** How often a server is asked, in milliseconds, and for how long after somebody last wanted to know. */
const pollMs = 10_000;
const wantedMs = 5 * 60_000;
/** What it said stands for so long: a little longer than until it is asked again. */
const validMs = 2 * pollMs + 1_000;
/** After a request its model is in memory, and what was let go of for it is not: asked soon, and not more often than this. */
const settleMs = 300;
const leastPauseMs = 2_000;

interface Server {
  models: ReadonlyMap<string, LoadedModel>;
  /** Of the never-jumping clock, when `models` was told; null where nothing is known. */
  toldAt: number | null;
  isSilent: boolean;
  wantedUntil: number;
  timer: NodeJS.Timeout | null;
  /** When that is, by the never-jumping clock. */
  dueAt: number;
  /** The question that is under way. */
  asking: Promise<void> | null;
}

export class LoadedModels {
  readonly #input: LoadedModelsInput;
  readonly #servers = new Map<string, Server>();

  constructor(input: LoadedModelsInput) {
    this.#input = input;
  }

  /** Knows these servers from now on, and forgets all others. @param providers those that can tell, by their ids */
  follow(providers: readonly string[]): void {
    for (const [id, { timer }] of this.#servers) {
      if (providers.includes(id)) continue;
      if (timer) clearTimeout(timer);
      this.#servers.delete(id);
    }
    for (const id of providers) if (!this.#servers.has(id)) this.#servers.set(id, newServer());
  }

  stop(): void {
    this.follow([]);
  }

  /** For a decision. Who asks wants to know: the server is asked, and the next decision knows. @returns null where nobody knows */
  isLoaded(provider: string, model: string): boolean | null {
    const server = this.#servers.get(provider);
    if (server === undefined) return null;
    this.#want(provider, server);
    return this.#isFresh(server) && !server.isSilent ? server.models.has(memoryName(model)) : null;
  }

  /**
   * For a request about to be sent.
   * @returns the model, `absent`, `silent` where its server does not tell, or `unknown` where it has to be asked first
   */
  find(provider: string, model: string): LoadedModel | 'absent' | 'silent' | 'unknown' {
    const server = this.#servers.get(provider);
    if (server === undefined) return 'silent';
    this.#want(provider, server);
    if (!this.#isFresh(server)) return 'unknown';
    return server.isSilent ? 'silent' : (server.models.get(memoryName(model)) ?? 'absent');
  }

  /** What a server has in memory, as far as it is known now. */
  listOf(provider: string): readonly LoadedModel[] {
    const server = this.#servers.get(provider);
    if (server === undefined) return [];
    this.#want(provider, server);
    return this.#isFresh(server) ? [...server.models.values()] : [];
  }

  /** Asks a server now, or waits for the question that is under way. */
  refresh(provider: string): Promise<void> {
    const server = this.#servers.get(provider);
    return server ? this.#ask(provider, server) : Promise.resolve();
  }

  /** A load of ours went well. */
  loaded(provider: string, model: LoadedModel): void {
    const server = this.#servers.get(provider);
    if (server === undefined) return;
    server.models = new Map([...server.models, [memoryName(model.name), model]]);
    server.toldAt ??= this.#input.monotonic();
    this.#input.onChange();
    this.#askSoon(provider, server);
  }

  /** A request ended there. @param failed what was believed may be wrong, and counts no more */
  ended(provider: string, failed: boolean): void {
    const server = this.#servers.get(provider);
    if (server === undefined) return;
    if (failed) server.toldAt = null;
    server.wantedUntil = this.#input.monotonic() + wantedMs;
    this.#askSoon(provider, server);
  }

  #isFresh({ toldAt }: Server): boolean {
    return toldAt !== null && this.#input.monotonic() - toldAt < validMs;
  }

  #want(provider: string, server: Server): void {
    server.wantedUntil = this.#input.monotonic() + wantedMs;
    if (server.timer === null && server.asking === null) this.#askIn(provider, server, this.#isFresh(server) ? pollMs : 0);
  }

  #askSoon(provider: string, server: Server): void {
    const sinceMs = server.toldAt === null ? leastPauseMs : this.#input.monotonic() - server.toldAt;
    this.#askIn(provider, server, Math.max(settleMs, leastPauseMs - sinceMs));
  }

  /** No later than it would be asked anyway. */
  #askIn(provider: string, server: Server, milliseconds: number): void {
    const dueAt = this.#input.monotonic() + milliseconds;
    if (server.timer !== null && server.dueAt <= dueAt) return;
    if (server.timer !== null) clearTimeout(server.timer);
    server.dueAt = dueAt;
    server.timer = setTimeout(() => {
      server.timer = null;
      void this.#ask(provider, server);
    }, milliseconds);
    server.timer.unref();
  }

  #ask(provider: string, server: Server): Promise<void> {
    return (server.asking ??= this.#askNow(provider, server));
  }

  async #askNow(provider: string, server: Server): Promise<void> {
    const before = namesIn(server);
    const told = await this.#input.list(provider);
    server.asking = null;
    if (this.#servers.get(provider) !== server) return;
    server.isSilent = told === 'silent';
    server.toldAt = told === 'unknown' ? null : this.#input.monotonic();
    server.models = typeof told === 'string' ? new Map() : new Map(told.map((model) => [memoryName(model.name), model]));
    if (namesIn(server) !== before) this.#input.onChange();
    if (this.#input.monotonic() < server.wantedUntil && server.timer === null) this.#askIn(provider, server, pollMs);
  }
}

function newServer(): Server {
  return {
    models: new Map(),
    toldAt: null,
    isSilent: false,
    wantedUntil: Number.NEGATIVE_INFINITY,
    timer: null,
    dueAt: Number.POSITIVE_INFINITY,
    asking: null,
  };
}

const namesIn = ({ models }: Server): string => [...models.keys()].sort().join(' ');
