/** Tells plain words in a text from what tokenizers cut into small pieces. */

const blockBytes = 64;
/** Of each block so many are letters and spaces, and so many spaces: words of twelve letters on average at most. */
const fewestPlain = 48;
const fewestSpaces = 5;

const letter = 1;
const space = 2;
const beyondAscii = 4;

const kinds = new Uint8Array(256).fill(beyondAscii, 0x80);
kinds[0x20] = space;
for (let byte = 0x41; byte <= 0x5a; byte += 1) {
  kinds[byte] = letter;
  kinds[byte + 0x20] = letter;
}

/** @returns bytes that stand in blocks which are not plain words: other scripts, base64, numbers, signs, a table's envelope */
export function countDenseBytes(text: Buffer): number {
  let dense = 0;
  for (let start = 0; start < text.length; start += blockBytes) {
    const end = Math.min(start + blockBytes, text.length);
    let letters = 0;
    let spaces = 0;
    let others = 0;
    for (let at = start; at < end; at += 1) {
      const kind = kinds[text[at] ?? 0];
      if (kind === letter) letters += 1;
      else if (kind === space) spaces += 1;
      else if (kind === beyondAscii) others += 1;
    }
    if (others > 0 || spaces < fewestSpaces || letters + spaces < fewestPlain) dense += end - start;
  }
  return dense;
}
