/** What is remembered of the local engine over restarts: its port, whether it is wanted, and its releases. */
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const memorySchema = z.object({
  port: z.number().int().min(1).max(65_535).nullable().default(null),
  /** A person started it, and nobody has stopped it since. */
  wanted: z.boolean().default(false),
  /** The one in use first, then those that were. */
  releases: z.array(z.string()).default([]),
});
type Remembered = z.infer<typeof memorySchema>;

export class EngineMemory {
  readonly #file: string;
  readonly #onFailure: (error: unknown) => void;
  #value: Remembered = memorySchema.parse({});
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  get value(): Remembered {
    return this.#value;
  }

  async read(): Promise<void> {
    const read = memorySchema.safeParse((await readJsonFile(this.#file)) ?? {});
    if (read.success) this.#value = read.data;
  }

  set(changes: Partial<Remembered>): void {
    const next = { ...this.#value, ...changes };
    if (JSON.stringify(next) === JSON.stringify(this.#value)) return;
    this.#value = next;
    this.#writing = this.#writing.then(() => writeJsonFile(this.#file, next)).catch(this.#onFailure);
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#writing;
  }
}
