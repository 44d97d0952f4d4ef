/** What a stand-in is told to do: a file beside it, read anew whenever it matters, since its environment is its starter's to choose. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A model that can be pulled. Its layers are made of their names, so that each is the same wherever it is made. */
export interface RegistryModel {
  /** `qwen3:8b` */
  readonly name: string;
  readonly layers: readonly { readonly seed: string; readonly bytes: number }[];
  readonly family: string;
  readonly parameterSize: string;
  readonly contextLength: number;
  readonly capabilities: readonly string[];
}

/** Every part has a default; times in milliseconds. */
export interface Behaviour {
  readonly version: string;
  /** Ends right after the start, with this code. */
  readonly exitAtOnce: number | null;
  /** Ends by itself so long after it listens. */
  readonly exitAfterMs: number | null;
  /** From now on accepts connections and answers nothing. */
  readonly hangs: boolean;
  /** Does not end on SIGTERM. */
  readonly ignoresTerm: boolean;
  /** Listens this much later than it was started. */
  readonly startDelayMs: number;
  /** How long a model takes to load. */
  readonly loadMs: number;
  /** Every load fails for want of memory. */
  readonly outOfMemory: boolean;
  /** Every request of a model is refused: too many wait. */
  readonly queueFull: boolean;
  readonly registry: readonly RegistryModel[];
  /** 0: as fast as it goes. */
  readonly pullBytesPerSecond: number;
  /** A pull breaks off so when it has come this far: `cut` closes the connection, the others are Ollama's error line. */
  readonly pullFault: { readonly afterBytes: number; readonly kind: 'cut' | 'disk-full' | 'wrong-digest' | 'unreachable' } | null;
  /** Milliseconds between two pieces of an answer. */
  readonly tokenMs: number;
}

const defaults: Behaviour = {
  version: '0.34.4',
  exitAtOnce: null,
  exitAfterMs: null,
  hangs: false,
  ignoresTerm: false,
  startDelayMs: 0,
  loadMs: 0,
  outOfMemory: false,
  queueFull: false,
  registry: [],
  pullBytesPerSecond: 0,
  pullFault: null,
  tokenMs: 0,
};

export const behaviourFile = 'stand-in.json';

/** @param folder where the executable is */
export function readBehaviour(folder: string): Behaviour {
  try {
    return { ...defaults, ...JSON.parse(readFileSync(join(folder, behaviourFile), 'utf8')) };
  } catch {
    // A file that is being written; whoever asks next reads it.
    return defaults;
  }
}
