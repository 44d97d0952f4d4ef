/** A small sound PNG, for programs that look into what they send. */
import { crc32, deflateSync } from 'node:zlib';

const side = 32;

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type), data]);
  const bytes = Buffer.alloc(content.length + 8);
  bytes.writeUInt32BE(data.length);
  content.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(content), content.length + 4);
  return bytes;
}

/** @param shade tells pictures apart: 0 to 255 */
export function makePicture(shade: number): Buffer {
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  // Every line begins with the number of its filter: none.
  const line = Buffer.alloc(1 + side * 3, shade);
  line[0] = 0;
  const pixels = deflateSync(Buffer.concat(Array(side).fill(line)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
