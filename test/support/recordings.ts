/** Recorded answers of real providers, with what an independent reader says they mean, from the folder beside the project. */
import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import type { DialectName } from '../../gateway/dialects/index.ts';

/** What an answer means, in the reader's words. */
export interface Meaning {
  readonly text: string;
  /** The pieces of a stream's text, joined, where they are not the text that it ends with. */
  readonly deltaText?: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly { readonly name: string; readonly args: unknown }[];
  readonly finish: string | null;
  readonly usage: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly error: unknown;
}

export interface Recording {
  readonly id: string;
  readonly file: string;
  readonly protocol: string;
  readonly status: number;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** What was asked, where that was recorded: its JSON. */
  readonly request?: unknown;
  readonly expected?: Meaning;
  readonly bad?: string;
}

/** A dialect's independent reader. */
interface Canon {
  json(body: unknown): Meaning;
  stream(events: readonly unknown[]): Meaning;
}

const folder = join(import.meta.dirname, '../../../shared/fixtures/reader');
export const recordingsAreHere = existsSync(folder);
export const noRecordings = 'not on this machine: ../shared/fixtures is missing';

/** The reader stands outside of the project and has no packages of its own: it finds them here. */
function requireReader<Module>(file: string): Module {
  const parentURL = import.meta.url;
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name, name === 'yaml' ? { ...context, parentURL } : context),
  });
  const module: Module = createRequire(parentURL)(join(folder, file));
  hooks.deregister();
  return module;
}

const protocols: Readonly<Partial<Record<DialectName, string>>> = {
  'openai-chat': 'openai-chat',
  'openai-completions': 'completions',
  'openai-responses': 'openai-responses',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
  ollama: 'ollama',
};

/** The sound recordings of good answers, by the dialect they are in. */
export function loadRecordings(): ReadonlyMap<DialectName, readonly Recording[]> {
  if (!recordingsAreHere) return new Map();
  const { allFiles, loadFile } = requireReader<{
    allFiles(): readonly string[];
    loadFile(file: string): readonly Recording[];
  }>('fixtures.mjs');
  const all = allFiles().flatMap((file) => loadFile(file));
  const sound = all.filter(({ status, bad, expected }) => status === 200 && bad === undefined && expected !== undefined);
  return new Map(
    Object.entries(protocols).map(([dialect, protocol]) => [
      dialect as DialectName,
      sound.filter((recording) => recording.protocol === protocol),
    ]),
  );
}

/** Reads an answer in a dialect, independently of our own readers. */
export function canonOf(dialect: DialectName): Canon {
  const { CANON } = requireReader<{ CANON: Readonly<Record<string, Canon>> }>('canonical.mjs');
  const canon = CANON[protocols[dialect] ?? ''];
  if (!canon) throw new Error(`the reader does not read ${dialect}`);
  return canon;
}
