/** Gathers the paths of what a client wrote and the inner language has no word for. */
import { type Fields, isAbsent, isFields } from '../../json/fields.ts';

/** Says nothing: a field left empty or switched off loses nothing when it is left out. */
function isIdle(value: unknown): boolean {
  if (isFields(value)) return Object.values(value).every(isIdle);
  return isAbsent(value) || value === false || (Array.isArray(value) && value.length === 0);
}

export class Unread {
  readonly #paths: string[] = [];

  get paths(): readonly string[] {
    return this.#paths;
  }

  add(path: string): void {
    this.#paths.push(path);
  }

  /**
   * Names the fields that nobody reads.
   * @param path of the object they stand in; empty for the body itself
   */
  rest(fields: Fields, known: ReadonlySet<string>, path: string): void {
    for (const [name, value] of Object.entries(fields)) {
      if (!known.has(name) && !isIdle(value)) this.add(path === '' ? name : `${path}.${name}`);
    }
  }
}
