/**
 * The handle of the thread that counts tokens: begun with the first question, ended when nobody has asked for a while. Who waits for a
 * budget goes before who only wants to know.
 */
import { Worker } from 'node:worker_threads';
import { type QueueBounds, QuestionQueue } from './question-queue.ts';
import type { TokenAnswer, TokenQuestion } from './token-thread.ts';

/** Beside the sources it is TypeScript, in a bundle an entry of its own. */
const threadFile = import.meta.url.endsWith('.ts') ? './token-thread.ts' : './token-thread.js';

export interface TokenCounterLimits {
  /** The thread ends after so long without a question: its tokenizer holds 80 MB. */
  readonly idleMs: number;
  /** A question that takes longer is given up, and the thread with it: one of a budget, and one of who only wants to know. */
  readonly longestMs: number;
  readonly longestAskedMs: number;
  /** Of either kind. */
  readonly waiting: QueueBounds;
}

export interface Asker {
  /** Those of one client take turns with those of others; null for who came without a key. */
  readonly client: string | null;
  /** Does a budget wait for the answer, and with it a request? */
  readonly isForBudget: boolean;
}

const usual: TokenCounterLimits = {
  idleMs: 60_000,
  longestMs: 3_000,
  longestAskedMs: 1_000,
  waiting: { most: 32, mostOfOne: 8 },
};

export interface TokenCounter {
  /** Null where it cannot be counted, takes too long, or too many wait already. Rejects never; the body is taken over. */
  count(question: TokenQuestion, asker: Asker): Promise<TokenAnswer>;
  /** Is there a thread? */
  readonly isRunning: boolean;
  /** Ends the thread; questions not answered yet are answered with null. */
  close(): Promise<void>;
}

export function createTokenCounter(limits: Partial<TokenCounterLimits> = {}): TokenCounter {
  return new ThreadCounter({ ...usual, ...limits });
}

interface Waiting {
  readonly question: TokenQuestion;
  readonly longestMs: number;
  resolve(counted: TokenAnswer): void;
}

class ThreadCounter implements TokenCounter {
  readonly #limits: TokenCounterLimits;
  readonly #budgets: QuestionQueue<Waiting>;
  readonly #others: QuestionQueue<Waiting>;
  #asked: Waiting | null = null;
  #thread: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(limits: TokenCounterLimits) {
    this.#limits = limits;
    this.#budgets = new QuestionQueue(limits.waiting);
    this.#others = new QuestionQueue(limits.waiting);
  }

  get isRunning(): boolean {
    return this.#thread !== null;
  }

  count(question: TokenQuestion, { client, isForBudget }: Asker): Promise<TokenAnswer> {
    if (this.#isClosed) return Promise.resolve(null);
    const { longestMs, longestAskedMs } = this.#limits;
    const queue = isForBudget ? this.#budgets : this.#others;
    return new Promise((resolve) => {
      const waiting = { question, resolve, longestMs: isForBudget ? longestMs : longestAskedMs };
      if (!queue.add(client ?? '', waiting)) return resolve(null);
      if (this.#asked === null) this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { resolve } of [...this.#budgets.takeAll(), ...this.#others.takeAll()]) resolve(null);
    await this.#end();
  }

  /** One is at work at a time, so that counting takes one core at most. */
  #next(): void {
    const asked = this.#budgets.take() ?? this.#others.take();
    this.#asked = asked;
    if (asked === null) return this.#startTimer(this.#limits.idleMs);
    this.#startTimer(asked.longestMs);
    this.#thread ??= this.#start();
    // Referenced while somebody waits, so that the program does not end before the answer.
    this.#thread.ref();
    this.#thread.postMessage(asked.question, bufferOf(asked.question));
  }

  #startTimer(milliseconds: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#end(), milliseconds).unref();
  }

  #start(): Worker {
    const thread = new Worker(new URL(threadFile, import.meta.url), {
      name: 'tokens',
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    thread.on('message', (counted: TokenAnswer) => this.#settle(counted));
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      this.#settle(null);
    });
    return thread;
  }

  #settle(counted: TokenAnswer): void {
    const asked = this.#asked;
    if (asked === null) return;
    this.#thread?.unref();
    this.#next();
    asked.resolve(counted);
  }

  /** Also a thread that is at work: what it was asked is given up. */
  async #end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const thread = this.#thread;
    this.#thread = null;
    this.#settle(null);
    await thread?.terminate();
  }
}

/** A buffer of its own goes over without being copied; one that others use is copied. */
function bufferOf({ body }: TokenQuestion): ArrayBuffer[] {
  const { buffer, byteLength } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
