/** Vectors for texts: the same text always the same, texts that share words nearer to each other than others. */
import type { EmbeddingInput } from '../chat/embeddings.ts';

export const defaultDimensions = 256;
export const maximumDimensions = 3072;

/** Each word touches this many coordinates (a sparse random projection), so that long texts stay cheap. */
const coordinatesPerWord = 16;

/** @returns a vector of length 1, its numbers rounded to seven places */
export function embedText(input: EmbeddingInput, dimensions: number): readonly number[] {
  const sums = new Float64Array(dimensions);
  for (const word of wordsOf(input)) addWord(sums, word);
  const length = Math.sqrt(sums.reduce((total, sum) => total + sum * sum, 0));
  // Words that cancel out exactly leave nothing to scale: they get the first axis.
  if (length === 0) return Array.from(sums, (_sum, index) => (index === 0 ? 1 : 0));
  return Array.from(sums, (sum) => Math.round((sum / length) * 1e7) / 1e7);
}

/** Case and punctuation do not matter; a text without words counts as itself. */
function wordsOf(input: EmbeddingInput): readonly string[] {
  if (typeof input !== 'string') return input.map(String);
  return input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [input];
}

/** Adds to coordinates that the word's hash picks, by Marsaglia's xorshift; the numbers are even over [-1, 1). */
function addWord(sums: Float64Array, word: string): void {
  let state = hashText(word) || 1;
  for (let step = 0; step < coordinatesPerWord; step += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const index = (Math.imul(state, 0x9e37_79b1) >>> 0) % sums.length;
    sums[index] = (sums[index] ?? 0) + state / 0x8000_0000;
  }
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return hash;
}
