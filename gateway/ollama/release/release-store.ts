/** The releases in the data folder: the one in use, the one before it, and the way from one to the other. */
import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DownloadError, download, downloadedFile, forget } from './download.ts';
import type { DownloadInput } from './download.ts';
import type { ReleaseFile } from './pinned-release.ts';
import { ArchiveError } from './safe-place.ts';
import { unpack } from './unpack.ts';

export type FetchInput = Pick<DownloadInput, 'send' | 'signal' | 'onProgress' | 'onVerifying' | 'freeBytes'> & {
  onUnpacking(): void;
};

/** The one in use and those that a return would lead to, the newest use first. */
export interface ReleaseUse {
  readonly versions: readonly string[];
}

/** Kept for a return: the one in use and the one before. */
const kept = 2;

export class ReleaseStore {
  readonly #folder: string;

  /** @param folder of its own, in the data folder */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the program of a version lies. */
  programOf(version: string, program: string): string {
    return join(this.#folder, version, ...program.split('/'));
  }

  /** The versions that are whole. */
  async installed(program: string): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = names.filter((name) => /^\d+\.\d+\.\d+[0-9A-Za-z.-]*$/.test(name) && !name.endsWith('.new'));
    const whole = await Promise.all(found.map((version) => isThere(this.programOf(version, program))));
    return found.filter((_version, place) => whole[place]);
  }

  /**
   * Fetches a release and unpacks it.
   * @throws DownloadError with a sentence; what came is kept for the next time unless it was wrong
   */
  async fetch(release: ReleaseFile, input: FetchInput): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#archive(release);
    const { url, sha256, bytes, unpackedBytes, version } = release;
    const { onUnpacking, ...rest } = input;
    await download({ ...rest, url, sha256, bytes, file, reserveBytes: unpackedBytes });
    onUnpacking();
    try {
      await unpack(downloadedFile(file), release, join(this.#folder, version), input.signal);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      throw new DownloadError(`The release ${error.message}.`, { cause: error });
    }
    if (!(await isThere(this.programOf(version, release.program)))) {
      await rm(join(this.#folder, version), { recursive: true, force: true });
      throw new DownloadError('The release does not hold the program that it should.');
    }
    await forget(file);
  }

  /** Throws away what came of a download that was not finished. */
  async forget(release: ReleaseFile): Promise<void> {
    await forget(this.#archive(release));
  }

  /** Removes what is neither in use nor kept for a return. */
  async prune(use: ReleaseUse): Promise<void> {
    const wanted = new Set(use.versions.slice(0, kept));
    const names = await readdir(this.#folder).catch(() => []);
    const old = names.filter((name) => /^\d+\.\d+\.\d+/.test(name) && !wanted.has(name));
    await Promise.all(old.map((name) => rm(join(this.#folder, name), { recursive: true, force: true })));
  }

  #archive({ version, form }: ReleaseFile): string {
    return join(this.#folder, `download-${version}.${form}`);
  }
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
