/** Times as Ollama writes them: RFC 3339 in UTC with a fraction of nine digits, as Go does. */

/** No date lies behind this; one that did could not be written. */
const latestSeconds = 8.64e12;

/** @param seconds since 1970, whole or not */
export function encodeTimestamp(seconds: number): string {
  const time = Number.isFinite(seconds) && Math.abs(seconds) <= latestSeconds ? Math.round(seconds * 1_000) : 0;
  return new Date(time).toISOString().replace('Z', '000000Z');
}

/** @returns whole seconds since 1970; 0 for what is no time */
export function decodeTimestamp(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? 0 : Math.floor(time / 1_000);
}
