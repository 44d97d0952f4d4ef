/** Does a request fit a query? Says the same as the log's own search (gateway/storage/search). Pure. */
import { nanoOfUsd } from '../money/nano-usd.ts';
import type { RequestItem } from '../records.ts';
import { parseRequestId } from '../request-id.ts';
import type { AmountField, Comparison, Condition, QueryTerm, TextField } from './query-terms.ts';

export function matchesQuery(item: RequestItem, terms: readonly QueryTerm[]): boolean {
  return terms.every(({ negated, condition }) => fits(item, condition) !== negated);
}

function fits(item: RequestItem, condition: Condition): boolean {
  switch (condition.kind) {
    case 'text': {
      const texts = textsOf(item, condition.field);
      return condition.anyOf.some((pattern) => texts.some((text) => text !== null && fitsPattern(text, pattern)));
    }
    case 'status':
      return condition.anyOf.some((choice) =>
        'states' in choice
          ? choice.states.includes(item.state)
          : item.status !== null && item.status >= choice.least && item.status <= choice.most,
      );
    case 'amount': {
      const amount = amountOf(item, condition.field);
      return amount !== null && compare[condition.comparison](amount, condition.amount);
    }
    case 'time':
      return condition.field === 'since' ? item.startedAtMs >= condition.atMs : item.startedAtMs < condition.atMs;
    case 'words':
      return fitsWords(item, condition.text);
  }
}

function textsOf(item: RequestItem, field: TextField): readonly (string | null)[] {
  switch (field) {
    case 'model': {
      const { requestedModel, provider, model } = item;
      return [requestedModel, model, provider === null || model === null ? null : `${provider}/${model}`];
    }
    case 'client':
      return [item.clientName, item.clientId];
    default:
      return [item[field]];
  }
}

/** Null where nobody knows: it fits no comparison. */
function amountOf({ costUsd, usage, durationMs, firstTokenMs }: RequestItem, field: AmountField): number | null {
  const { inputTokens, outputTokens } = usage;
  switch (field) {
    case 'cost':
      return costUsd === null ? null : nanoOfUsd(costUsd);
    case 'tokens':
      return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
    case 'duration':
      return durationMs;
    case 'first':
      return firstTokenMs;
  }
}

const compare: Readonly<Record<Comparison, (one: number, other: number) => boolean>> = {
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '=': (one, other) => one === other,
};

function fitsWords(item: RequestItem, words: string): boolean {
  const key = parseRequestId(words);
  if (key !== null) return item.id === words;
  const wanted = fold(words);
  const texts = [item.requestedModel, item.model, item.errorMessage, item.errorKind];
  return texts.some((text) => text !== null && fold(text).includes(wanted));
}

/** Small letters for A to Z alone, as the log compares. */
function fold(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Each piece between stars is looked for behind the one before: never slower than the text is long, whatever the pattern. */
function fitsPattern(text: string, pattern: string): boolean {
  const whole = fold(text);
  const pieces = fold(pattern).split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return whole === first;
  const last = pieces.at(-1) ?? '';
  if (whole.length < first.length + last.length || !whole.startsWith(first) || !whole.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = whole.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= whole.length - last.length;
}
