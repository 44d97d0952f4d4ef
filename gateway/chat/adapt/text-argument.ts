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

export class TextArgument {
  #pending = '';
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

  /** The call is over: what was held because it never became a text argument. */
  end(): string {
    if (this.#place !== 'before') return '';
    this.#place = 'other';
    const rest = this.#pending.trim() === '{}' ? '' : this.#pending;
    this.#pending = '';
    return rest;
  }

  #take(): string {
    let text = '';
    let at = 0;
    while (at < this.#pending.length) {
      const character = this.#pending.charAt(at);
      if (character === '"') {
        this.#place = 'after';
        break;
      }
      const escape = character === '\\' ? readEscape(this.#pending, at) : { text: character, length: 1 };
      if (!escape) break;
      text += escape.text;
      at += escape.length;
    }
    this.#pending = this.#pending.slice(at);
    return text;
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
