/** How many requests a query finds over time: whole hours from the summaries where they know enough, the rest counted in the log. */
import type { Database } from 'better-sqlite3';
import { hourStartsAt } from '../../contract/money/local-hour.ts';
import type { RequestBar } from '../../contract/requests/calls.ts';
import type { QueryTerm } from '../../contract/requests/query-terms.ts';
import { leastKeyAt } from '../../contract/request-id.ts';
import { floorSql } from './request-search.ts';
import {
  boundedRows,
  type Clause,
  clauseOf,
  clockSetBackMs,
  keyBounds,
  logColumns,
  type Parameter,
  preparedBy,
  summaryColumns,
  timeBounds,
} from './search-sql.ts';

export interface HistogramQuestion {
  readonly terms: readonly QueryTerm[];
  /** At most so many bars. */
  readonly bars: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface Histogram {
  /** In order, without gaps; none where there is nothing to count. */
  readonly bars: readonly RequestBar[];
  /** What is older was not counted; null where everything was. */
  readonly countedBackToMs: number | null;
}

export interface HistogramQueries {
  histogram(question: HistogramQuestion): Histogram;
}

/** Rows of the log that are looked at for one answer, beside those of the hours at both ends. */
const mostCounted = 40_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const widths = [
  ...[1, 5, 15, 60, 300, 900, 1_800].map((seconds) => seconds * 1_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * dayMs),
];
const summaryFields: readonly string[] = ['provider', 'client', 'rule', 'task'];

interface Span {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

interface CountRow {
  readonly place: number;
  readonly requests: number;
  readonly failed: number;
}

type Count = (span: Span, originMs: number, widthMs: number) => readonly CountRow[];

/** Prepares the questions, once for each connection. */
export function prepareRequestHistogram(database: Database): HistogramQueries {
  const oldest = database.prepare<[], number>('SELECT startedAtMs FROM requests ORDER BY key LIMIT 1').pluck();
  const floorBelow = database.prepare<[number, number, number], { readonly startedAtMs: number }>(floorSql);
  const statementOf = preparedBy<CountRow>(database);
  const answer = database.transaction((question: HistogramQuestion): Histogram => {
    const { terms, nowMs } = question;
    const firstMs = oldest.get();
    const bounds = timeBounds(terms);
    // A request that begins in this very millisecond counts too.
    const wanted = { fromMs: Math.max(bounds.fromMs, firstMs ?? nowMs), toMs: Math.min(bounds.toMs, nowMs + 1) };
    if (wanted.fromMs >= wanted.toMs) return { bars: [], countedBackToMs: null };
    const inLog = clauseOf(terms, logColumns);
    const countLog: Count = (span, originMs, widthMs) =>
      statementOf(countSql(inLog.sql)).all(...logParameters(span, originMs, widthMs, inLog));
    const others = terms.filter(({ condition }) => condition.kind !== 'time');
    const inHours = clauseOf(others, summaryColumns);
    const countHours: Count = ({ fromMs, toMs }, originMs, widthMs) =>
      statementOf(hoursSql(inHours.sql)).all(originMs, widthMs, fromMs, toMs, ...inHours.values);
    const known = others.every(({ condition }) => condition.kind === 'text' && summaryFields.includes(condition.field));
    const { fromKey, toKey } = keyBounds(terms);
    const floor = floorBelow.get(
      Math.min(toKey, leastKeyAt(wanted.toMs + clockSetBackMs)),
      fromKey,
      boundedRows(mostCounted, inLog),
    );
    if (known && (floor !== undefined || wanted.toMs - wanted.fromMs > question.bars * hourMs))
      return { bars: barsOf(wanted, question.bars, hourMs, withSummaries(countLog, countHours)), countedBackToMs: null };
    const counted = { fromMs: Math.max(wanted.fromMs, floor ? floor.startedAtMs + 1 : 0), toMs: wanted.toMs };
    const isCut = counted.fromMs > wanted.fromMs;
    return { bars: barsOf(counted, question.bars, 0, countLog), countedBackToMs: isCut ? counted.fromMs : null };
  });
  return { histogram: answer };
}

/** Whole hours from the summaries; what stands out at both ends from the log. */
function withSummaries(countLog: Count, countHours: Count): Count {
  return ({ fromMs, toMs }, originMs, widthMs) => {
    const startMs = hourStartsAt(fromMs) === fromMs ? fromMs : hourStartsAt(fromMs) + hourMs;
    const endMs = hourStartsAt(toMs);
    if (startMs >= endMs) return countLog({ fromMs, toMs }, originMs, widthMs);
    return [
      ...countLog({ fromMs, toMs: startMs }, originMs, widthMs),
      ...countHours({ fromMs: startMs, toMs: endMs }, originMs, widthMs),
      ...countLog({ fromMs: endMs, toMs }, originMs, widthMs),
    ];
  };
}

/** Bars begin at round times of this machine's wall; the first and the last end with the span. */
function barsOf(span: Span, most: number, leastWidthMs: number, count: Count): readonly RequestBar[] {
  const { fromMs, toMs } = span;
  const wantedMs = Math.max(leastWidthMs, (toMs - fromMs) / Math.max(1, most - 1));
  const widthMs = widths.find((width) => width >= wantedMs) ?? Math.ceil(wantedMs / dayMs) * dayMs;
  const day = new Date(fromMs);
  const midnightMs = new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const originMs = midnightMs + Math.floor((fromMs - midnightMs) / widthMs) * widthMs;
  const bars = Array.from({ length: Math.ceil((toMs - originMs) / widthMs) }, (_nothing, place) => ({
    startMs: Math.max(fromMs, originMs + place * widthMs),
    endMs: Math.min(toMs, originMs + (place + 1) * widthMs),
    requests: 0,
    failed: 0,
  }));
  for (const { place, requests, failed } of count(span, originMs, widthMs)) {
    const bar = bars[place];
    if (!bar) continue;
    bar.requests += requests;
    bar.failed += failed;
  }
  return bars;
}

function logParameters({ fromMs, toMs }: Span, originMs: number, widthMs: number, { values }: Clause): Parameter[] {
  return [originMs, widthMs, leastKeyAt(fromMs), leastKeyAt(toMs + clockSetBackMs), fromMs, toMs, ...values];
}

const countHeadSql = `
SELECT CAST((startedAtMs - ?) / ? AS INTEGER) AS place, count(*) AS requests,
  sum(state IN ('upstream_error', 'gateway_error', 'rejected', 'interrupted')) AS failed
FROM requests LEFT JOIN clients ON clients.id = requests.clientId
WHERE key >= ? AND key < ? AND startedAtMs >= ? AND startedAtMs < ? AND (`;

/** @param condition of constant parts (`search-sql.ts`) */
export function countSql(condition: string): string {
  return [countHeadSql, condition, ') GROUP BY place'].join('');
}

const hoursHeadSql = `
SELECT CAST((hourStartsAtMs - ?) / ? AS INTEGER) AS place, total(requests) AS requests, total(errors) AS failed
FROM usageHours LEFT JOIN clients ON clients.id = usageHours.clientId
WHERE hourStartsAtMs >= ? AND hourStartsAtMs < ? AND (`;

/** @param condition of constant parts (`search-sql.ts`) */
export function hoursSql(condition: string): string {
  return [hoursHeadSql, condition, ') GROUP BY place'].join('');
}
