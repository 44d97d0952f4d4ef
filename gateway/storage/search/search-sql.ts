/** How a query is asked of SQLite: each part is one of these constant texts, and every value a parameter. */
import type { Database, Statement } from 'better-sqlite3';
import type { Comparison, Condition, QueryTerm, TextField } from '../../contract/requests/query-terms.ts';
import { leastKeyAt, parseRequestId } from '../../contract/request-id.ts';

export type Parameter = string | number;

/** A condition in SQL, with the values of its question marks in order. */
export interface Clause {
  readonly sql: string;
  readonly values: readonly Parameter[];
}

/** Where a table keeps what texts are compared with; null where a request has none. */
export type TextColumns = Readonly<Record<TextField, readonly string[]>>;

export const logColumns: TextColumns = {
  model: ['requestedModel', 'model', "(provider || '/' || model)"],
  provider: ['provider'],
  client: ['clients.name', 'clientId'],
  rule: ['ruleName'],
  task: ['task'],
  dialect: ['dialect'],
};

/** Summaries have an empty text where a request has none; what they do not know is not asked of them. */
export const summaryColumns: TextColumns = {
  model: [],
  provider: ["nullif(provider, '')"],
  client: ['clients.name', "nullif(clientId, '')"],
  rule: ["nullif(rule, '')"],
  task: ["nullif(task, '')"],
  dialect: [],
};

/** In the units of the contract: nano-dollars, tokens, milliseconds. */
const amountColumns = {
  cost: 'costNanoUsd',
  tokens:
    'CASE WHEN inputTokens IS NOT NULL OR outputTokens IS NOT NULL THEN coalesce(inputTokens, 0) + coalesce(outputTokens, 0) END',
  duration: 'durationMs',
  first: 'firstTokenMs',
} as const;

const comparisonSql: Readonly<Record<Comparison, string>> = { '>': '> ?', '>=': '>= ?', '<': '< ?', '<=': '<= ?', '=': '= ?' };
const wordColumns = ['requestedModel', 'model', 'errorMessage', 'errorKind'] as const;

/** A query that compares a row with more than this looks at fewer. */
const usualComparisons = 16;

/** How many rows may be looked at in place of so many, for one that compares each with much. */
export function boundedRows(most: number, { values }: Clause): number {
  return Math.ceil(most * Math.min(1, usualComparisons / values.length));
}

/** The parts of a query, joined; true for one without any. */
export function clauseOf(terms: readonly QueryTerm[], columns: TextColumns): Clause {
  const clauses = terms.map(({ negated, condition }) => {
    const { sql, values } = conditionClause(condition, columns);
    // What is not known fits no part, and so fits every part that is negated.
    return { sql: ['((', sql, negated ? ') IS NOT TRUE)' : ') IS TRUE)'].join(''), values };
  });
  return clauses.length === 0 ? { sql: 'TRUE', values: [] } : joined(clauses, ' AND ');
}

function joined(clauses: readonly Clause[], word: ' AND ' | ' OR '): Clause {
  return { sql: clauses.map(({ sql }) => sql).join(word), values: clauses.flatMap(({ values }) => values) };
}

function conditionClause(condition: Condition, columns: TextColumns): Clause {
  switch (condition.kind) {
    case 'text':
      return joined(
        condition.anyOf.flatMap((pattern) => columns[condition.field].map((column) => patternClause(column, pattern))),
        ' OR ',
      );
    case 'status':
      return joined(
        condition.anyOf.flatMap((choice): Clause[] =>
          'states' in choice
            ? choice.states.map((state) => ({ sql: 'state = ?', values: [state] }))
            : [{ sql: 'status BETWEEN ? AND ?', values: [choice.least, choice.most] }],
        ),
        ' OR ',
      );
    case 'amount':
      return {
        sql: [amountColumns[condition.field], comparisonSql[condition.comparison]].join(' '),
        values: [condition.amount],
      };
    case 'time':
      return { sql: condition.field === 'since' ? 'startedAtMs >= ?' : 'startedAtMs < ?', values: [condition.atMs] };
    case 'words':
      return wordsClause(condition.text);
  }
}

function patternClause(column: string, pattern: string): Clause {
  if (!pattern.includes('*')) return { sql: [column, '= ? COLLATE NOCASE'].join(' '), values: [pattern] };
  const like = pattern.split('*').map(escapeLike).join('%');
  return { sql: [column, likeSql].join(' '), values: [like] };
}

function wordsClause(text: string): Clause {
  const key = parseRequestId(text);
  if (key !== null) return { sql: 'key = ?', values: [key] };
  const like = `%${escapeLike(text)}%`;
  return joined(
    wordColumns.map((column) => ({ sql: [column, likeSql].join(' '), values: [like] })),
    ' OR ',
  );
}

const likeSql = String.raw`LIKE ? ESCAPE '\'`;

function escapeLike(text: string): string {
  return text.replaceAll(/[%_\\]/g, String.raw`\$&`);
}

/** Keys outside these fit no part of the query. */
export interface KeyBounds {
  readonly fromKey: number;
  /** Not included. */
  readonly toKey: number;
  /** Only those that run are asked for. */
  readonly isRunning: boolean;
}

/** Keys follow the clock but where it is set back; by more than this, `before:` finds no more what began meanwhile. */
export const clockSetBackMs = 3_600_000;

export function keyBounds(terms: readonly QueryTerm[]): KeyBounds {
  const { fromMs, toMs } = timeBounds(terms);
  let fromKey = leastKeyAt(fromMs);
  let toKey = leastKeyAt(toMs + clockSetBackMs);
  let isRunning = false;
  for (const { negated, condition } of terms) {
    const key = condition.kind === 'words' && !negated ? parseRequestId(condition.text) : null;
    if (key !== null) [fromKey, toKey] = [Math.max(fromKey, key), Math.min(toKey, key + 1)];
    if (condition.kind === 'status' && !negated)
      isRunning ||= condition.anyOf.every((choice) => 'states' in choice && choice.states.every((state) => state === 'started'));
  }
  return { fromKey, toKey, isRunning };
}

/** Between which moments a query's requests began, in milliseconds since 1970; the last is not included. */
export function timeBounds(terms: readonly QueryTerm[]): { readonly fromMs: number; readonly toMs: number } {
  let fromMs = 0;
  let toMs = latestMs;
  for (const { negated, condition } of terms) {
    if (condition.kind !== 'time') continue;
    if ((condition.field === 'since') !== negated) fromMs = Math.max(fromMs, condition.atMs);
    else toMs = Math.min(toMs, condition.atMs);
  }
  return { fromMs, toMs };
}

/** The year 2039: the last moment whose keys are exact numbers. */
const latestMs = 2 ** 41;

/** Shapes of queries that stay prepared. */
const mostPrepared = 40;

/** Statements by their text; there are as many as shapes of queries, and the one unused for longest goes. */
export function preparedBy<Row>(database: Database): (sql: string) => Statement<Parameter[], Row> {
  const prepared = new Map<string, Statement<Parameter[], Row>>();
  return (sql) => {
    const statement = prepared.get(sql) ?? database.prepare<Parameter[], Row>(sql);
    prepared.delete(sql);
    prepared.set(sql, statement);
    const [oldest] = prepared.keys();
    if (prepared.size > mostPrepared && oldest !== undefined) prepared.delete(oldest);
    return statement;
  };
}
