/** What an own engine writes: in a file that is turned over when it has grown, and its newest lines in memory. */
import { appendFile, rename, rm, stat } from 'node:fs/promises';
import type { EngineLogLine } from '../../contract/local-engine/engine.ts';

const keptLines = 2_000;
const longestLine = 2_000;
/** Of one file; there are two. */
const fileBytes = 5 * 1_024 * 1_024;

/** An engine writes its proxy into its log as it starts, and a proxy's address may hold a password. */
const nameInUrl = /:\/\/[^\s/@"]{1,512}@/g;

export class EngineLog {
  readonly file: string;
  readonly #now: () => number;
  readonly #onLine: (text: string) => void;
  #lines: EngineLogLine[] = [];
  #rest = '';
  #bytes: number | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param onLine called with each whole line */
  constructor(file: string, now: () => number, onLine: (text: string) => void = () => undefined) {
    this.file = file;
    this.#now = now;
    this.#onLine = onLine;
  }

  /** Takes what came, in pieces of any size. */
  write(text: string): void {
    const parts = (this.#rest + text).split(/\r?\n/);
    // A line without an end must not fill the memory.
    this.#rest = (parts.pop() ?? '').slice(-longestLine * 4);
    for (const part of parts) if (part !== '') this.#add(part);
  }

  /** A line of our own. */
  note(text: string): void {
    this.#add(`gatehouse: ${text}`);
  }

  /** The newest, the oldest of them first. */
  tail(count: number): EngineLogLine[] {
    return this.#lines.slice(-count);
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    if (this.#rest !== '') this.#add(this.#rest);
    this.#rest = '';
    await this.#writing;
  }

  #add(whole: string): void {
    const text = whole.replace(nameInUrl, '://***@').slice(0, longestLine);
    const atMs = this.#now();
    this.#lines.push({ atMs, text });
    if (this.#lines.length > keptLines * 2) this.#lines = this.#lines.slice(-keptLines);
    this.#onLine(text);
    const line = `${new Date(atMs).toISOString()} ${text}\n`;
    // A log that cannot be written must not end the engine; the lines in memory are still told.
    this.#writing = this.#writing.then(() => this.#append(line)).catch(() => undefined);
  }

  async #append(line: string): Promise<void> {
    this.#bytes ??= await stat(this.file).then(
      ({ size }) => size,
      () => 0,
    );
    if (this.#bytes > fileBytes) {
      await rm(`${this.file}.1`, { force: true });
      await rename(this.file, `${this.file}.1`);
      this.#bytes = 0;
    }
    await appendFile(this.file, line, { mode: 0o600 });
    this.#bytes += Buffer.byteLength(line);
  }
}
