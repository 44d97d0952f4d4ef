/** The histogram of the log: its bars add up to what the search finds, from summaries and from the log alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestItem } from '../../../../gateway/contract/records.ts';
import { matchesQuery } from '../../../../gateway/contract/requests/matches-query.ts';
import { readQuery } from '../../../../gateway/contract/requests/query.ts';
import { openDatabase } from '../../../../gateway/storage/open-database.ts';
import { countSql, hoursSql, prepareRequestHistogram } from '../../../../gateway/storage/search/request-histogram.ts';
import { prepareRequestSearch } from '../../../../gateway/storage/search/request-search.ts';
import { clauseOf, logColumns, summaryColumns } from '../../../../gateway/storage/search/search-sql.ts';
import { countLeftOvers } from '../../../../gateway/storage/usage/count-left-overs.ts';
import { fillLog } from '../../../support/usage-log.ts';

const untilMs = new Date(2026, 10, 20, 15, 20).getTime();

function termsOf(query: string) {
  const reading = readQuery(query, untilMs);
  if (!reading.ok) throw new Error(reading.message);
  return reading.terms;
}

describe.each([
  ['a log that can be counted', 6_000],
  ['a log too long to be counted', 50_000],
])('over %s', (_, rows) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-histogram-'));
  const open: { database?: Database; items?: RequestItem[] } = {};
  const database = (): Database => {
    if (!open.database) throw new Error('The database was not opened.');
    return open.database;
  };

  beforeAll(() => {
    open.database = openDatabase(folder);
    fillLog(open.database, { rows, days: 20, untilMs });
    countLeftOvers(open.database);
    const search = prepareRequestSearch(open.database);
    const page = search.list({ terms: [], beforeKey: null, limit: rows });
    open.items = [...page.items];
  });
  afterAll(() => {
    database().close();
    rmSync(folder, { recursive: true });
  });

  const ask = (query: string, bars = 40) =>
    prepareRequestHistogram(database()).histogram({ terms: termsOf(query), bars, nowMs: untilMs });
  const hasFailed = termsOf('status:failed');

  test.each([
    ['', true],
    ['provider:provider-1', true],
    ['-task:* client:client-1,client-7', true],
    ['rule:cheap* -provider:*0', true],
    ['since:7d', true],
    ['since:2026-11-10T08:17 before:2026-11-18T21:05', true],
    ['since:2026-11-10T08:17 before:2026-11-10T08:41', true],
    ['-since:3d -provider:*', true],
    ['since:2h', true],
    ['status:failed', false],
    ['model:model-1 cost:>0.001', false],
    ['before:5d status:ok', false],
  ])('the bars of "%s" stand without gaps and hold what the search finds', (query, isWhole) => {
    const { bars, countedBackToMs } = ask(query);
    expect(bars.length).toBeLessThanOrEqual(41);
    for (const [place, { startMs, endMs }] of bars.entries())
      expect([startMs < endMs, bars[place + 1]?.startMs ?? endMs]).toEqual([true, endMs]);
    if (isWhole || rows < 40_000) expect(countedBackToMs).toBeNull();
    const fitting = (open.items ?? []).filter((item) => matchesQuery(item, termsOf(query)));
    const expected = bars.map(({ startMs, endMs }) => {
      const within = fitting.filter(({ startedAtMs }) => startedAtMs >= startMs && startedAtMs < endMs);
      return { startMs, endMs, requests: within.length, failed: within.filter((item) => matchesQuery(item, hasFailed)).length };
    });
    expect(bars).toEqual(expected);
    const beyond = fitting.filter(({ startedAtMs }) => startedAtMs < (countedBackToMs ?? 0));
    expect(bars.reduce((sum, { requests }) => sum + requests, 0)).toBe(fitting.length - beyond.length);
    expect(fitting.length).toBeGreaterThan(0);
  });

  test('what cannot be counted whole says from when on it was counted', () => {
    const { bars, countedBackToMs } = ask('status:failed');
    if (rows < 40_000) expect(countedBackToMs).toBeNull();
    else expect(bars[0]?.startMs).toBe(countedBackToMs);
  });

  test('where nothing can be there are no bars', () => {
    expect(ask('since:2027-01-01')).toEqual({ bars: [], countedBackToMs: null });
    expect(ask('since:1h before:2h')).toEqual({ bars: [], countedBackToMs: null });
  });

  test('summaries and log are read only between the moments asked for', () => {
    const planOf = (sql: string, bound: readonly unknown[]): string =>
      database()
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...bound)
        .map(({ detail }) => detail)
        .join('\n');
    const inLog = clauseOf(termsOf('model:a status:ok'), logColumns);
    const inHours = clauseOf(termsOf('provider:a client:b'), summaryColumns);
    expect(planOf(countSql(inLog.sql), [0, 1, 0, 1, 0, 1, ...inLog.values])).toContain(
      'SEARCH requests USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
    );
    expect(planOf(hoursSql(inHours.sql), [0, 1, 0, 1, ...inHours.values])).toContain(
      'SEARCH usageHours USING PRIMARY KEY (hourStartsAtMs>? AND hourStartsAtMs<?)',
    );
  });
});
