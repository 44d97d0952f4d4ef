/** What may follow what is being typed into the query: names of fields, and the values that the window knows. Pure. */
import { quoteValue } from '../../../gateway/contract/requests/query.ts';
import { fieldExamples, queryFields, type QueryField } from '../../../gateway/contract/requests/query-terms.ts';
import { statusWords } from '../../../gateway/contract/requests/query-values.ts';

/** The names that each field may have, as far as they are known. */
export type KnownNames = Readonly<Partial<Record<QueryField, readonly string[]>>>;

export interface Completion {
  /** What stands in the field when it is chosen. */
  readonly text: string;
  /** What is offered. */
  readonly label: string;
  readonly hint: string;
  /** A whole part; else it goes on with a value. */
  readonly isWhole: boolean;
}

const mostOffered = 8;

const fieldHints: Readonly<Record<QueryField, string>> = {
  model: 'asked for or answering',
  provider: 'who answered',
  client: 'the program that asked',
  rule: 'that decided where it went',
  task: 'what it was for',
  dialect: 'the format of the program',
  status: 'ok, failed, running, 429, 4xx …',
  cost: 'in US dollars',
  tokens: 'in and out together',
  duration: 'from first byte to last',
  first: 'time to the first token',
  since: '2h, 7d, today, or a date',
  before: '2h, 7d, today, or a date',
};

/** Values that need no knowledge of anything. */
const fixedValues: KnownNames = {
  status: [...Object.keys(statusWords), '429', '4xx', '5xx'],
  cost: ['>0.01', '>0.1', '>1'],
  tokens: ['>1k', '>10k', '>100k'],
  duration: ['>2s', '>10s', '>1m'],
  first: ['>500ms', '>2s'],
  since: ['15m', '1h', '24h', '7d', 'today', 'yesterday'],
  before: ['1h', '24h', '7d', 'today'],
};

/** @param text what stands in the field; its last word is what is completed */
export function completionsOf(text: string, known: KnownNames): readonly Completion[] {
  const at = lastWordAt(text);
  const start = text[at] === '-' ? at + 1 : at;
  const [head, word] = [text.slice(0, start), text.slice(start)];
  const colon = word.indexOf(':');
  const field = queryFields.find((one) => one === word.slice(0, Math.max(0, colon)).toLowerCase());
  if (field !== undefined) return valuesOf(head, field, word.slice(colon + 1), known).slice(0, mostOffered);
  const wanted = word.toLowerCase();
  const fields = queryFields
    .filter((one) => one.startsWith(wanted))
    .map((one) => ({
      text: `${head}${one}:`,
      label: `${one}:`,
      hint: `${fieldHints[one]}: ${fieldExamples[one]}`,
      isWhole: false,
    }));
  // What is typed may be a name already.
  const named = wanted.length < 2 ? [] : queryFields.flatMap((one) => valuesOf(head, one, word, known, true));
  return [...fields, ...named].slice(0, wanted === '' ? queryFields.length : mostOffered);
}

/** Where the last word begins; spaces in quotation marks part none. */
function lastWordAt(text: string): number {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && isQuoted) at += 1;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(text[at] ?? '')) start = at + 1;
  }
  return start;
}

function valuesOf(head: string, field: QueryField, typed: string, known: KnownNames, onlyNames = false): Completion[] {
  const at = typed.lastIndexOf(',') + 1;
  const wanted = typed.slice(at).replaceAll('"', '').toLowerCase();
  const values = [...(known[field] ?? []), ...(onlyNames ? [] : (fixedValues[field] ?? []))];
  const fitting = [...new Set(values)].filter((value) => value.toLowerCase().includes(wanted));
  // Those that begin with it come first.
  const ordered = fitting.toSorted((one, other) => rank(one, wanted) - rank(other, wanted));
  return ordered.map((value) => {
    const label = `${field}:${typed.slice(0, at)}${quoteValue(value)}`;
    return { text: `${head}${label}`, label, hint: onlyNames ? fieldHints[field] : '', isWhole: true };
  });
}

const rank = (value: string, wanted: string): number => (value.toLowerCase().startsWith(wanted) ? 0 : 1);
