/** Names what a client wrote that has no word in the inner language. */
import type { Fields } from '../../json/fields.ts';

/**
 * @param known the fields that are read elsewhere
 * @param path where the fields stand: `options.`, or empty
 * @returns the paths of the others that say something; an empty or missing value, which some clients always send, says nothing
 */
export function unreadFields(fields: Fields, known: ReadonlySet<string>, path = ''): readonly string[] {
  return Object.entries(fields)
    .filter(([name, value]) => !known.has(name) && saysSomething(value))
    .map(([name]) => `${path}${name}`);
}

function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
