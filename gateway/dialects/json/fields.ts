/** Reads the fields of a request body one by one, so that a refusal names the very field and says what belongs there. */
import { GatewayError } from '../../chat/error.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** OpenAI's own codes for a request that cannot be read. */
type RefusalCode = 'missing_required_parameter' | 'invalid_type' | 'invalid_value';

/**
 * Refuses a request.
 * @param problem completes the sentence that begins with the field's name
 * @throws GatewayError `bad-request`, always
 */
export function refuse(field: string, problem: string, code: RefusalCode = 'invalid_value'): never {
  throw new GatewayError('bad-request', `${field} ${problem}.`, { field, code });
}

/** @throws GatewayError `bad-request` when a body is not a JSON object */
export function readBody(body: unknown): Fields {
  if (isFields(body)) return body;
  throw new GatewayError('bad-request', 'The request body must be a JSON object.', { code: 'invalid_type' });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function readFields(value: unknown, field: string): Fields {
  if (isFields(value)) return value;
  return refuse(field, isAbsent(value) ? 'is missing; it must be an object' : 'must be an object', codeFor(value));
}

export function readList(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return refuse(field, isAbsent(value) ? 'is missing; it must be a list' : 'must be a list', codeFor(value));
}

export function readText(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  return refuse(field, isAbsent(value) ? 'is missing; it must be text' : 'must be text', codeFor(value));
}

/** Text that must not be empty: a model's, a tool's or a call's name. */
export function readName(value: unknown, field: string): string {
  return readText(value, field) || refuse(field, 'must not be empty');
}

/** A missing flag is false, as everywhere in this API. */
export function readFlag(value: unknown, field: string): boolean {
  if (isAbsent(value)) return false;
  return typeof value === 'boolean' ? value : refuse(field, 'must be true or false', 'invalid_type');
}

/** A whole number of at least `minimum`; null when it is missing. */
export function readCount(value: unknown, field: string, minimum: number): number | null {
  if (isAbsent(value)) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum) return value;
  const code = typeof value === 'number' ? 'invalid_value' : 'invalid_type';
  return refuse(field, `must be a whole number of at least ${minimum}`, code);
}

export function readChoice<Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === value);
  return (
    choice ??
    refuse(field, `must be one of ${choices.join(', ')}`, isAbsent(value) ? 'missing_required_parameter' : 'invalid_value')
  );
}

function codeFor(value: unknown): RefusalCode {
  return isAbsent(value) ? 'missing_required_parameter' : 'invalid_type';
}
