/** Splits TypeScript into tokens, well enough to see imports and calls and never to be fooled by a comment or a string. */

export interface Token {
  /** `template`: a template literal's text without its expressions, which follow as tokens of their own. */
  readonly kind: 'word' | 'string' | 'template' | 'regex' | 'sign';
  readonly text: string;
  readonly line: number;
  /** For a template: does it hold an expression? */
  readonly hasExpression?: boolean;
}

/** After these a slash begins a regular expression; after anything else it divides. */
const beforeRegex = new Set('( , = : [ ! & | ? { } ; + - * % < > ~ ^ =>'.split(' '));
const wordsBeforeRegex = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'await',
  'yield',
]);

const patterns = {
  space: /\s+/y,
  comment: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
  string: /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y,
  regex: /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y,
  word: /[$_#@\p{ID_Continue}]+/uy,
  sign: /=>|\.\.\.|\?\.|[\s\S]/y,
};

function matchAt(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** Where the template literal that opens at `start` ends, and the ranges of its `${…}` expressions. */
function readTemplate(source: string, start: number): { end: number; expressions: [number, number][] } {
  const expressions: [number, number][] = [];
  let at = start + 1;
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') at += 2;
    else if (source.startsWith('${', at)) {
      const end = endOfExpression(source, at + 2);
      expressions.push([at + 2, end]);
      at = end + 1;
    } else at += 1;
  }
  return { end: at + 1, expressions };
}

/** The index of the brace that closes an expression within a template. */
function endOfExpression(source: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < source.length) {
    const skipped = matchAt(patterns.comment, source, at) ?? matchAt(patterns.string, source, at);
    if (skipped) at += skipped.length;
    else if (source[at] === '`') at = readTemplate(source, at).end;
    else if (source[at] === '}' && depth === 0) return at;
    else {
      if (source[at] === '{') depth += 1;
      if (source[at] === '}') depth -= 1;
      at += 1;
    }
  }
  return at;
}

function mayBeginRegex(previous: Token | undefined): boolean {
  if (!previous) return true;
  return previous.kind === 'sign'
    ? beforeRegex.has(previous.text)
    : previous.kind === 'word' && wordsBeforeRegex.has(previous.text);
}

function withoutExpressions(source: string, start: number, template: ReturnType<typeof readTemplate>): string {
  let text = '';
  let at = start + 1;
  for (const [from, to] of template.expressions) {
    text += `${source.slice(at, from - 2)}\u0000`;
    at = to + 1;
  }
  return text + source.slice(at, template.end - 1);
}

/** @param firstLine the number of the source's first line, for a piece of a file */
export function tokenize(source: string, firstLine = 1): Token[] {
  const tokens: Token[] = [];
  let line = firstLine;
  let at = 0;
  const take = (text: string, kind?: Token['kind'], value = text) => {
    if (kind) tokens.push({ kind, text: value, line });
    line += text.split('\n').length - 1;
    at += text.length;
  };
  while (at < source.length) {
    const nothing = matchAt(patterns.space, source, at) ?? matchAt(patterns.comment, source, at);
    const string = nothing === null ? matchAt(patterns.string, source, at) : null;
    const regex = source[at] === '/' && mayBeginRegex(tokens.at(-1)) ? matchAt(patterns.regex, source, at) : null;
    if (nothing !== null) take(nothing);
    else if (string !== null) take(string, 'string', string.slice(1, -1));
    else if (source[at] === '`') {
      const start = at;
      const template = readTemplate(source, start);
      tokens.push({
        kind: 'template',
        text: withoutExpressions(source, start, template),
        line,
        hasExpression: template.expressions.length > 0,
      });
      for (const [from, to] of template.expressions) {
        tokens.push(...tokenize(source.slice(from, to), line + source.slice(start, from).split('\n').length - 1));
      }
      take(source.slice(start, template.end));
    } else if (regex !== null) take(regex, 'regex');
    else {
      const word = matchAt(patterns.word, source, at);
      take(word ?? matchAt(patterns.sign, source, at) ?? ' ', word === null ? 'sign' : 'word');
    }
  }
  return tokens;
}
