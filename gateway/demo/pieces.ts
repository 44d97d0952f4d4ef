/**
 * The demo's tokens: a word with the space before it, long words cut every twelve characters. Space is everything up to
 * U+0020, and a character is a code point: no surrogate pair is ever cut.
 */

const longestWord = 12;
const pieces = /[\0- ]*[^\0- ]{1,12}|[\0- ]+/gu;

/** Cuts a text into pieces that, joined, are the text again. */
export function splitPieces(text: string): readonly string[] {
  return text.match(pieces) ?? [];
}

/** As many as `splitPieces` makes, counted without making them: prompts can be long. */
export function countPieces(text: string): number {
  let count = 0;
  let inWord = 0;
  let space = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit <= 0x20) {
      space = true;
      inWord = 0;
    } else if (!isSecondHalf(text, index, unit)) {
      if (inWord % longestWord === 0) count += 1;
      inWord += 1;
      space = false;
    }
  }
  return space ? count + 1 : count;
}

/** The second unit of a surrogate pair belongs to the character before it. */
function isSecondHalf(text: string, index: number, unit: number): boolean {
  if ((unit & 0xfc00) !== 0xdc00 || index === 0) return false;
  return (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
}
