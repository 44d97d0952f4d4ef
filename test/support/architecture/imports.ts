/** Finds what a source file brings in: import and export declarations, dynamic imports, and files started as workers. */
import { type Token, tokenize } from './tokens.ts';

export interface Import {
  /** As written: `./error.ts`, `node:http`, `zod`. */
  readonly specifier: string;
  readonly line: number;
  /** Erased before anything runs. */
  readonly typeOnly: boolean;
}

/** An import whose target is not a plain string: nobody can check it. */
export const unreadable = '(computed)';

function nameAfter(tokens: readonly Token[], start: number): Token | undefined {
  for (const token of tokens.slice(start)) {
    if (token.kind === 'string') return token;
    if (token.text === ';' || token.text === '(' || token.text === '=') return undefined;
  }
  return undefined;
}

/** `import … from 'x'`, `import 'x'`, `export … from 'x'`. */
function readDeclaration(tokens: readonly Token[], at: number): Import | null {
  const word = tokens[at];
  const next = tokens[at + 1];
  if (!word || !next) return null;
  const typeOnly = next.text === 'type' && tokens[at + 2]?.text !== 'from' && tokens[at + 2]?.text !== ',';
  const first = typeOnly ? tokens[at + 2] : next;
  const isReexport = word.text === 'export' && (first?.text === '{' || first?.text === '*');
  if (word.text === 'export' && !isReexport) return null;
  const name = isReexport ? nameAfterFrom(tokens, at) : nameAfter(tokens, at + 1);
  return name ? { specifier: name.text, line: word.line, typeOnly } : null;
}

/** An export list without `from` exports names of its own. */
function nameAfterFrom(tokens: readonly Token[], at: number): Token | undefined {
  const close = tokens.findIndex((token, index) => index > at && (token.text === '}' || token.text === 'from'));
  const from = tokens[close]?.text === 'from' ? close : close + 1;
  return tokens[from]?.text === 'from' ? tokens[from + 1] : undefined;
}

function readCall(tokens: readonly Token[], at: number): Import | null {
  const word = tokens[at];
  if (!word || tokens[at + 1]?.text !== '(') return null;
  const [argument, after] = tokens.slice(at + 2, at + 4);
  if (word.text === 'URL') {
    const isOwnFile = after?.text === ',' && tokens[at + 4]?.text === 'import';
    return isOwnFile && argument?.kind === 'string' ? { specifier: argument.text, line: word.line, typeOnly: false } : null;
  }
  const specifier = argument?.kind === 'string' && after?.text === ')' ? argument.text : unreadable;
  return { specifier, line: word.line, typeOnly: false };
}

/** Everything a source brings in, in order. Names in comments, strings and regular expressions do not count. */
export function importsOf(source: string): Import[] {
  const tokens = tokenize(source);
  const found: (Import | null)[] = tokens.map((token, at) => {
    const previous = tokens[at - 1]?.text;
    if (token.kind !== 'word' || previous === '.' || previous === '?.') return null;
    const isCall = tokens[at + 1]?.text === '(';
    if (token.text === 'URL' || ((token.text === 'import' || token.text === 'require') && isCall)) return readCall(tokens, at);
    if (token.text === 'export') return readDeclaration(tokens, at);
    return token.text === 'import' && tokens[at + 1]?.text !== '.' ? readDeclaration(tokens, at) : null;
  });
  return found.filter((item) => item !== null);
}
