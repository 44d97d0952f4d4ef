/** How large a picture is, from the first bytes of its file. */
import { expect, test } from 'vitest';
import { readPixels } from '../../../../gateway/dialects/json/image-pixels.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const rest = '00'.repeat(32);

test.each([
  ['PNG', `89504e470d0a1a0a 0000000d 49484452 00000320 00000258 ${rest}`, 800, 600],
  ['GIF', `474946383961 2003 5802 ${rest}`, 800, 600],
  ['WebP, lossy', `52494646 00000000 57454250 56503820 00000000 000000 9d012a 2003 5802 ${rest}`, 800, 600],
  ['WebP, lossless', `52494646 00000000 57454250 5650384c 00000000 2f 1fc39500 ${rest}`, 800, 600],
  ['WebP, extended', `52494646 00000000 57454250 56503858 0a000000 00000000 1f0300 570200 ${rest}`, 800, 600],
  ['JPEG', `ffd8 ffe0 0010 ${'00'.repeat(14)} ffdb 0004 0000 ff ffc2 0011 08 0258 0320 ${rest}`, 800, 600],
])('of a %s', (_, header, width, height) => {
  expect(readPixels(hex(header))).toEqual({ width, height });
});

test.each([
  ['nothing', ''],
  ['text', Buffer.from('a text that is long enough to be a header').toString('hex')],
  ['a PNG without height', `89504e470d0a1a0a 0000000d 49484452 00000320 00000000 ${rest}`],
  ['a JPEG whose segments lead past its end', `ffd8 ffe0 ffff ${rest}`],
  ['a JPEG whose segments have no length', `ffd8 ffe0 0000 ${rest}`],
])('is not known of %s', (_, header) => {
  expect(readPixels(hex(header))).toBeNull();
});
