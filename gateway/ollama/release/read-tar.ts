/** Reads a tar archive as it streams by: ustar, with GNU's and POSIX's ways to write long names. */
import type { ArchiveWriter } from './archive-writer.ts';
import { ArchiveError } from './safe-place.ts';

const blockBytes = 512;
/** Of a header's extension: names, never content. */
const longestExtension = 64 * 1_024;

/** Takes so many bytes from a stream of pieces of any size. */
class PieceReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  /** Gives the next bytes in pieces. @throws ArchiveError when there are fewer */
  async *take(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      if (this.#held.length === 0) await this.#fill();
      const piece = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async whole(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.take(bytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async skip(bytes: number): Promise<void> {
    for (const pieces = this.take(bytes); (await pieces.next()).done !== true; ) continue;
  }

  async #fill(): Promise<void> {
    const { value, done } = await this.#pieces.next();
    if (done === true) throw new ArchiveError('ends too early');
    this.#held = value;
  }
}

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly target: string;
}

/** What an extension says of the entry behind it. */
type Extension = Partial<Pick<Header, 'name' | 'size' | 'target'>>;

/** @throws ArchiveError for one that is broken or leads out of its folder */
export async function readTar(stream: AsyncIterable<Buffer>, writer: ArchiveWriter): Promise<void> {
  const reader = new PieceReader(stream);
  let extension: Extension = {};
  for (;;) {
    const block = await reader.whole(blockBytes);
    if (block.every((byte) => byte === 0)) break;
    const header = { ...readHeader(block), ...extension };
    const told = await readExtension(header, reader);
    extension = told === null ? {} : { ...extension, ...told };
    if (told === null) await writeEntry(header, reader, writer);
    await reader.skip((blockBytes - (header.size % blockBytes)) % blockBytes);
  }
  await writer.finish();
}

function readHeader(block: Buffer): Header {
  const text = (from: number, length: number): string => {
    const field = block.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.subarray(0, end === -1 ? length : end).toString('utf8');
  };
  // The sum counts its own place as spaces.
  const sum = block.reduce((total, byte, place) => total + (place >= 148 && place < 156 ? 32 : byte), 0);
  if (sum !== Number.parseInt(text(148, 8), 8)) throw new ArchiveError('is no tar archive, or is broken');
  const prefix = text(257, 5) === 'ustar' && text(345, 155) !== '' ? `${text(345, 155)}/` : '';
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix + text(0, 100),
    mode: readNumber(block, 100, 8),
    size: readNumber(block, 124, 12),
    type,
    target: text(157, 100),
  };
}

/** In octal digits, or, where those have no room, in binary behind a set first bit. */
function readNumber(block: Buffer, from: number, length: number): number {
  const field = block.subarray(from, from + length);
  const isBinary = ((field[0] ?? 0) & 0x80) !== 0;
  const value = isBinary
    ? field.subarray(1).reduce((total, byte) => total * 256 + byte, 0)
    : Number.parseInt(field.toString('latin1').replaceAll('\0', ' ').trim() || '0', 8);
  if (!Number.isSafeInteger(value)) throw new ArchiveError('is no tar archive, or is broken');
  return value;
}

/** @returns null for an entry of its own */
async function readExtension({ type, size }: Header, reader: PieceReader): Promise<Extension | null> {
  if (!['L', 'K', 'x', 'g'].includes(type)) return null;
  if (size > longestExtension) throw new ArchiveError('holds a name that is too long');
  const text = (await reader.whole(size)).toString('utf8');
  if (type === 'L') return { name: text.replace(/\0.*$/s, '') };
  if (type === 'K') return { target: text.replace(/\0.*$/s, '') };
  return type === 'x' ? readRecords(text) : {};
}

/** `<length> <key>=<value>\n`, one behind the other. */
function readRecords(text: string): Extension {
  const found: { name?: string; target?: string; size?: number } = {};
  for (const [, key, value = ''] of text.matchAll(/^\d+ ([^=\n]+)=(.*)$/gm)) {
    if (key === 'path') found.name = value;
    if (key === 'linkpath') found.target = value;
    if (key === 'size') found.size = Number(value);
  }
  if (found.size !== undefined && !Number.isSafeInteger(found.size)) throw new ArchiveError('is broken');
  return found;
}

async function writeEntry({ name, mode, size, type, target }: Header, reader: PieceReader, writer: ArchiveWriter): Promise<void> {
  if (type === '0' || type === '\0' || type === '7') return writer.file({ name, mode }, reader.take(size));
  if (size > 0) await reader.skip(size);
  if (type === '5') return writer.folder(name);
  if (type === '2') return writer.symbolicLink(name, target);
  if (type === '1') return writer.hardLink(name, target);
  throw new ArchiveError(`holds something that is neither file nor folder, ${JSON.stringify(name.slice(0, 120))}`);
}
