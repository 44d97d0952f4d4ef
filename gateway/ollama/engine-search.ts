/** What is known of engines that are there: one that somebody else runs, and the program that could be started. */
import type { EngineState } from '../contract/local-engine/engine.ts';
import type { Send } from '../upstream/transport.ts';
import type { EngineMemory } from './engine-memory.ts';
import { type EnginePlace, engineOrigin, findBinary, identifyEngine } from './find-engine.ts';
import type { ReleaseFile } from './release/pinned-release.ts';
import type { ReleaseStore } from './release/release-store.ts';

export interface SearchParts {
  readonly send: Send;
  readonly place: EnginePlace;
  readonly release: ReleaseFile | null;
  readonly store: ReleaseStore;
  readonly memory: EngineMemory;
}

export interface Adopted {
  readonly origin: string;
  readonly version: string;
}

/** So long an adopted one may take to answer, in milliseconds. */
const inUseMs = 5_000;

export class EngineSearch {
  adopted: Adopted | null = null;
  binary: EngineState['binary'] = null;
  hasLooked = false;
  readonly #parts: SearchParts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** @param mayAdopt false while an engine of our own runs, which goes on even if another is started beside it */
  async look(mayAdopt: () => boolean): Promise<void> {
    await this.findBinary();
    if (mayAdopt()) await this.#lookForRunning(mayAdopt);
    this.hasLooked = true;
  }

  /** A release that a person fetched goes before what is installed. */
  async findBinary(): Promise<void> {
    const { release, place, store, memory } = this.#parts;
    const whole = release === null ? [] : await store.installed(release.program);
    const versions = memory.value.releases.filter((version) => whole.includes(version));
    memory.set({ releases: versions });
    const [version] = versions;
    if (version !== undefined && release !== null) {
      this.binary = { path: store.programOf(version, release.program), source: 'downloaded', version };
      return;
    }
    const found = await findBinary(place);
    this.binary = found && { ...found, version: null };
  }

  async #lookForRunning(mayAdopt: () => boolean): Promise<void> {
    const origin = engineOrigin(this.#parts.place.environment.OLLAMA_HOST);
    // One that is in use may be slow under its load; one that has ended refuses at once.
    const version = await identifyEngine(this.#parts.send, origin, this.adopted === null ? undefined : inUseMs);
    // Our own may have been started while it was asked.
    if (mayAdopt()) this.adopted = version === null ? null : { origin, version };
  }
}
