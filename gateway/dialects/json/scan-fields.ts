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
/** After so many plain bytes in a string, the native search for its end is cheaper than stepping on. */
const stepLimit = 48;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * @param wanted names of the top-level fields to find; each may stand once
 * @throws JsonStructureError
 */
export function scanFields(bytes: Buffer, wanted: readonly string[]): ScannedObject {
  return new FieldScanner(bytes, wanted).scan();
}

class FieldScanner {
  readonly #bytes: Buffer;
  readonly #wanted: readonly string[];
  readonly #fields = new Map<string, FieldRange>();
  #fieldCount = 0;
  #at = 0;

  constructor(bytes: Buffer, wanted: readonly string[]) {
    this.#bytes = bytes;
    this.#wanted = wanted;
  }

  scan(): ScannedObject {
    if (this.#next() !== openBrace) throw this.#problem('a JSON object was expected');
    const afterBrace = this.#at + 1;
    const empty = this.#members(1, true);
    if (this.#next() !== -1) throw this.#problem('text after the end of the JSON object');
    return { fields: this.#fields, afterBrace, empty };
  }

  /** Reads an object from its brace to behind its closing one; true when it has no members. */
  #members(depth: number, top: boolean): boolean {
    this.#at += 1;
    if (this.#next() === closeBrace) {
      this.#at += 1;
      return true;
    }
    for (;;) {
      if (this.#next() !== quote) throw this.#problem('a field name was expected');
      const nameStart = this.#at;
      this.#string();
      const nameEnd = this.#at;
      if (this.#next() !== colon) throw this.#problem('a colon was expected');
      this.#at += 1;
      this.#next();
      const start = this.#at;
      this.#value(depth);
      if (top) this.#note(nameStart, nameEnd, start, this.#at);
      const after = this.#next();
      this.#at += 1;
      if (after === closeBrace) return false;
      if (after !== comma) throw this.#problem('a comma or a closing brace was expected', this.#at - 1);
    }
  }

  #items(depth: number): void {
    this.#at += 1;
    if (this.#next() === closeBracket) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#next();
      this.#value(depth);
      const after = this.#next();
      this.#at += 1;
      if (after === closeBracket) return;
      if (after !== comma) throw this.#problem('a comma or a closing bracket was expected', this.#at - 1);
    }
  }

  #value(depth: number): void {
    const first = this.#bytes[this.#at];
    if (first === quote) return this.#string();
    if (first === openBrace || first === openBracket) {
      if (depth === maximumDepth) throw this.#problem(`nested more than ${maximumDepth} deep`);
      if (first === openBrace) this.#members(depth + 1, false);
      else this.#items(depth + 1);
      return;
    }
    if (first === 0x74) return this.#literal('true');
    if (first === 0x66) return this.#literal('false');
    if (first === 0x6e) return this.#literal('null');
    this.#number();
  }

  /** Steps from a string's opening quote to behind its closing one. */
  #string(): void {
    const bytes = this.#bytes;
    const length = bytes.length;
    let at = this.#at + 1;
    let plain = 0;
    while (at < length) {
      const byte = bytes[at];
      if (byte === quote) {
        this.#at = at + 1;
        return;
      }
      if (byte === backslash) {
        at += 2;
        plain = 0;
      } else if (plain < stepLimit) {
        at += 1;
        plain += 1;
      } else {
        at = this.#nextQuoteOrEscape(at);
        plain = 0;
      }
    }
    throw this.#problem('a string is not closed', length);
  }

  /** The next quote that ends the string, or the place behind the next escaped one. `from` is not inside an escape. */
  #nextQuoteOrEscape(from: number): number {
    const bytes = this.#bytes;
    const at = bytes.indexOf(quote, from);
    if (at === -1) return bytes.length;
    let before = at - 1;
    while (before >= from && bytes[before] === backslash) before -= 1;
    return (at - before) % 2 === 1 ? at : at + 1;
  }

  #literal(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const at = this.#at + index;
      if (this.#bytes[at] !== text.charCodeAt(index)) throw this.#problem('a value was expected', at);
    }
    this.#at += text.length;
  }

  #number(): void {
    if (this.#bytes[this.#at] === 0x2d) this.#at += 1;
    if (this.#bytes[this.#at] === 0x30) this.#at += 1;
    else this.#digits();
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1;
      this.#digits();
    }
    const exponent = this.#bytes[this.#at];
    if (exponent === 0x65 || exponent === 0x45) {
      this.#at += 1;
      const sign = this.#bytes[this.#at];
      if (sign === 0x2b || sign === 0x2d) this.#at += 1;
      this.#digits();
    }
  }

  #digits(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    for (let byte = bytes[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = bytes[at]) at += 1;
    if (at === start) throw this.#problem('a value was expected');
    this.#at = at;
  }

  /** Passes white space; the byte that follows, or -1 at the end. */
  #next(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1;
      byte = bytes[at];
    }
    this.#at = at;
    return byte ?? -1;
  }

  #note(nameStart: number, nameEnd: number, start: number, end: number): void {
    this.#fieldCount += 1;
    if (this.#fieldCount > maximumFields) throw this.#problem(`more than ${maximumFields} fields`, nameStart);
    const name = readName(this.#bytes, nameStart, nameEnd);
    if (name === null) throw this.#problem('a field name holds a broken escape', nameStart);
    if (!this.#wanted.includes(name)) return;
    if (this.#fields.has(name)) throw this.#problem(`the field "${name}" stands twice`, nameStart);
    this.#fields.set(name, { start, end });
  }

  #problem(what: string, at = this.#at): JsonStructureError {
    const isCut = at >= this.#bytes.length;
    return new JsonStructureError(`${what}, ${isCut ? 'at the end' : `at byte ${at}`}`, isCut);
  }
}

/** A field name from its quotes; an escaped one is read as JSON does, so that `mod\u0065l` is no way round. */
function readName(bytes: Buffer, start: number, end: number): string | null {
  const inner = bytes.toString('latin1', start + 1, end - 1);
  if (!inner.includes('\\')) return inner;
  try {
    return String(JSON.parse(bytes.toString('utf8', start, end)));
  } catch {
    return null;
  }
}
