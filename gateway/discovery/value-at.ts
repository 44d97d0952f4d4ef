/** Reads into JSON of which nothing is known. */

/** An object's own field; undefined when it has none, or is no object. */
export function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
}

/** @param place dotted: `limits.max_input_tokens` */
export function valueAt(value: unknown, place: string): unknown {
  return place.split('.').reduce(fieldOf, value);
}

/** The JSON value of a body; undefined when it is none. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
