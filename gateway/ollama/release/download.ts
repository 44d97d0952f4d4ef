/** Fetches one large file over HTTPS: goes on where it stopped, and is only done when every byte is as promised. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Send, UpstreamHandler } from '../../upstream/transport.ts';

export interface DownloadInput {
  readonly send: Send;
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** What has to be free beside what is still to come. */
  readonly reserveBytes: number;
  /** Where it will lie; `<file>.part` while it grows. */
  readonly file: string;
  readonly signal: AbortSignal;
  onProgress(bytesDone: number): void;
  onVerifying(): void;
  /** Bytes that are free on the folder's disk; the system's own answer where left out. */
  freeBytes?(folder: string): Promise<number>;
}

/** Why it did not come, in a sentence. */
export class DownloadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DownloadError';
  }
}

const timeouts = { connectMs: 30_000, firstByteMs: 60_000, idleMs: 60_000 };
const mostRedirects = 5;
/** A connection that breaks off is taken up again so often, if it brought anything. */
const mostTries = 20;

/** @throws DownloadError; or the signal's reason when it was ended */
export async function download(input: DownloadInput): Promise<void> {
  const part = `${input.file}.part`;
  await mkdir(dirname(part), { recursive: true, mode: 0o700 });
  if ((await sizeOf(part)) > input.bytes) await forget(input.file);
  await checkSpace(input, await sizeOf(part));
  let tries = 0;
  for (let done = await sizeOf(part); done < input.bytes; ) {
    const before = done;
    const problem = await fetchRest(input, part, done);
    input.signal.throwIfAborted();
    done = await sizeOf(part);
    tries = done > before ? 0 : tries + 1;
    if (problem !== null && (tries > 0 || problem.isFinal)) throw new DownloadError(problem.words);
    if (tries >= mostTries) throw new DownloadError('The server sends nothing more; try again later.');
  }
  input.onVerifying();
  const found = await hashFile(part, input.signal);
  if (found === input.sha256) return;
  await forget(input.file);
  throw new DownloadError(
    'What was fetched is not what Gatehouse knows this release to be (its checksum differs), so it was thrown away. Try again; if it happens again, something on the way changes it.',
  );
}

/** Throws away what came of a download. */
export async function forget(file: string): Promise<void> {
  await Promise.all([`${file}.part`, `${file}.part.tag`].map((one) => rm(one, { force: true })));
}

/** Where the finished download lies. */
export const downloadedFile = (file: string): string => `${file}.part`;

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function checkSpace({ file, bytes, reserveBytes, freeBytes = freeOn }: DownloadInput, done: number): Promise<void> {
  const needed = bytes - done + reserveBytes;
  const free = await freeBytes(dirname(file));
  if (free >= needed) return;
  throw new DownloadError(
    `There is not enough room for it: it needs ${gigabytes(needed)} on the disk of ${dirname(file)}, and ${gigabytes(free)} are free. Make room and try again.`,
  );
}

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

interface Problem {
  readonly words: string;
  /** Trying again at once would not help. */
  readonly isFinal: boolean;
}

/** @returns why it stopped before the end; null when it did not */
async function fetchRest(input: DownloadInput, part: string, from: number): Promise<Problem | null> {
  const tag = from > 0 ? await readFile(`${part}.tag`, 'utf8').catch(() => '') : '';
  // Without a tag the rest of another file could be put behind the beginning of this one.
  const start = tag === '' ? 0 : from;
  const handle = await open(part, start > 0 ? 'a' : 'w', 0o600);
  try {
    let url = input.url;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const outcome = await receive({ ...input, url, handle, start, tag, part });
      if (!('location' in outcome)) return outcome.problem;
      const next = URL.canParse(outcome.location, url) ? new URL(outcome.location, url) : null;
      if (next === null || !isAllowed(next, input.url))
        return { words: 'The server sends on to an address that is not taken.', isFinal: true };
      url = next.href;
    }
    return { words: 'The server sends on without end.', isFinal: true };
  } finally {
    await handle.close();
  }
}

/** What began encrypted stays so. */
function isAllowed(next: URL, first: string): boolean {
  return next.protocol === 'https:' || (next.protocol === 'http:' && first.startsWith('http:'));
}

interface Receiving extends DownloadInput {
  readonly handle: FileHandle;
  readonly start: number;
  readonly tag: string;
  readonly part: string;
}

type Outcome = { readonly location: string } | { readonly problem: Problem | null };

function receive({ send, url, handle, start, tag, part, bytes, signal, onProgress }: Receiving): Promise<Outcome> {
  const { origin, pathname, search } = new URL(url);
  const range = start > 0 ? ['range', `bytes=${start}-`, 'if-range', tag] : [];
  const headers = ['user-agent', 'gatehouse', 'accept-encoding', 'identity', ...range];
  return new Promise((resolve) => {
    let done = start;
    let writing: Promise<void> = Promise.resolve();
    const finish = (outcome: Outcome): void => {
      signal.removeEventListener('abort', abort);
      call?.abort();
      void writing.then(
        () => resolve(outcome),
        (error: unknown) => resolve({ problem: { words: writeProblem(error), isFinal: true } }),
      );
    };
    const abort = (): void => finish({ problem: null });
    const write = async (chunk: Buffer): Promise<void> => {
      await handle.appendFile(chunk);
      onProgress(done);
      call?.resume();
    };
    const begin = async (etag: string): Promise<void> => {
      if (done === 0 && start > 0) await handle.truncate(0);
      await writeFile(`${part}.tag`, etag, { mode: 0o600 });
    };
    const handler: UpstreamHandler = {
      onHead(status, answer) {
        const location = answer.location;
        if (status >= 300 && status < 400 && typeof location === 'string') return finish({ location });
        if (status !== 200 && status !== 206) return finish({ problem: refusal(status) });
        if (status === 200) done = 0;
        const etag = typeof answer.etag === 'string' && !answer.etag.startsWith('W/') ? answer.etag : '';
        writing = begin(etag);
        writing.catch(() => finish({ problem: null }));
      },
      onData(chunk) {
        // A call that is resumed at the end of what came tells of nothing, again and again.
        if (chunk.length === 0) return;
        done += chunk.length;
        if (done > bytes) return finish({ problem: { words: 'The server sends more than the release has.', isFinal: true } });
        call?.pause();
        writing = writing.then(() => write(chunk));
        writing.catch(() => finish({ problem: null }));
      },
      onEnd: () => finish({ problem: done < bytes ? { words: 'The connection ended too early.', isFinal: false } : null }),
      onError: (error) => finish({ problem: { words: `The server cannot be reached: ${error.message}.`, isFinal: false } }),
    };
    const call = send({ method: 'GET', origin, path: pathname + search, headers, body: null, timeouts }, handler);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}

function refusal(status: number): Problem {
  const words =
    status === 404 ? 'The server does not have it any more.' : `The server refused it with ${status}; try again later.`;
  return { words, isFinal: true };
}

function writeProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC') return 'The disk is full; make room and try again.';
  return `It could not be written (${code || String(error)}).`;
}

async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1_024 * 1_024 })) hash.update(chunk);
  return hash.digest('hex');
}
