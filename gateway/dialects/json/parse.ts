/** Parses JSON that may be anything, and measures the text in it. */
import { type Fields, isFields } from './fields.ts';

/** @returns null when it is not sound, too */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @returns null for everything but an object */
export function parseFields(text: string): Fields | null {
  const value = parseJson(text);
  return isFields(value) ? value : null;
}

/** Bytes of a text; 0 for everything else. */
export function textBytes(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : 0;
}
