/** Reads into a provider's own usage object, of which nothing is certain. */

export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

/** An object's fields; none where the value is no object. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : none;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null where the text is no JSON object. */
export function parseUsage(json: string): Fields | null {
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** No request costs, lasts or counts more. */
const plausibleMaximum = 1e10;

/** An amount that may have a fraction: money, seconds. Null when it is missing or implausible. */
export function amountOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= plausibleMaximum ? value : null;
}

/** https://docs.x.ai/developers/cost-tracking: a dollar has 10,000,000,000 ticks. */
const ticksPerUsd = 1e10;

/** What xAI's ticks are in US dollars: these must be plausible, not the ticks. Null when they are not. */
export function usdOfTicks(value: unknown): number | null {
  return typeof value === 'number' ? amountOf(value / ticksPerUsd) : null;
}

/** Names of counts in every format: `input_tokens`, `promptTokenCount`, `web_search_requests`, `prompt_eval_count`, `tokenCount`. */
const countName = /(?:tokens|tokenCount|_requests|_queries|_count|_calls|search_units)$/i;
/** Names of amounts that may have a fraction. */
const amountName = /(?:seconds|cost)$/i;
const ticksName = 'cost_in_usd_ticks';

type NameKind = 'count' | 'amount' | 'ticks' | 'other';

const kinds = new Map<string, NameKind>();
/** Names come from providers: the few that are real are known by then. */
const mostKinds = 500;

function kindOf(name: string): NameKind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const kind = judgeName(name);
  if (kinds.size < mostKinds) kinds.set(name, kind);
  return kind;
}

function judgeName(name: string): NameKind {
  if (name === ticksName) return 'ticks';
  if (countName.test(name)) return 'count';
  return amountName.test(name) ? 'amount' : 'other';
}

const deepest = 3;

/** Does something stand where a count or an amount belongs that cannot be one: text, a part of a token, less than nothing? */
export function holdsWrongCount(value: object, depth = 0): boolean {
  // As JSON made it: its fields are all its own. A loop was measured to take a third of the time of a list of entries.
  for (const name in value) {
    const each: unknown = Reflect.get(value, name);
    if (typeof each !== 'object') {
      if (isWrong(name, each)) return true;
    } else if (each !== null && depth < deepest && holdsWrongCount(each, depth + 1)) return true;
  }
  return false;
}

function isWrong(name: string, value: unknown): boolean {
  const kind = kindOf(name);
  if (kind === 'ticks') return usdOfTicks(value) === null;
  return kind !== 'other' && (amountOf(value) === null || (kind === 'count' && !Number.isInteger(value)));
}
