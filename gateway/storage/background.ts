/** The handle of the background thread, which starts with the first question and again after it was lost. */
import { Worker } from 'node:worker_threads';
import { CallError } from '../contract/call-error.ts';
import type { RequestDetail, RequestItem } from '../contract/records.ts';
import { formatRequestId, parseRequestId } from '../contract/request-id.ts';
import type { QueryTerm } from '../contract/requests/query-terms.ts';
import type { UsageAnswer } from '../contract/money/usage.ts';
import type { LoggedCostsPage, LoggedCostsQuery } from '../contract/money/repricing.ts';
import type { UsedModel } from './logged-costs.ts';
import type { Answer, Asked, Question } from './background-thread.ts';
import type { Histogram, HistogramQuestion } from './search/request-histogram.ts';
import type { SpentHour, SpentHoursQuestion, UsageQuestion } from './usage/usage-queries.ts';

/** Beside the sources it is TypeScript, in a bundle an entry of its own. */
const threadFile = import.meta.url.endsWith('.ts') ? './background-thread.ts' : './background-thread.js';

/** A question that could not be answered. */
export class ReadFailedError extends Error {
  constructor(message: string, cause?: unknown) {
    super(`The log could not be read: ${message}`, { cause });
    this.name = 'ReadFailedError';
  }
}

export interface ListInput {
  /** The parts of a query; missing for everything. */
  readonly terms?: readonly QueryTerm[] | undefined;
  /** A page's `nextCursor`; null or missing for the newest page. */
  readonly cursor?: string | null | undefined;
  readonly limit: number;
}

export interface ListOutput {
  readonly items: RequestItem[];
  readonly nextCursor: string | null;
  /** How far a search has looked that stopped for now, in milliseconds since 1970. */
  readonly searchedBackToMs?: number;
}

export interface LogBackground {
  /**
   * Lists requests, newest first.
   * @throws CallError `invalid` for a cursor that is none; ReadFailedError
   */
  list(input: ListInput): Promise<ListOutput>;
  /** One request with its attempts; null when there is none of that id. @throws ReadFailedError */
  get(id: string): Promise<RequestDetail | null>;
  /** How many requests a query finds over time. @throws ReadFailedError */
  histogram(question: HistogramQuestion): Promise<Histogram>;
  /** Figures from the summaries; null where there would be too many. @throws ReadFailedError */
  usage(question: UsageQuestion): Promise<UsageAnswer | null>;
  /** What a scope spent, hour by hour. @throws ReadFailedError */
  spentHours(question: SpentHoursQuestion): Promise<readonly SpentHour[]>;
  /** What rows cost, oldest first. @throws ReadFailedError */
  loggedCosts(query: LoggedCostsQuery): Promise<LoggedCostsPage>;
  /** Models that were asked since a moment (milliseconds since 1970), by the summaries. @throws ReadFailedError */
  usedModels(sinceMs: number): Promise<readonly UsedModel[]>;
  /** Takes the journal into the database, as far as nobody is in the way; joins one under way. @throws ReadFailedError */
  checkpoint(): Promise<void>;
  /** Ends the thread; questions not answered yet fail. */
  close(): Promise<void>;
}

/** Makes the handle. No thread and no connection exist before the first question. */
export function createBackground(file: string): LogBackground {
  return new BackgroundThread(file);
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

class BackgroundThread implements LogBackground {
  readonly #file: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #checkpoint: Promise<void> | null = null;
  #asked = 0;
  #isClosed = false;

  constructor(file: string) {
    this.#file = file;
  }

  async list({ terms = [], cursor = null, limit }: ListInput): Promise<ListOutput> {
    const beforeKey = cursor === null ? null : parseRequestId(cursor);
    if (cursor !== null && beforeKey === null) {
      throw new CallError('invalid', 'This cursor is not one of ours; begin again without it.', 'cursor');
    }
    const page = await this.#ask('list', { terms, beforeKey, limit });
    const nextCursor = page.lastKey === null ? null : formatRequestId(page.lastKey);
    const { searchedBackToMs } = page;
    return { items: [...page.items], nextCursor, ...(searchedBackToMs === null ? {} : { searchedBackToMs }) };
  }

  async get(id: string): Promise<RequestDetail | null> {
    const key = parseRequestId(id);
    return key === null ? null : this.#ask('get', key);
  }

  histogram(question: HistogramQuestion): Promise<Histogram> {
    return this.#ask('histogram', question);
  }

  usage(question: UsageQuestion): Promise<UsageAnswer | null> {
    return this.#ask('usage', question);
  }

  spentHours(question: SpentHoursQuestion): Promise<readonly SpentHour[]> {
    return this.#ask('spentHours', question);
  }

  loggedCosts(query: LoggedCostsQuery): Promise<LoggedCostsPage> {
    return this.#ask('loggedCosts', query);
  }

  usedModels(sinceMs: number): Promise<readonly UsedModel[]> {
    return this.#ask('usedModels', sinceMs);
  }

  checkpoint(): Promise<void> {
    this.#checkpoint ??= this.#askForCheckpoint();
    return this.#checkpoint;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const thread = this.#thread;
    if (!thread) return;
    // A thread that fails while it ends has ended too.
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close');
    await ended;
  }

  async #askForCheckpoint(): Promise<void> {
    try {
      await this.#ask('checkpoint', null);
    } finally {
      this.#checkpoint = null;
    }
  }

  /** Answers come with the number of their question, so that each has its question's type. */
  #ask<T extends keyof Asked>(type: T, about: Asked[T]['asks']): Promise<Asked[T]['answers']> {
    if (this.#isClosed) return Promise.reject(new ReadFailedError('Gatehouse is stopping.'));
    this.#thread ??= this.#startThread();
    const thread = this.#thread;
    this.#asked += 1;
    const number = this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(number, { resolve, reject });
    const question: { readonly [K in keyof Question]: unknown } = { type, number, about };
    thread.postMessage(question);
    return promise as Promise<Asked[T]['answers']>;
  }

  #startThread(): Worker {
    const thread = new Worker(new URL(threadFile, import.meta.url), { workerData: this.#file, name: 'background' });
    let cause: unknown;
    thread.on('message', (answer: Answer) => this.#settle(answer));
    thread.on('error', (error) => {
      cause = error;
    });
    thread.on('exit', () => {
      this.#thread = null;
      const unanswered = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of unanswered) reject(new ReadFailedError('its background thread has stopped.', cause));
    });
    return thread;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(new ReadFailedError(answer.message));
  }
}
