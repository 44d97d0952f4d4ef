/** The config document as a file: read with refusals that name the place, written so that it is whole at every moment. */
import { randomBytes } from 'node:crypto';
import { lstat, readFile, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type ConfigProblem, type GatewayConfigDocument, parseConfig } from '../contract/config.ts';
import { errorCode } from '../files/error-code.ts';
import { syncFolder, writeNewFile } from '../files/write-durably.ts';
import { parseJsonText } from './json-text.ts';

export type ConfigDocument = Readonly<Record<string, unknown>>;

/** What a look at the file found. `text` is null when it could not even be read as text. */
export type ConfigReading =
  | { readonly state: 'missing' }
  | { readonly state: 'refused'; readonly text: string | null; readonly problems: readonly ConfigProblem[] }
  | { readonly state: 'read'; readonly text: string; readonly document: ConfigDocument };

/** What a fresh install begins with, written out so that there is something to edit. */
export const firstDocument = {
  version: 1,
  listen: { host: '127.0.0.1', port: 4283, allowedOrigins: [], allowedHosts: [] },
  access: { requireKey: true },
  providers: [{ id: 'demo', kind: 'demo' }],
  aliases: {},
  policy: { rules: [] },
} as const satisfies DeepReadonly<GatewayConfigDocument>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** Larger than any config a person writes; a wrong `--config` must not fill the memory. */
const largestFile = 8 * 1024 * 1024;

/** The config file cannot be used. `field` is the first problem's path, null when the file itself is the trouble. */
export class ConfigFileError extends Error {
  readonly file: string;
  readonly field: string | null;

  constructor(file: string, problems: readonly ConfigProblem[], cause?: unknown) {
    super(`${file}: ${describeProblems(problems)}`, { cause });
    this.name = 'ConfigFileError';
    this.file = file;
    this.field = problems[0]?.path || null;
  }
}

/** One sentence that names each field and what is wrong with the first. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const [first, ...others] = problems;
  if (!first) return 'cannot be used.';
  const place = first.path ? `${first.path}: ` : '';
  const more = others.length > 0 ? ` (and ${others.length} more: ${others.map((problem) => problem.path).join(', ')})` : '';
  return `${place}${first.message}${more}.`;
}

/** The one way a document is written: two spaces, a newline at the end. */
export function formatDocument(document: ConfigDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Reads and checks the file. Whatever it holds, this does not throw. */
export async function readConfigFile(file: string): Promise<ConfigReading> {
  let bytes: Buffer;
  try {
    const found = await stat(file);
    if (!found.isFile()) return refused(null, '', 'is not a regular file');
    if (found.size > largestFile) return refused(null, '', 'is larger than 8 MiB');
    bytes = await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { state: 'missing' };
    return refused(null, '', `cannot be read (${errorCode(error)})`);
  }
  try {
    return readConfigText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refused(null, '', 'is not UTF-8 text');
  }
}

function readConfigText(text: string): ConfigReading {
  const json = parseJsonText(text);
  if (!json.ok) return refused(text, '', `line ${json.line}, column ${json.column}: ${json.message}`);
  const { value } = json;
  if (!isDocument(value)) return refused(text, '', 'must hold one JSON object');
  const parsed = parseConfig(value);
  return parsed.ok ? { state: 'read', text, document: value } : { state: 'refused', text, problems: parsed.problems };
}

function isDocument(value: unknown): value is ConfigDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(text: string | null, at: string, message: string): ConfigReading {
  return { state: 'refused', text, problems: [{ path: at, message }] };
}

/**
 * Replaces the file's content in one step (mode 0600): after a crash at any moment the file is the old or the new one.
 * A symbolic link stays a link; the file it leads to is replaced.
 * @throws Error with a sentence when the disk refuses; the old content is then still there
 */
export async function writeConfigFile(file: string, text: string): Promise<void> {
  const target = await findTarget(file);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNewFile(temporary, text);
    await rename(temporary, target);
    await syncFolder(path.dirname(target));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw new Error(`The config could not be saved to ${target} (${describeWriteError(error)}).`, { cause: error });
  }
}

/** Where the content lives, also when the file is a link to something that is not there yet. */
async function findTarget(file: string, linksLeft = 40): Promise<string> {
  const resolved = await realpath(file).catch(() => null);
  if (resolved !== null) return resolved;
  const link = await lstat(file).catch(() => null);
  if (!link?.isSymbolicLink() || linksLeft === 0) return path.resolve(file);
  return findTarget(path.resolve(path.dirname(file), await readlink(file)), linksLeft - 1);
}

function describeWriteError(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOSPC') return 'the disk is full';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `the folder may not be written to, ${code}`;
  if (code === 'EBUSY') return 'the file is a mount of its own and cannot be replaced: mount its folder instead, EBUSY';
  return code;
}
