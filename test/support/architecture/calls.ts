/** Two kinds of call that must never be written carelessly: opening a port, and asking the database. */
import type { SourceFile } from './rules.ts';
import { type Token, tokenize } from './tokens.ts';

/** The tokens between the parentheses that open at `open`. */
function argumentsOf(tokens: readonly Token[], open: number): readonly Token[] {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const text = tokens[at]?.kind === 'sign' ? tokens[at]?.text : undefined;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return tokens.slice(open + 1, at);
  }
  return tokens.slice(open + 1);
}

function methodCalls(tokens: readonly Token[], names: ReadonlySet<string>): { name: Token; inside: readonly Token[] }[] {
  return tokens.flatMap((token, at) => {
    const previous = tokens[at - 1]?.text;
    const isCall =
      token.kind === 'word' && names.has(token.text) && (previous === '.' || previous === '?.') && tokens[at + 1]?.text === '(';
    return isCall ? [{ name: token, inside: argumentsOf(tokens, at + 1) }] : [];
  });
}

/** A `listen(…)` that does not say the host binds every interface of the machine. */
export function listensWithoutHost(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    methodCalls(tokenize(file.text), new Set(['listen']))
      .filter(({ inside }) => !inside.some(saysHost))
      .map(({ name }) => `${file.path}:${name.line}: listen( must say the host it binds.`),
  );
}

const saysHost = (token: Token) =>
  (token.kind === 'word' && /^host(name)?$|Host(name)?$/.test(token.text)) ||
  (token.kind === 'string' && /^(127\.0\.0\.1|::1)$/.test(token.text));

const sqlStart =
  /^\s*(?:select|insert|update|delete|replace|create|alter|drop|with|pragma|attach|vacuum|begin|savepoint|release|rollback)\b\s+\S/i;
/** A pragma takes no parameters, so `pragma(…)` is left out. */
const databaseCalls = new Set(['prepare', 'exec']);

const isWholeText = (token: Token | undefined) =>
  token?.kind === 'string' || (token?.kind === 'template' && !token.hasExpression);

/** Is the text at `at` joined to something that is not a text written out? A long statement may be cut into lines. */
function isJoinedToValue(tokens: readonly Token[], at: number): boolean {
  return [1, -1].some((step) => {
    let next = at;
    while (tokens[next + step]?.text === '+' && isWholeText(tokens[next + 2 * step])) next += 2 * step;
    return tokens[next + step]?.text === '+';
  });
}

/** SQL made from pieces: values belong in parameters, and statements are whole. */
export function builtSql(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const tokens = tokenize(file.text);
    const lines = new Set<number>();
    for (const [at, token] of tokens.entries()) {
      const isSql = (token.kind === 'template' || token.kind === 'string') && sqlStart.test(token.text);
      if (isSql && (token.hasExpression || isJoinedToValue(tokens, at))) lines.add(token.line);
    }
    for (const { name, inside } of methodCalls(tokens, databaseCalls)) {
      const [first] = inside;
      const isText = first?.kind === 'string' || first?.kind === 'template';
      if (isText && (first.hasExpression || isJoinedToValue(inside, 0))) lines.add(name.line);
    }
    return [...lines].map((line) => `${file.path}:${line}: SQL is built from pieces; use one whole statement with parameters.`);
  });
}
