/**
 * A request's key is a whole number that grows with time (milliseconds × 4096 + a sequence number, 53 bits), so that the
 * log's primary key is also its order; its id, `req_` + 11 characters, is the same number written for people and headers.
 */
/** What every id begins with. */
export const requestIdPrefix = 'req_';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const digits = 11;
const perMillisecond = 4096;

/**
 * Makes keys that never repeat or go back, whatever the clock does.
 * @param lastKey the greatest key already used, 0 for none
 * @param now milliseconds since 1970
 */
export function createKeySource(lastKey: number, now: () => number): () => number {
  let last = lastKey;
  return () => {
    last = Math.max(last + 1, now() * perMillisecond);
    return last;
  };
}

/**
 * No request of that moment or later has a smaller key; one of before may have a greater, where the clock went back.
 * @param atMs milliseconds since 1970
 */
export function leastKeyAt(atMs: number): number {
  return atMs * perMillisecond;
}

/** Writes a key as its id: `req_1q9w…`. */
export function formatRequestId(key: number): string {
  let rest = key;
  let text = '';
  for (let place = 0; place < digits; place += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return requestIdPrefix + text;
}

/** Reads an id back; null when it is none of ours. */
export function parseRequestId(id: string): number | null {
  if (!/^req_[0-9abcdefghjkmnpqrstvwxyz]{11}$/.test(id)) return null;
  let key = 0;
  for (const character of id.slice(4)) key = key * 32 + alphabet.indexOf(character);
  return Number.isSafeInteger(key) ? key : null;
}
