/** Reads a zip archive by its list at the end, also one larger than four gigabytes; each file is held against its checksum. */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { ArchiveWriter } from './archive-writer.ts';
import { ArchiveError } from './safe-place.ts';

interface Entry {
  readonly name: string;
  readonly mode: number;
  /** 0: as it is, 8: deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const listEnd = 0x06054b50;
const largeListEnd = 0x06064b50;
const largeListLocator = 0x07064b50;
const listEntry = 0x02014b50;
const localHeader = 0x04034b50;
/** The end of the list, and the longest comment behind it. */
const tailBytes = 22 + 0xff_ff;
const mostListBytes = 16 * 1_024 * 1_024;
const mode16 = 0xff_ff;
const mode32 = 0xff_ff_ff_ff;

/** @throws ArchiveError for one that is broken or leads out of its folder */
export async function readZip(file: string, writer: ArchiveWriter): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    for (const entry of await readList(handle, size)) await writeEntry(handle, entry, writer);
    await writer.finish();
  } finally {
    await handle.close();
  }
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (position < 0 || bytesRead < length) throw new ArchiveError('ends too early');
  return buffer;
}

async function readList(handle: FileHandle, size: number): Promise<Entry[]> {
  const tail = await read(handle, Math.max(0, size - tailBytes), Math.min(size, tailBytes));
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (at === -1 || tail.readUInt32LE(at) !== listEnd) throw new ArchiveError('is no zip archive, or is cut off');
  const place = await placeOfList(handle, tail, at, size);
  if (place.bytes > mostListBytes) throw new ArchiveError('holds too many files');
  const list = await read(handle, place.offset, place.bytes);
  const entries: Entry[] = [];
  for (let from = 0; entries.length < place.count; ) {
    if (from + 46 > list.length || list.readUInt32LE(from) !== listEntry) throw new ArchiveError('is broken');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => list.readUInt16LE(from + field));
    entries.push(readEntry(list.subarray(from), nameBytes ?? 0, extraBytes ?? 0));
    from += 46 + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return entries;
}

/** Where the list lies; of a large archive a second end, before the first, tells. */
async function placeOfList(handle: FileHandle, tail: Buffer, at: number, size: number) {
  const small = { count: tail.readUInt16LE(at + 10), bytes: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  if (small.count !== mode16 && small.bytes !== mode32 && small.offset !== mode32) return small;
  const locatorAt = at - 20;
  if (locatorAt < 0 || tail.readUInt32LE(locatorAt) !== largeListLocator) throw new ArchiveError('is broken');
  const end = await read(handle, Math.min(size, readLarge(tail, locatorAt + 8)), 56);
  if (end.readUInt32LE(0) !== largeListEnd) throw new ArchiveError('is broken');
  return { count: readLarge(end, 32), bytes: readLarge(end, 40), offset: readLarge(end, 48) };
}

function readLarge(buffer: Buffer, at: number): number {
  const value = Number(buffer.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw new ArchiveError('is broken');
  return value;
}

function readEntry(list: Buffer, nameBytes: number, extraBytes: number): Entry {
  const name = list.subarray(46, 46 + nameBytes).toString('utf8');
  const extra = list.subarray(46 + nameBytes, 46 + nameBytes + extraBytes);
  const sizes = { bytes: list.readUInt32LE(24), packedBytes: list.readUInt32LE(20), offset: list.readUInt32LE(42) };
  // The upper half are Unix's own bits, where a Unix program made the archive.
  const mode = list.readUInt32LE(38) >>> 16;
  if ((list.readUInt16LE(8) & 1) !== 0) throw new ArchiveError('is encrypted');
  return { name, mode, method: list.readUInt16LE(10), crc: list.readUInt32LE(16), ...largeSizes(sizes, extra) };
}

/** What did not fit stands in an extension, in this order and only if it did not fit. */
function largeSizes(sizes: Pick<Entry, 'bytes' | 'packedBytes' | 'offset'>, extra: Buffer) {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let from = at + 4;
    const next = (value: number): number => {
      if (value !== mode32) return value;
      if (from + 8 > extra.length) throw new ArchiveError('is broken');
      from += 8;
      return readLarge(extra, from - 8);
    };
    return { bytes: next(sizes.bytes), packedBytes: next(sizes.packedBytes), offset: next(sizes.offset) };
  }
  return sizes;
}

const fileKinds = 0o170000;
const regular = 0o100000;

async function writeEntry(handle: FileHandle, entry: Entry, writer: ArchiveWriter): Promise<void> {
  const { name, mode } = entry;
  if (name.endsWith('/')) return writer.folder(name);
  const kind = mode & fileKinds;
  if (kind !== 0 && kind !== regular)
    throw new ArchiveError(`holds something that is neither file nor folder, ${JSON.stringify(name)}`);
  // Windows' own programs are not marked as such.
  await writer.file({ name, mode: mode === 0 ? 0o755 : mode }, contentOf(handle, entry));
}

async function* contentOf(handle: FileHandle, { name, method, crc, packedBytes, bytes, offset }: Entry): AsyncGenerator<Buffer> {
  const head = await read(handle, offset, 30);
  if (head.readUInt32LE(0) !== localHeader) throw new ArchiveError('is broken');
  const start = offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  const packed = piecesOf(handle, start, packedBytes);
  if (method !== 0 && method !== 8) throw new ArchiveError(`packs ${JSON.stringify(name)} in a way that is not known`);
  let sum = 0;
  let length = 0;
  for await (const piece of method === 0 ? packed : inflated(packed)) {
    sum = crc32(piece, sum);
    length += piece.length;
    if (length > bytes) break;
    yield piece;
  }
  if (sum !== crc || length !== bytes) throw new ArchiveError(`is broken: ${JSON.stringify(name)} is not as it should be`);
}

const pieceBytes = 256 * 1_024;

async function* piecesOf(handle: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += pieceBytes) yield await read(handle, start + at, Math.min(pieceBytes, length - at));
}

async function* inflated(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw();
  const feed = (async () => {
    for await (const piece of packed) if (!inflate.write(piece)) await new Promise((resolve) => inflate.once('drain', resolve));
    inflate.end();
  })().catch((error: unknown) => inflate.destroy(error instanceof Error ? error : new Error(String(error))));
  try {
    yield* inflate as AsyncIterable<Buffer>;
    await feed;
  } finally {
    inflate.destroy();
  }
}
