/** Recorded answers of real providers in Anthropic's dialect, with what each of them means. */
import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';

export interface Meaning {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly name: string; readonly args: unknown }[];
  readonly finish: string | null;
  readonly usage: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly error: unknown;
}

export interface Recording {
  readonly file: string;
  readonly protocol: string;
  readonly stream: boolean;
  readonly status: number;
  readonly bytes: Buffer;
  readonly request: unknown;
  readonly expected: Meaning;
  /** Why it proves nothing. */
  readonly bad?: string;
}

interface Reader {
  allFiles(): readonly string[];
  loadFile(file: string): readonly Recording[];
}

const reader = join(import.meta.dirname, '../../../../../shared/fixtures/reader/fixtures.mjs');

export const recordingsAreHere = existsSync(reader);

/** The reader stands outside the project: Node itself loads it, and it finds its packages here. */
export function loadRecordings(): readonly Recording[] {
  if (!recordingsAreHere) return [];
  registerHooks({
    resolve: (name, context, next) => next(name, name === 'yaml' ? { ...context, parentURL: import.meta.url } : context),
  });
  const { allFiles, loadFile }: Reader = createRequire(import.meta.url)(reader);
  return allFiles()
    .flatMap(loadFile)
    .filter(({ protocol, status }) => protocol === 'anthropic' && status === 200);
}
