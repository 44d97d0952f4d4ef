/** Reads single fields out of the bytes of a JSON request: found in one pass, and parsed one by one when they are asked for. */
import { GatewayError } from '../../chat/error.ts';
import type { FieldReader, Place } from '../request-words.ts';
import { type FieldRange, JsonStructureError, type ScannedObject, scanFields } from './scan-fields.ts';

const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const space = 0x20;

/**
 * @param body the request's bytes, asked for anew each time: they may stand in memory that others use between
 * @param names the top-level names that will be asked for
 */
export function placeReader(body: () => Buffer, names: readonly string[]): FieldReader {
  let scanned: ScannedObject | null = null;
  const find = (bytes: Buffer, [spellings = [], ...rest]: Place): readonly FieldRange[] => {
    scanned ??= scanObject(bytes, names);
    const { fields } = scanned;
    return spellings.flatMap((name) => descend(bytes, fields.get(name), rest));
  };
  const values = (place: Place): readonly unknown[] => {
    const bytes = body();
    return find(bytes, place)
      .map((range) => parseRange(bytes, range))
      .filter((value) => value !== undefined && value !== null);
  };
  return {
    values,
    value: (place) => values(place)[0],
    holdsItems(place) {
      const bytes = body();
      return find(bytes, place).some((range) => beginsItems(bytes, range));
    },
  };
}

function descend(bytes: Buffer, range: FieldRange | undefined, rest: Place): readonly FieldRange[] {
  if (!range) return [];
  const [spellings, ...deeper] = rest;
  if (!spellings) return [range];
  if (bytes[range.start] !== openBrace) return [];
  const { fields } = scanObject(bytes.subarray(range.start, range.end), spellings);
  return spellings.flatMap((name) => {
    const inner = fields.get(name);
    return descend(bytes, inner && { start: range.start + inner.start, end: range.start + inner.end }, deeper);
  });
}

/** @throws GatewayError `bad-request` for a field that stands twice: which of them would count? */
export function scanObject(bytes: Buffer, names: readonly string[]): ScannedObject {
  try {
    return scanFields(bytes, names);
  } catch (error) {
    if (!(error instanceof JsonStructureError)) throw error;
    throw new GatewayError('bad-request', `the request body is not sound JSON: ${error.message}`, { cause: error });
  }
}

function parseRange(bytes: Buffer, { start, end }: FieldRange): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}

function beginsItems(bytes: Buffer, { start, end }: FieldRange): boolean {
  if (bytes[start] !== openBracket) return false;
  let at = start + 1;
  while (at < end && (bytes[at] ?? 0) <= space) at += 1;
  return bytes[at] !== closeBracket;
}
