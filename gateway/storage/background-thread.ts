/** The background thread: slow questions and checkpoints, on connections of its own, so that no request waits for either. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RequestDetail } from '../contract/records.ts';
import { connect, connectReadOnly } from './connect.ts';
import { type Page, type PageRequest, prepareRequestQueries, type RequestQueries } from './request-queries.ts';

/** What the handle asks. `number` comes back with the answer. */
export type Question =
  | { readonly type: 'list'; readonly number: number; readonly page: PageRequest }
  | { readonly type: 'get'; readonly number: number; readonly key: number }
  /** Takes the journal into the database, as far as nobody is in the way. */
  | { readonly type: 'checkpoint'; readonly number: number };

export type Answer = { readonly number: number } & (
  | { readonly ok: true; readonly value: Page | RequestDetail | null }
  | { readonly ok: false; readonly message: string }
);

function serve(port: NonNullable<typeof parentPort>): void {
  const database = connectReadOnly(String(workerData));
  const queries = prepareRequestQueries(database);
  port.on('message', (question: Question | 'close') => {
    if (question === 'close') {
      database.close();
      port.close();
      return;
    }
    port.postMessage(answer(queries, question));
  });
}

function checkpoint(): null {
  const database = connect(String(workerData));
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } finally {
    database.close();
  }
  return null;
}

function ask(queries: RequestQueries, question: Question): Page | RequestDetail | null {
  switch (question.type) {
    case 'list':
      return queries.list(question.page);
    case 'get':
      return queries.get(question.key);
    case 'checkpoint':
      return checkpoint();
  }
}

function answer(queries: RequestQueries, question: Question): Answer {
  const { number } = question;
  try {
    return { number, ok: true, value: ask(queries, question) };
  } catch (error) {
    return { number, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort) serve(parentPort);
