/** Reads Gemini's JSON as its server does: each key in camelCase or in snake_case. */
import { type Fields, isAbsent, readFields, readText, refuse } from '../../json/fields.ts';

const snakeJoint = /_([a-z0-9])/g;

/** `system_instruction` as `systemInstruction`. */
export function camelCase(key: string): string {
  return key.replace(snakeJoint, (_, letter: string) => letter.toUpperCase());
}

/**
 * The object with camelCase keys; where a key stands in both spellings, camelCase wins. Only its own keys are changed: what
 * lies deeper may be a client's data.
 */
export function camelKeys(fields: Fields): Fields {
  const keys = Object.keys(fields);
  const snake = keys.filter((key) => camelCase(key) !== key);
  if (snake.length === 0) return fields;
  return { ...Object.fromEntries(snake.map((key) => [camelCase(key), fields[key]])), ...fields };
}

/** @throws GatewayError `bad-request` unless it is an object */
export function readMessage(value: unknown, field: string): Fields {
  return camelKeys(readFields(value, field));
}

/** A field that is one thing or a list of it; missing is empty. */
export function listOf(value: unknown): readonly unknown[] {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : [value];
}

/** Text, or null where there is none; an empty one counts as none. */
export function optionalText(value: unknown, field: string): string | null {
  return isAbsent(value) ? null : readText(value, field) || null;
}

/** A number, which proto JSON also takes as text; undefined when it is missing. */
export function optionalNumber(value: unknown, field: string): number | undefined {
  if (isAbsent(value)) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : refuse(field, 'must be a number', 'invalid_type');
}

/** A whole number of at least `minimum`; undefined when it is missing. */
export function optionalCount(value: unknown, field: string, minimum = 0): number | undefined {
  const count = optionalNumber(value, field);
  if (count === undefined || (Number.isSafeInteger(count) && count >= minimum)) return count;
  return refuse(field, `must be a whole number of at least ${minimum}`);
}

/** Names what the client wrote beside the known keys (in camelCase), as the client spelt it. */
export function unknownKeys(fields: Fields, known: ReadonlySet<string>, path: string): string[] {
  const names: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (!isAbsent(value) && !known.has(camelCase(key)) && !isTwin(fields, key)) names.push(path === '' ? key : `${path}.${key}`);
  }
  return names;
}

/** The camelCase twin that `camelKeys` put beside a snake_case key must not be named, too. */
function isTwin(fields: Fields, key: string): boolean {
  return camelCase(key) === key && Object.keys(fields).some((other) => other !== key && camelCase(other) === key);
}
