/**
 * Finds top-level fields in the bytes of a JSON object without parsing it, and checks the structure of the whole: brackets,
 * commas, numbers, literals, string ends and depth (RFC 8259). What stands inside strings is left to whoever reads it.
 */

/** Where a field's value stands: `bytes.subarray(start, end)`. */
export interface FieldRange {
  readonly start: number;
  readonly end: number;
}

export interface ScannedObject {
  readonly fields: ReadonlyMap<string, FieldRange>;
  /** The position just behind the opening brace, where a field may be put in. */
  readonly afterBrace: number;
  readonly empty: boolean;
}

/** The text is not one sound JSON object; the message says where. */
export class JsonStructureError extends Error {
  /** Sound as far as it goes: the rest is missing. */
  readonly isCut: boolean;

  constructor(message: string, isCut: boolean) {
    super(message);
    this.name = 'JsonStructureError';
    this.isCut = isCut;
  }
}

const maximumDepth = 64;
/** Every top-level name is read; a request has a few dozen. */
const maximumFields = 10_000;
/** After so many bytes without a quote the native search for one, dear to call, is cheaper than stepping on. */
const stepLimit = 48;

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const upperE = 0x45;
const openBracket = 0x5b;
const backslash = 0x5c;
const lowerE = 0x65;
const lowerF = 0x66;
const lowerN = 0x6e;
const lowerT = 0x74;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** In ASCII, `]` stands two behind `[`, and `}` two behind `{`. */
const fromOpenToClose = 2;

/**
 * What closes each container around the one being read, by depth. Scratch of one `skipValue`, which never waits and never calls
 * itself; kept between calls because making it would cost a small request as much as scanning it.
 */
const outerClosers = new Uint8Array(maximumDepth);

/**
 * The functions below take a position and return the one behind what they passed: that, and few calls, is what makes them fast.
 *
 * @param wanted names (ASCII) of the top-level fields to find; each may stand once
 * @throws JsonStructureError
 */
export function scanFields(bytes: Buffer, wanted: readonly string[]): ScannedObject {
  const start = skipSpace(bytes, 0);
  if (byteAt(bytes, start) !== openBrace) throw problem(bytes, 'a JSON object was expected', start);
  const fields = new Map<string, FieldRange>();
  const afterBrace = start + 1;
  const first = skipSpace(bytes, afterBrace);
  const empty = byteAt(bytes, first) === closeBrace;
  const end = skipSpace(bytes, empty ? first + 1 : readFields(bytes, first, wanted, fields));
  if (end < bytes.length) throw problem(bytes, 'text after the end of the JSON object', end);
  return { fields, afterBrace, empty };
}

/** Reads from the first field's name to behind the closing brace, and notes the wanted fields. */
function readFields(bytes: Buffer, first: number, wanted: readonly string[], fields: Map<string, FieldRange>): number {
  let nameStart = first;
  for (let count = 1; ; count += 1) {
    const start = skipFieldName(bytes, nameStart);
    const end = skipValue(bytes, start);
    if (count > maximumFields) throw problem(bytes, `more than ${maximumFields} fields`, nameStart);
    const name = findName(bytes, nameStart, wanted);
    if (name !== undefined) {
      if (fields.has(name)) throw problem(bytes, `the field "${name}" stands twice`, nameStart);
      fields.set(name, { start, end });
    }
    const after = skipSpace(bytes, end);
    const byte = byteAt(bytes, after);
    if (byte === closeBrace) return after + 1;
    if (byte !== comma) throw missingComma(bytes, after, closeBrace);
    nameStart = skipSpace(bytes, after + 1);
  }
}

/** Which of the wanted names stands here, quoted. An escaped one is read as JSON does: `mod\u0065l` is no way round. */
function findName(bytes: Buffer, start: number, wanted: readonly string[]): string | undefined {
  let end = start + 1;
  for (; bytes[end] !== quote; end += 1) {
    if (bytes[end] === backslash) return findEscapedName(bytes, start, wanted);
  }
  const length = end - start - 1;
  for (const name of wanted) {
    if (name.length === length && standsAt(bytes, start + 1, name)) return name;
  }
  return undefined;
}

function standsAt(bytes: Buffer, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (byteAt(bytes, start + index) !== text.charCodeAt(index)) return false;
  }
  return true;
}

function findEscapedName(bytes: Buffer, start: number, wanted: readonly string[]): string | undefined {
  try {
    const name = String(JSON.parse(bytes.toString('utf8', start, skipString(bytes, start))));
    return wanted.includes(name) ? name : undefined;
  } catch {
    throw problem(bytes, 'a field name holds a broken escape', start);
  }
}

