/** Unpacks a release into a new folder, which is there whole or not at all. */
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ArchiveWriter } from './archive-writer.ts';
import type { ReleaseFile } from './pinned-release.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';
import { ArchiveError } from './safe-place.ts';

/** How large it is unpacked is an estimate: only what is far above it is no release. */
const boundFactor = 4;

/**
 * @param folder where it will be, in place of what is there
 * @throws ArchiveError, or the signal's reason; what was there before stays then
 */
export async function unpack(
  archive: string,
  { form, unpackedBytes }: Pick<ReleaseFile, 'form' | 'unpackedBytes'>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const growing = `${folder}.new`;
  await rm(growing, { recursive: true, force: true });
  await mkdir(growing, { recursive: true, mode: 0o700 });
  try {
    const writer = new ArchiveWriter(growing, unpackedBytes * boundFactor, signal);
    if (form === 'zip') await readZip(archive, writer);
    else await readStream(decompressed(archive, form), writer);
    signal.throwIfAborted();
    await rm(folder, { recursive: true, force: true });
    await rename(growing, folder);
  } catch (error) {
    await rm(growing, { recursive: true, force: true });
    signal.throwIfAborted();
    throw inWords(error);
  }
}

/** What stands behind the archive's end is not read, nor what follows a failure: the file must not stay open for it. */
async function readStream(stream: Transform, writer: ArchiveWriter): Promise<void> {
  try {
    await readTar(stream, writer);
  } finally {
    stream.destroy();
  }
}

function decompressed(archive: string, form: 'tar.zst' | 'tgz'): Transform {
  const unpacked = form === 'tgz' ? createGunzip() : createZstdDecompress();
  // Whoever reads is told of a failure by the stream itself.
  return pipeline(createReadStream(archive, { highWaterMark: 1_024 * 1_024 }), unpacked, () => undefined);
}

function inWords(error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC') return new ArchiveError('could not be unpacked: the disk is full', { cause: error });
  if (error instanceof ArchiveError) return error;
  return new ArchiveError(`could not be unpacked (${code || String(error)})`, { cause: error });
}
