/** The keys that clients present: made here, shown once, remembered only as a hash. */
import { hash, randomBytes } from 'node:crypto';

/** Long enough to tell keys apart in a list, far too short to guess the rest: `llmgw_AbCdEf`. */
const prefixLength = 12;
const grammar = /^llmgw_[A-Za-z0-9_-]{43}$/;

export interface NewClientKey {
  /** Shown to the person once and kept nowhere. */
  readonly key: string;
  readonly hash: string;
  readonly prefix: string;
}

/** Makes a key with 256 random bits. */
export function createClientKey(): NewClientKey {
  const key = `llmgw_${randomBytes(32).toString('base64url')}`;
  return { key, hash: hashClientKey(key), prefix: key.slice(0, prefixLength) };
}

/**
 * SHA-256 of the whole key in hex. A plain hash is enough for 256 random bits (ASVS 6.5.2), and cheap enough for every request.
 */
export function hashClientKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Has the text exactly the form of a key? Whether it is one, only its hash tells. */
export function isClientKey(text: string): boolean {
  return grammar.test(text);
}
