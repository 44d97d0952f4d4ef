/** Reads and changes JSON values by their places. Pure: what is not on the way stays the same object. */

export type JsonObject = Readonly<Record<string, unknown>>;
export type Place = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function getAt(value: unknown, place: Place): unknown {
  let at = value;
  for (const step of place) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isObject(at)) at = Object.hasOwn(at, step) ? at[step] : undefined;
    else return undefined;
  }
  return at;
}

/** Sets what is at a place; undefined takes it away, and with it the objects around it that are empty then. */
export function setAt(value: unknown, place: Place, next: unknown): unknown {
  const [step, ...rest] = place;
  if (step === undefined) return next;
  if (Array.isArray(value) && typeof step === 'number') {
    const inner = setAt(value[step], rest, next);
    return inner === undefined ? value.toSpliced(step, 1) : value.with(step, inner);
  }
  const around = isObject(value) ? value : {};
  const inner = setAt(around[step], rest, next);
  if (inner !== undefined && !(isEmpty(inner) && next === undefined)) return { ...around, [step]: inner };
  return Object.fromEntries(Object.entries(around).filter(([name]) => name !== step));
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** The same content? The order of an object's names says nothing. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && sameJson(one[name], other[name]))
  );
}

const lineWidth = 96;

/** Writes JSON as a person would: what fits on one line stands on one line. Ends without a line break. */
export function formatJson(value: unknown, indent = ''): string {
  const inline = inlineJson(value);
  if (indent !== '' && inline.length + indent.length <= lineWidth) return inline;
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item) => inner + formatJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const lines = Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${formatJson(item, inner)}`);
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return inline;
}

function inlineJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineJson).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const parts = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${inlineJson(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
