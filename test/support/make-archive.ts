/** Makes tar and zip archives by hand, so that a test may put anything into one. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly content?: string;
  /** As tar writes it: `0` a file, `5` a folder, `2` a link, `1` another name, and others that nobody should unpack. */
  readonly type?: string;
  readonly target?: string;
  readonly mode?: number;
}

const blockBytes = 512;

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)]);
}

function tarEntry({ name, content = '', type = '0', target = '', mode = 0o644 }: TarEntry): Buffer {
  if (name.length > 100)
    return Buffer.concat([
      tarEntry({ name: '././@LongLink', content: `${name}\0`, type: 'L' }),
      tarEntry({ name: name.slice(0, 100), content, type, target, mode }),
    ]);
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(Buffer.byteLength(content), 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(target, 157);
  header.write('ustar\x0000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return Buffer.concat([header, padded(Buffer.from(content))]);
}

export function makeTar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(blockBytes * 2)]);
}

export interface ZipEntry {
  readonly name: string;
  readonly content?: string;
  readonly stored?: boolean;
  /** Of Unix, with its kind: `0o120777` is a link. */
  readonly mode?: number;
  /** In place of the true one. */
  readonly crc?: number;
}

export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', stored = false, mode = 0, crc = crc32(content) } of entries) {
    const packed = stored ? Buffer.from(content) : deflateRawSync(content);
    const sizes = (header: Buffer, at: number): void => {
      header.writeUInt32LE(crc, at);
      header.writeUInt32LE(packed.length, at + 4);
      header.writeUInt32LE(Buffer.byteLength(content), at + 8);
      header.writeUInt16LE(Buffer.byteLength(name), at + 12);
    };
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(stored ? 0 : 8, 8);
    sizes(local, 14);
    const file = Buffer.concat([local, Buffer.from(name), packed]);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    sizes(entry, 16);
    entry.writeUInt32LE((mode << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    list.push(entry, Buffer.from(name));
    files.push(file);
    offset += file.length;
  }
  const listed = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}
