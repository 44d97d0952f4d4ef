/** The background thread: slow questions and checkpoints, on connections of its own, so that no request waits for either. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LoggedCostsPage, LoggedCostsQuery } from '../contract/money/repricing.ts';
import type { RequestDetail } from '../contract/records.ts';
import { connect, connectReadOnly } from './connect.ts';
import type { UsageAnswer } from '../contract/money/usage.ts';
import { type CostQueries, prepareCostQueries, type UsedModel } from './logged-costs.ts';
import { prepareRequestQueries, type RequestQueries } from './request-queries.ts';
import {
  type Histogram,
  type HistogramQueries,
  type HistogramQuestion,
  prepareRequestHistogram,
} from './search/request-histogram.ts';
import { type Page, type PageRequest, prepareRequestSearch, type RequestSearch } from './search/request-search.ts';
import {
  prepareUsageQueries,
  type SpentHour,
  type SpentHoursQuestion,
  type UsageQueries,
  type UsageQuestion,
} from './usage/usage-queries.ts';

/** What may be asked, and what each answer is. */
export interface Asked {
  list: { readonly asks: PageRequest; readonly answers: Page };
  histogram: { readonly asks: HistogramQuestion; readonly answers: Histogram };
  get: { readonly asks: number; readonly answers: RequestDetail | null };
  usage: { readonly asks: UsageQuestion; readonly answers: UsageAnswer | null };
  spentHours: { readonly asks: SpentHoursQuestion; readonly answers: readonly SpentHour[] };
  loggedCosts: { readonly asks: LoggedCostsQuery; readonly answers: LoggedCostsPage };
  /** Since a moment, in milliseconds since 1970. */
  usedModels: { readonly asks: number; readonly answers: readonly UsedModel[] };
  /** Takes the journal into the database, as far as nobody is in the way. */
  checkpoint: { readonly asks: null; readonly answers: null };
}

/** What the handle asks. `number` comes back with the answer. */
export type Question = {
  [T in keyof Asked]: { readonly type: T; readonly number: number; readonly about: Asked[T]['asks'] };
}[keyof Asked];

export type Answer = { readonly number: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }
);

type Queries = RequestQueries & RequestSearch & HistogramQueries & UsageQueries & CostQueries;

function serve(port: NonNullable<typeof parentPort>): void {
  const database = connectReadOnly(String(workerData));
  const queries = {
    ...prepareRequestQueries(database),
    ...prepareRequestSearch(database),
    ...prepareRequestHistogram(database),
    ...prepareUsageQueries(database),
    ...prepareCostQueries(database),
  };
  port.on('message', (question: Question | 'close') => {
    if (question === 'close') {
      database.close();
      port.close();
      return;
    }
    port.postMessage(answer(queries, question));
  });
}

/** A journal that has grown to this many pages (16 MB) is begun anew: while writes go on, one is never taken in to its end. */
const pagesPerNewJournal = 4_000;

/**
 * The first step keeps nobody waiting. The second holds the lock for what was written during the first: the writer asks again.
 * Neither waits for a reader, nor fails for one.
 */
function checkpoint(): null {
  const database = connect(String(workerData));
  try {
    database.pragma('busy_timeout = 0');
    const [pages] = database.pragma('wal_checkpoint(PASSIVE)') as { readonly log: number }[];
    if (pages && pages.log >= pagesPerNewJournal) database.pragma('wal_checkpoint(RESTART)');
  } finally {
    database.close();
  }
  return null;
}

function ask(queries: Queries, question: Question): Asked[keyof Asked]['answers'] {
  switch (question.type) {
    case 'list':
      return queries.list(question.about);
    case 'histogram':
      return queries.histogram(question.about);
    case 'get':
      return queries.get(question.about);
    case 'usage':
      return queries.usage(question.about);
    case 'spentHours':
      return queries.spentHours(question.about);
    case 'loggedCosts':
      return queries.loggedCosts(question.about);
    case 'usedModels':
      return queries.usedModels(question.about);
    case 'checkpoint':
      return checkpoint();
  }
}

function answer(queries: Queries, question: Question): Answer {
  const { number } = question;
  try {
    return { number, ok: true, value: ask(queries, question) };
  } catch (error) {
    return { number, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort) serve(parentPort);
