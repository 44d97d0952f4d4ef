/** Reads how large a picture is from the first bytes of its file: PNG, JPEG, GIF and WebP, each by its own specification. */
import type { Pixels } from '../../chat/request-size.ts';

/** @param head the file's first bytes; @returns null where they do not tell */
export function readPixels(head: Buffer): Pixels | null {
  const pixels = sizeIn(head);
  return pixels !== null && pixels.width > 0 && pixels.height > 0 ? pixels : null;
}

function sizeIn(head: Buffer): Pixels | null {
  if (head.length < 30) return null;
  // PNG: the first chunk is IHDR.
  if (head.readUInt32BE(0) === 0x89504e47) return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  if (head.toString('latin1', 0, 4) === 'GIF8') return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP') return webpSize(head);
  return head.readUInt16BE(0) === 0xffd8 ? jpegSize(head) : null;
}

/** RFC 9649. */
function webpSize(head: Buffer): Pixels | null {
  const form = head.toString('latin1', 12, 16);
  if (form === 'VP8X') return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
  if (form === 'VP8 ') return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  if (form !== 'VP8L') return null;
  const bits = head.readUInt32LE(21);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** ITU T.81: segment after segment, up to the one that begins a frame. */
function jpegSize(head: Buffer): Pixels | null {
  let at = 2;
  while (at + 9 <= head.length) {
    if (head[at] !== 0xff) return null;
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    at += 2 + head.readUInt16BE(at + 2);
  }
  return null;
}
