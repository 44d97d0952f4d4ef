/** The query that requests are searched by: `status:failed model:gpt-5* cost:>0.01 timeout`. Pure: gateway and window read it alike. */
import { type Condition, fieldExamples, QueryError, queryFields, type QueryTerm } from './query-terms.ts';
import { readAmount, readMoment, readStatus } from './query-values.ts';

export type QueryReading =
  | { readonly ok: true; readonly terms: readonly QueryTerm[] }
  /** The word that was refused, and why, as a sentence that says what is allowed. */
  | { readonly ok: false; readonly word: string; readonly message: string };

export const longestQuery = 1_000;
const mostTerms = 32;
const mostValues = 20;

/**
 * Reads a query.
 * @param nowMs what `since:2h` counts from, in milliseconds since 1970; times without a zone are this machine's
 */
export function readQuery(text: string, nowMs: number): QueryReading {
  try {
    if (text.length > longestQuery) throw new QueryError(text.slice(0, 20), `begins a query of over ${longestQuery} characters.`);
    const words = splitWords(text);
    if (words.length > mostTerms)
      throw new QueryError(words[mostTerms] ?? '', `is one part too many; ${mostTerms} may stand together.`);
    return { ok: true, terms: words.map((word) => readTerm(word, nowMs)) };
  } catch (error) {
    if (error instanceof QueryError) return { ok: false, word: error.word, message: error.message };
    throw error;
  }
}

/** Writes a value so that it is read as one: in quotation marks where it needs them. */
export function quoteValue(value: string): string {
  return /^[^\s",\\]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The same query with every moment in full: who reads it later, or in another zone, reads the same. */
export function withFixedMoments(terms: readonly QueryTerm[]): string {
  const write = ({ text, negated, condition }: QueryTerm): string =>
    condition.kind === 'time' ? `${negated ? '-' : ''}${condition.field}:${new Date(condition.atMs).toISOString()}` : text;
  return terms.map(write).join(' ');
}

const quoted = /"(?:[^"\\]|\\.)*"/g;

/** Words end at a space that stands outside quotation marks. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  const word = /(?:"(?:[^"\\]|\\.)*"|[^\s"])+|"/gy;
  for (let at = 0; at < text.length; ) {
    const space = /\s+/y;
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    word.lastIndex = at;
    const [found] = word.exec(text) ?? [''];
    const end = at + found.length;
    if (text[end] === '"' || found === '"')
      throw new QueryError(text.slice(at), 'has a quotation mark that nothing closes; end it with another.');
    if (found !== '') words.push(found);
    at = end;
  }
  return words;
}

/** A value without its quotation marks. */
function unquote(text: string): string {
  return text.replaceAll(quoted, (part) => part.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
}

/** Values part at commas outside quotation marks. */
function splitValues(text: string): string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  return parts.map((part) => unquote(part).trim()).filter((value) => value !== '');
}

function readTerm(word: string, nowMs: number): QueryTerm {
  const negated = word.length > 1 && word.startsWith('-');
  const rest = negated ? word.slice(1) : word;
  const [, name, value] = /^([A-Za-z]+):(.*)$/s.exec(rest) ?? [];
  if (name === undefined || value === undefined) {
    const text = unquote(rest);
    if (text.trim() === '') throw new QueryError(word, 'says nothing to look for.');
    return { text: word, negated, condition: { kind: 'words', text } };
  }
  return { text: word, negated, condition: readCondition(word, name.toLowerCase(), value, nowMs) };
}

function readCondition(word: string, name: string, value: string, nowMs: number): Condition {
  const field = queryFields.find((known) => known === name);
  if (field === undefined) {
    throw new QueryError(
      word,
      `names nothing that requests have; there are ${queryFields.map((known) => `${known}:`).join(', ')}. To look for it as text, put it in quotation marks.`,
    );
  }
  const values = splitValues(value);
  const [first] = values;
  if (first === undefined) throw new QueryError(word, `needs a value, such as ${fieldExamples[field]}.`);
  if (values.length > mostValues) throw new QueryError(word, `has too many values; ${mostValues} may stand in one part.`);
  switch (field) {
    case 'status':
      return { kind: 'status', anyOf: values.map((one) => readStatus(word, one)) };
    case 'since':
    case 'before':
      return { kind: 'time', field, atMs: readMoment(word, single(word, values), nowMs) };
    case 'cost':
    case 'tokens':
    case 'duration':
    case 'first':
      return { kind: 'amount', field, ...readAmount(word, field, single(word, values)) };
    default:
      return { kind: 'text', field, anyOf: values };
  }
}

function single(word: string, values: readonly string[]): string {
  if (values.length > 1) throw new QueryError(word, 'has several values; this part takes one.');
  return values[0] ?? '';
}
