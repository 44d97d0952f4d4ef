/** Reads the one text argument out of a function's arguments as they arrive, for a custom tool that was offered as a function. */

/** The one argument of a function that stands for a custom tool. */
export const customInput = 'input';

const opening = /^\s*\{\s*"input"\s*:\s*"/;
const longestOpening = 200;
const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

const special = /["\\]/g;
const firstHalf = /[\uD800-\uDBFF]$/;

export class TextArgument {
  #pending = '';
  /** The first half of a character: clients in other languages cannot join halves that come apart. */
  #half = '';
  /** `before` the text begins, `inside` it, `after` its end; `other`: these are no such arguments, and pass as they are. */
  #place: 'before' | 'inside' | 'after' | 'other' = 'before';

  /** @returns the next piece of the text; what is cut within an escape waits for the rest of it */
  push(json: string): string {
    if (this.#place === 'after') return '';
    if (this.#place === 'other') return json;
    this.#pending += json;
    if (this.#place === 'before') {
      const [begun] = opening.exec(this.#pending) ?? [];
      if (begun === undefined) return this.#pending.length > longestOpening ? this.end() : '';
      this.#place = 'inside';
      this.#pending = this.#pending.slice(begun.length);
    }
    return this.#take();
  }

  /** The call is over: what was held because it never became a text argument, or lacks its other half. */
  end(): string {
    const rest = this.#place === 'before' ? readOther(this.#pending) : this.#half;
    if (this.#place === 'before') this.#place = 'other';
    this.#pending = '';
    this.#half = '';
    return rest;
  }

  #take(): string {
    let text = this.#half;
    let at = 0;
    while (at < this.#pending.length && this.#place === 'inside') {
      const next = indexOfSpecial(this.#pending, at);
      text += this.#pending.slice(at, next);
      at = next;
      if (this.#pending.charAt(at) === '"') this.#place = 'after';
      if (this.#pending.charAt(at) !== '\\') continue;
      const escape = readEscape(this.#pending, at);
      if (!escape) break;
      text += escape.text;
      at += escape.length;
    }
    this.#pending = this.#pending.slice(at);
    this.#half = this.#place === 'inside' ? (firstHalf.exec(text)?.[0] ?? '') : '';
    return text.slice(0, text.length - this.#half.length);
  }
}

/** Where the next quote or backslash is; the end where there is none. */
function indexOfSpecial(json: string, from: number): number {
  special.lastIndex = from;
  return special.exec(json)?.index ?? json.length;
}

/** Arguments that do not begin with the text: it may stand behind others. Else they are passed as they are. */
function readOther(json: string): string {
  if (json.trim() === '{}') return '';
  try {
    const value: unknown = JSON.parse(json);
    const text = typeof value === 'object' && value !== null && customInput in value ? value[customInput] : null;
    return typeof text === 'string' ? text : json;
  } catch {
    return json;
  }
}

/** Null while the escape is not whole. */
function readEscape(json: string, at: number): { readonly text: string; readonly length: number } | null {
  const kind = json.charAt(at + 1);
  if (kind === '') return null;
  if (kind !== 'u') return { text: simpleEscapes[kind] ?? kind, length: 2 };
  const digits = json.slice(at + 2, at + 6);
  if (digits.length < 4) return null;
  const unit = Number.parseInt(digits, 16);
  return { text: Number.isNaN(unit) ? digits : String.fromCharCode(unit), length: 6 };
}
