/** Recorded answers of real providers, with what they mean, from the folder beside the project; none where it is missing. */
import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';

const reader = join(import.meta.dirname, '../../../../../shared/fixtures/reader/fixtures.mjs');
export const hasRecordings = existsSync(reader);

/** What an answer means, in the reader's words. */
export interface Meaning {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly { readonly name: string; readonly args: unknown }[];
  readonly finish: string | null;
  readonly usage: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly error: unknown;
  readonly choices: number;
}

export interface Recording {
  readonly file: string;
  readonly provider: string;
  readonly protocol: string;
  readonly status: number;
  readonly stream: boolean;
  readonly bytes: Buffer;
  readonly expected?: Meaning;
  readonly bad?: string;
}

interface Reader {
  allFiles(): readonly string[];
  loadFile(file: string): readonly Recording[];
}

/** @returns the sound recordings of good answers in a protocol of the reader (`openai-chat`, `completions`, `embeddings`) */
export function loadRecordings(protocol: string): readonly Recording[] {
  // The reader stands outside of the project and has no packages of its own.
  const parentURL = import.meta.url;
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name, name === 'yaml' ? { ...context, parentURL } : context),
  });
  const { allFiles, loadFile }: Reader = createRequire(parentURL)(reader);
  hooks.deregister();
  const recordings = allFiles().flatMap((file) => loadFile(file));
  return recordings.filter((each) => each.protocol === protocol && each.status === 200 && each.bad === undefined);
}
