/** Reads places of parsed JSON without knowing its shape. */

type Path = readonly (string | number)[];

/** What stands there; undefined where nothing does. */
export function reach(value: unknown, ...path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

export function listAt(value: unknown, ...path: Path): readonly unknown[] {
  const found = reach(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, ...path: Path): string {
  const found = reach(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A text, or the texts of a list of parts. */
export function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => textAt(part, 'text')).join('') : '';
}