/** Passes the value of a top-level field, with all that it contains. */
function skipValue(bytes: Buffer, start: number): number {
  let at = start;
  let depth = 1;
  /** What closes the innermost open container; 0 outside of any. */
  let closer = 0;
  for (;;) {
    const first = byteAt(bytes, at);
    if (first === openBrace || first === openBracket) {
      if (depth === maximumDepth) throw problem(bytes, `nested more than ${maximumDepth} deep`, at);
      outerClosers[depth] = closer;
      depth += 1;
      closer = first + fromOpenToClose;
      at = skipSpace(bytes, at + 1);
      if (byteAt(bytes, at) !== closer) {
        if (closer === closeBrace) at = skipFieldName(bytes, at);
        continue;
      }
    } else {
      at = skipScalar(bytes, at, first);
    }
    for (;;) {
      if (closer === 0) return at;
      at = skipSpace(bytes, at);
      const after = byteAt(bytes, at);
      if (after === comma) break;
      if (after !== closer) throw missingComma(bytes, at, closer);
      at += 1;
      depth -= 1;
      closer = outerClosers[depth] ?? 0;
    }
    at = skipSpace(bytes, at + 1);
    if (closer === closeBrace) at = skipFieldName(bytes, at);
  }
}

function skipScalar(bytes: Buffer, start: number, first: number): number {
  if (first === quote) return skipString(bytes, start);
  if (first <= nine) return skipNumber(bytes, start);
  if (first === lowerT) return skipLiteral(bytes, start, 'true');
  if (first === lowerF) return skipLiteral(bytes, start, 'false');
  if (first === lowerN) return skipLiteral(bytes, start, 'null');
  throw problem(bytes, 'a value was expected', start);
}

/** Passes a field's name, its colon and the white space around that: to the field's value. */
function skipFieldName(bytes: Buffer, start: number): number {
  if (byteAt(bytes, start) !== quote) throw problem(bytes, 'a field name was expected', start);
  const at = skipSpace(bytes, skipString(bytes, start));
  if (byteAt(bytes, at) !== colon) throw problem(bytes, 'a colon was expected', at);
  return skipSpace(bytes, at + 1);
}

/** Steps on while quotes, escaped ones too, stand close together; has a longer way searched natively. */
function skipString(bytes: Buffer, start: number): number {
  const lastTurn = bytes.length - 3;
  let at = start + 1;
  for (;;) {
    // Four bytes a turn: the loop's own work would otherwise weigh as much as the comparison.
    for (let end = Math.min(at + stepLimit, lastTurn); at < end; ) {
      if (bytes[at] !== quote) {
        if (bytes[at + 1] === quote) at += 1;
        else if (bytes[at + 2] === quote) at += 2;
        else if (bytes[at + 3] === quote) at += 3;
        else {
          at += 4;
          continue;
        }
      }
      if (!isEscaped(bytes, at)) return at + 1;
      at += 1;
      end = Math.min(at + stepLimit, lastTurn);
    }
    at = bytes.indexOf(quote, at);
    if (at === -1) throw problem(bytes, 'a string is not closed', bytes.length);
    if (!isEscaped(bytes, at)) return at + 1;
    at += 1;
  }
}

/** Whether an odd number of backslashes stands before this place in a string. The string's opening quote ends the count. */
function isEscaped(bytes: Buffer, at: number): boolean {
  let before = at - 1;
  while (bytes[before] === backslash && bytes[before - 1] === backslash) before -= 2;
  return bytes[before] === backslash;
}

function skipLiteral(bytes: Buffer, start: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (byteAt(bytes, start + index) !== text.charCodeAt(index)) throw problem(bytes, 'a value was expected', start + index);
  }
  return start + text.length;
}

function skipNumber(bytes: Buffer, start: number): number {
  let at = byteAt(bytes, start) === minus ? start + 1 : start;
  at = byteAt(bytes, at) === zero ? at + 1 : skipDigits(bytes, at);
  if (byteAt(bytes, at) === point) at = skipDigits(bytes, at + 1);
  const exponent = byteAt(bytes, at);
  if (exponent !== lowerE && exponent !== upperE) return at;
  const sign = byteAt(bytes, at + 1);
  return skipDigits(bytes, sign === plus || sign === minus ? at + 2 : at + 1);
}

function skipDigits(bytes: Buffer, start: number): number {
  const length = bytes.length;
  let at = start;
  while (at < length) {
    const byte = bytes[at] ?? 0;
    if (byte < zero || byte > nine) break;
    at += 1;
  }
  if (at === start) throw problem(bytes, 'a value was expected', at);
  return at;
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const byte = byteAt(bytes, at);
    if (byte > space) return at;
    if (byte !== space && byte !== lineFeed && byte !== carriageReturn && byte !== tab) return at;
    at += 1;
  }
}

/** The byte, or -1 behind the end: one read outside of the buffer would make every later one slow. */
function byteAt(bytes: Buffer, at: number): number {
  return at < bytes.length ? (bytes[at] ?? -1) : -1;
}

function missingComma(bytes: Buffer, at: number, closer: number): JsonStructureError {
  return problem(bytes, `a comma or a closing ${closer === closeBrace ? 'brace' : 'bracket'} was expected`, at);
}

function problem(bytes: Buffer, what: string, at: number): JsonStructureError {
  const isCut = at >= bytes.length;
  return new JsonStructureError(`${what}, ${isCut ? 'at the end' : `at byte ${at}`}`, isCut);
}
