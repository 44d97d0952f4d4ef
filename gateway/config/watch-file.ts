/** Notices that a file was changed by someone, whatever way it was saved: in place, by a rename over it, or after a deletion. */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface WatchTimes {
  /** The file must be unchanged for so long before it is reported, so that half a file is not read while it is written. */
  readonly settleMs: number;
  /** How often the file is looked at when the system tells nothing: it is gone, or on a network folder. */
  readonly pollMs: number;
}

const usualTimes: WatchTimes = { settleMs: 100, pollMs: 1000 };

/** One state of the file; `inode` says whether it is still the same file. */
interface Fingerprint {
  readonly inode: string;
  readonly whole: string;
}

/**
 * Calls `onSettled` once at the beginning and then after each change, when the file rests. What changed, and whether it was
 * our own write, is for the caller to see from the content. Keeps no process alive.
 * @param onSettled never throws, and is not called again before its promise has settled
 */
export function watchFile(
  file: string,
  onSettled: () => Promise<void>,
  times: WatchTimes = usualTimes,
): { readonly close: () => void } {
  const watcher = new FileWatch(file, onSettled, times);
  watcher.plan(0);
  return { close: () => watcher.close() };
}

class FileWatch {
  readonly #file: string;
  readonly #onSettled: () => Promise<void>;
  readonly #times: WatchTimes;
  #closed = false;
  #looking = false;
  #timer: NodeJS.Timeout | null = null;
  #timerIsAtMs = 0;
  #lastSeen = '';
  #reported = '';
  #watchedInode = '';
  #system: FSWatcher | null = null;

  constructor(file: string, onSettled: () => Promise<void>, times: WatchTimes) {
    this.#file = file;
    this.#onSettled = onSettled;
    this.#times = times;
  }

  /** Looks again after so many milliseconds, or sooner if that is already planned. */
  plan(afterMs: number): void {
    const atMs = performance.now() + afterMs;
    if (this.#closed || this.#looking || (this.#timer && this.#timerIsAtMs <= atMs)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerIsAtMs = atMs;
    this.#timer = setTimeout(() => void this.#look(), afterMs).unref();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#system?.close();
  }

  async #look(): Promise<void> {
    this.#timer = null;
    this.#looking = true;
    const seen = await readFingerprint(this.#file);
    if (this.#closed) return;
    this.#followInode(seen.inode);
    const rests = seen.whole === this.#lastSeen;
    const isNews = seen.whole !== this.#reported;
    this.#lastSeen = seen.whole;
    if (rests && isNews) {
      this.#reported = seen.whole;
      await this.#onSettled();
    }
    this.#looking = false;
    // A change during the report was not planned for, so the next look comes soon.
    this.plan(isNews ? this.#times.settleMs : this.#times.pollMs);
  }

  /**
   * Asks the system about the file itself, not its folder: the database lives in the same folder, and each of its writes
   * would wake us.
   */
  #followInode(inode: string): void {
    if (inode === this.#watchedInode) return;
    this.#system?.close();
    this.#system = null;
    this.#watchedInode = inode;
    if (!inode) return;
    try {
      this.#system = watch(this.#file, { persistent: false }, () => this.plan(this.#times.settleMs));
      // The poll goes on without it.
      this.#system.on('error', () => this.#system?.close());
    } catch {
      this.#system = null;
    }
  }
}

async function readFingerprint(file: string): Promise<Fingerprint> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return { inode: `${dev}:${ino}`, whole: [dev, ino, size, mtimeNs, ctimeNs].join(':') };
  } catch {
    return { inode: '', whole: 'missing' };
  }
}
