/** One honest bar over everything a pull fetches: told by layer, summed over all, and never going back. Pure. */
import type { Pull } from '../../contract/local-engine/models.ts';
import type { Json } from '../ask-ollama.ts';

interface LayerProgress {
  readonly total: number;
  readonly completed: number;
}

const steps: readonly (readonly [prefix: string, step: Pull['step']])[] = [
  ['pulling manifest', 'manifest'],
  ['pulling ', 'layers'],
  ['verifying', 'verifying'],
  ['writing', 'finishing'],
  ['removing', 'finishing'],
  ['success', 'finishing'],
];

export class PullProgress {
  step: Pull['step'] = 'manifest';
  /** Ollama's last word: everything is there. */
  isDone = false;
  readonly #layers = new Map<string, LayerProgress>();
  #shown: number;

  /** @param shownBefore what an earlier try had told */
  constructor(shownBefore = 0) {
    this.#shown = shownBefore;
  }

  /** @returns whether the line told something new */
  take({ status, digest, total, completed }: Json): boolean {
    if (typeof status !== 'string') return false;
    this.step = steps.find(([prefix]) => status.startsWith(prefix))?.[1] ?? this.step;
    this.isDone ||= status === 'success';
    // Of a layer that has just begun it says no `completed` yet.
    if (typeof digest === 'string' && isAmount(total))
      this.#layers.set(digest, { total, completed: isAmount(completed) ? completed : 0 });
    return true;
  }

  /** Null before a layer is known. */
  get bytesTotal(): number | null {
    return this.#layers.size === 0 ? null : sum([...this.#layers.values()].map(({ total }) => total));
  }

  /** A layer that is fetched again counts from its beginning: the bar waits for it. */
  get bytesDone(): number {
    const done = sum([...this.#layers.values()].map(({ total, completed }) => Math.min(total, completed)));
    const total = this.bytesTotal;
    this.#shown = Math.max(this.#shown, done);
    return total === null ? this.#shown : Math.min(this.#shown, total);
  }
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
