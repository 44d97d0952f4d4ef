/** Writes what an archive holds below one folder, and no more of it than was allowed. */
import { link, lstat, mkdir, open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, checkLink, entryParts, makePlace } from './safe-place.ts';

/** Of a file or folder, as archives keep it. */
interface FileEntry {
  readonly name: string;
  /** Of Unix; only whether it is a program counts. */
  readonly mode: number;
}

export class ArchiveWriter {
  readonly #root: string;
  readonly #mostBytes: number;
  readonly #signal: AbortSignal;
  #bytes = 0;
  /** Made last, when nothing is written any more that could go through one of them. */
  readonly #links: { readonly parts: readonly string[]; readonly target: string }[] = [];

  /** @param root a new folder @param mostBytes in all */
  constructor(root: string, mostBytes: number, signal: AbortSignal) {
    this.#root = root;
    this.#mostBytes = mostBytes;
    this.#signal = signal;
  }

  async folder(name: string): Promise<void> {
    const parts = entryParts(name);
    if (parts.length > 0) await mkdir(await makePlace(this.#root, parts), { recursive: true });
  }

  /** @param pieces the file's bytes */
  async file({ name, mode }: FileEntry, pieces: AsyncIterable<Buffer>): Promise<void> {
    const parts = entryParts(name);
    if (parts.length === 0) throw new ArchiveError('holds a file without a name');
    const isProgram = (mode & 0o111) !== 0;
    // A second entry of the same name does not write into the first.
    const handle = await open(await makePlace(this.#root, parts), 'wx', isProgram ? 0o755 : 0o644).catch((cause: unknown) => {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
      throw new ArchiveError(`holds ${JSON.stringify(name.slice(0, 120))} twice`, { cause });
    });
    try {
      for await (const piece of pieces) {
        this.#signal.throwIfAborted();
        this.#bytes += piece.length;
        if (this.#bytes > this.#mostBytes) throw new ArchiveError('holds more than it should');
        // `write` may take a part and say nothing, as on a disk that is about to be full.
        await handle.writeFile(piece);
      }
    } finally {
      await handle.close();
    }
  }

  symbolicLink(name: string, target: string): void {
    const parts = entryParts(name);
    checkLink(parts, target);
    this.#links.push({ parts, target });
  }

  /** Another name of a file that is there already. */
  async hardLink(name: string, target: string): Promise<void> {
    const source = join(this.#root, ...entryParts(target));
    const place = await makePlace(this.#root, entryParts(name));
    const found = await lstat(await makePlace(this.#root, entryParts(target))).catch(() => null);
    if (found?.isFile() !== true)
      throw new ArchiveError(`holds a link to what is not there, ${JSON.stringify(name.slice(0, 120))}`);
    await link(source, place);
  }

  /** Makes the links. */
  async finish(): Promise<void> {
    for (const { parts, target } of this.#links) {
      const place = await makePlace(this.#root, parts);
      if (await lstat(place).catch(() => null))
        throw new ArchiveError(`holds ${JSON.stringify(parts.join('/').slice(0, 120))} twice`);
      await symlink(target, place);
    }
  }
}
