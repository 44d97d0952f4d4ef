/** The reader thread: answers slow questions from a connection of its own that cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RequestDetail } from '../contract/records.ts';
import { connectReadOnly } from './connect.ts';
import { type Page, type PageRequest, prepareRequestQueries, type RequestQueries } from './request-queries.ts';

/** What the handle asks. `number` comes back with the answer. */
export type Question =
  | { readonly type: 'list'; readonly number: number; readonly page: PageRequest }
  | { readonly type: 'get'; readonly number: number; readonly key: number };

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

function answer(queries: RequestQueries, question: Question): Answer {
  const { number } = question;
  try {
    return { number, ok: true, value: question.type === 'list' ? queries.list(question.page) : queries.get(question.key) };
  } catch (error) {
    return { number, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort) serve(parentPort);
