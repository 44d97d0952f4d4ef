/** Reads JSON that a person wrote: what JSON.parse refuses is named with its line and column, and a key said twice is refused too. */

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

const deepest = 100;

/** Parses JSON text. Lines and columns count from 1; a column counts UTF-16 units, as editors do. */
export function parseJsonText(text: string): JsonReading {
  try {
    new JsonScanner(text).scanDocument();
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const before = text.slice(0, error.at).split('\n');
    return { ok: false, line: before.length, column: (before.at(-1) ?? '').length + 1, message: error.message };
  }
  return { ok: true, value: JSON.parse(text) };
}

class JsonTextError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const space = /[ \t\n\r]*/y;
// Everything but control characters, quote and backslash; unrolled, so that a long text costs no backtracking.
const string = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literal = /true|false|null/y;

/** Walks over the text once and stops at the first thing that is not JSON. */
class JsonScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scanDocument(): void {
    this.#scanValue(0);
    this.#take(space);
    if (this.#at < this.#text.length) this.#refuse('nothing may follow the document');
  }

  #scanValue(depth: number): void {
    this.#take(space);
    if (depth > deepest) this.#refuse(`nested more than ${deepest} deep`);
    const first = this.#text.charAt(this.#at);
    if (first === '{') this.#scanObject(depth);
    else if (first === '[') this.#scanArray(depth);
    else if (first === '"') this.#takeString();
    else if (this.#take(literal) === null && this.#take(number) === null) this.#refuse(this.#describeNonValue(first));
    else this.#endWord();
  }

  #scanObject(depth: number): void {
    const keys = new Set<string>();
    this.#scanList('}', () => {
      const at = this.#at;
      if (this.#text.charAt(at) !== '"') this.#refuse('a name in double quotes is expected here');
      const key = String(JSON.parse(this.#takeString()));
      if (keys.has(key)) this.#refuse(`"${key}" is said twice in the same place`, at);
      keys.add(key);
      this.#take(space);
      if (this.#text.charAt(this.#at) !== ':') this.#refuse('a colon is missing here');
      this.#at += 1;
      this.#scanValue(depth + 1);
    });
  }

  #scanArray(depth: number): void {
    this.#scanList(']', () => this.#scanValue(depth + 1));
  }

  /** The items between two brackets, from the opening one to the closing one. */
  #scanList(close: '}' | ']', scanItem: () => void): void {
    this.#at += 1;
    this.#take(space);
    if (this.#skip(close)) return;
    for (;;) {
      scanItem();
      this.#take(space);
      if (this.#skip(close)) return;
      const comma = this.#at;
      if (!this.#skip(',')) this.#refuse(this.#ended() ?? `a comma or ${close} is missing here`);
      this.#take(space);
      if (this.#text.charAt(this.#at) === close) this.#refuse(`the comma before ${close} must go`, comma);
    }
  }

  #takeString(): string {
    const found = this.#take(string);
    if (found !== null) return found;
    return this.#refuse('this text has no closing quote on its line, or holds a wrong escape');
  }

  /** `truely` and `12abc` must not pass as `true` and `12` with something behind. */
  #endWord(): void {
    if (/[\w.+-]/.test(this.#text.charAt(this.#at))) this.#refuse('this is neither a number nor true, false or null');
  }

  #describeNonValue(first: string): string {
    if (first === '/') return 'JSON has no comments';
    if (first === "'") return 'text must be in double quotes';
    return this.#ended() ?? 'a value is expected here; text must be in double quotes';
  }

  #ended(): string | null {
    return this.#at >= this.#text.length ? 'the document ends too early' : null;
  }

  #skip(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #refuse(message: string, at = this.#at): never {
    throw new JsonTextError(this.#ended() ?? message, at);
  }
}
