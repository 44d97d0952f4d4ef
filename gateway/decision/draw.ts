/** Chance that is no chance: numbers drawn from a seed, the same for the same seed wherever and whenever they are drawn. */

const range = 2 ** 32;

/** Spreads every bit of a number over all others (the end of MurmurHash3, by Austin Appleby). */
function mix(number: number): number {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A whole number below 2³² for a text (FNV-1a over its UTF-16 units, then mixed). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return mix(hash);
}

/**
 * The seed of a request's decision.
 * @param requestKey the request's number (contract/request-id.ts)
 */
export function seedOf(requestKey: number): number {
  return mix(mix(requestKey % range) ^ Math.floor(requestKey / range));
}

/** A number between 0 and 1, without either, for a seed and what it is drawn for. */
export function draw(seed: number, forWhat: number): number {
  return (mix(mix(seed) ^ Math.imul(forWhat, 0x9e3779b1)) + 0.5) / range;
}
