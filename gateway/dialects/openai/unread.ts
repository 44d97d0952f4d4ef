/** Gathers, by their paths, the fields of a request that the inner language has no word for. */
import { type Fields, isAbsent } from '../json/fields.ts';

/**
 * Notes every field that is not among the known ones. Null and an empty list say nothing, and are not worth a note.
 * @param at the path of `fields` with a dot behind it, empty for the body itself
 */
export function noteUnread(unread: string[], fields: Fields, known: ReadonlySet<string>, at: string): void {
  for (const [name, value] of Object.entries(fields)) {
    const saysNothing = isAbsent(value) || (Array.isArray(value) && value.length === 0);
    if (!known.has(name) && !saysNothing) unread.push(`${at}${name}`);
  }
}
