/** The log's search: that it finds what the window's own matcher finds, looks at little, and goes on where it stopped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database, { type Database as OpenDatabase } from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { RequestItem } from '../../../../gateway/contract/records.ts';
import { matchesQuery } from '../../../../gateway/contract/requests/matches-query.ts';
import { readQuery } from '../../../../gateway/contract/requests/query.ts';
import type { QueryTerm } from '../../../../gateway/contract/requests/query-terms.ts';
import { migrate } from '../../../../gateway/storage/migrate.ts';
import { floorSql, type Page, prepareRequestSearch, searchSql } from '../../../../gateway/storage/search/request-search.ts';
import { clauseOf, logColumns } from '../../../../gateway/storage/search/search-sql.ts';
import { anyQuery, anyRows, queriedFromMs, type QueriedRow } from '../../../support/any-query.ts';
import { fillLog } from '../../../support/usage-log.ts';

function openLog(file = ':memory:'): OpenDatabase {
  const database = new Database(file);
  migrate(database);
  const client = database.prepare('INSERT INTO clients (id, name, createdAtMs) VALUES (?, ?, 0)');
  client.run('c1', 'laptop agent');
  client.run('c2', 'AB');
  return database;
}

function insertRows(database: OpenDatabase, rows: readonly QueriedRow[]): void {
  const insert = database.prepare<[QueriedRow]>(`
INSERT INTO requests (
  key, state, startedAtMs, clientId, dialect, requestedModel, stream, requestBytes, configVersion, provider, model, status, ruleName, task,
  inputTokens, outputTokens, costNanoUsd, durationMs, firstTokenMs, errorKind, errorMessage
) VALUES (
  :key, :state, :startedAtMs, :clientId, :dialect, :requestedModel, 0, 1, 1, :provider, :model, :status, :ruleName, :task,
  :inputTokens, :outputTokens, :costNanoUsd, :durationMs, :firstTokenMs, :errorKind, :errorMessage
)`);
  for (const row of rows) insert.run(row);
}

function termsOf(query: string): readonly QueryTerm[] {
  const reading = readQuery(query, queriedFromMs);
  if (!reading.ok) throw new Error(reading.message);
  return reading.terms;
}

/** Every page, as a caller reads on. */
function readAll(database: OpenDatabase, query: string, limit: number): { items: RequestItem[]; pages: Page[] } {
  const search = prepareRequestSearch(database);
  const pages: Page[] = [];
  let beforeKey: number | null = null;
  do {
    const page = search.list({ terms: termsOf(query), beforeKey, limit });
    pages.push(page);
    beforeKey = page.lastKey;
  } while (beforeKey !== null);
  return { items: pages.flatMap(({ items }) => items), pages };
}

test('whatever is asked, the log finds the requests that the window would let in, newest first', () => {
  const database = openLog();
  fc.assert(
    fc.property(anyRows, anyQuery, fc.integer({ min: 1, max: 30 }), (rows, query, limit) => {
      database.exec('DELETE FROM requests');
      insertRows(database, rows);
      const all = readAll(database, '', 500).items;
      expect(all).toHaveLength(rows.length);
      const expected = all.filter((item) => matchesQuery(item, termsOf(query)));
      expect(readAll(database, query, limit).items).toEqual(expected);
    }),
    { numRuns: 600 },
  );
});

test('nothing of what a person writes is part of the SQL', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{12,20}$/),
      fc.constantFrom('model:', 'client:*', 'rule:', '-', '', 'task:x,'),
      (word, before) => {
        const { sql, values } = clauseOf(termsOf(`${before}${word}`), logColumns);
        expect(sql).not.toContain(word);
        expect(values.join(' ')).toContain(word);
      },
    ),
  );
});

test.each([
  ['everything', ''],
  ['a query', 'model:gpt* -status:ok client:x cost:>1 since:2h timeout'],
])('%s is read through the primary key, without sorting', (_, query) => {
  const database = openLog();
  const { sql, values } = clauseOf(termsOf(query), logColumns);
  const planOf = (statement: string, bound: readonly unknown[]): string[] =>
    database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
      .all(...bound)
      .map(({ detail }) => detail);
  for (const plan of [planOf(searchSql(sql), [1, 0, ...values, 1]), planOf(floorSql, [1, 0, 1])]) {
    expect(plan).toContain('SEARCH requests USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)');
    expect(plan.join('\n')).not.toMatch(/TEMP B-TREE|SCAN/);
  }
});

describe('over many rows', () => {
  const rows = process.env['GATEHOUSE_TEST_SIZE'] === 'full' ? 1_000_000 : 60_000;
  const untilMs = Date.UTC(2026, 10, 20);
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-search-'));
  const database = openLog(path.join(folder, 'log.db'));
  afterAll(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  fillLog(database, { rows, days: 90, untilMs });
  const search = prepareRequestSearch(database);
  const list = (query: string, beforeKey: number | null = null) => search.list({ terms: termsOf(query), beforeKey, limit: 100 });

  /** Of this thread, in milliseconds: the least of some, since others work here too. */
  function cpuOf(ask: () => void): number {
    const took = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      ask();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    return Math.min(...took);
  }

  test.each([
    ['everything', ''],
    ['most', 'status:ok'],
    ['some', 'status:failed provider:provider-1'],
    ['little', 'model:*7 -client:client-1 cost:>0.03 "unknown"'],
    ['nothing', 'model:nothing* nowhere'],
    ['what runs', 'status:running'],
    ['what began long ago', 'before:2026-09-20T00:00Z status:ok'],
    ['a long query', `-model:${Array.from({ length: 20 }, (_nothing, place) => `*${place}*x*`).join(',')} `.repeat(6)],
    ['one by its id', 'req_1q9w0000000'],
  ])('a page of %s takes under 100 ms', (_, query) => {
    expect(cpuOf(() => list(query))).toBeLessThan(100);
  });

  test('a search for what is rare stops for now, says how far it looked, and goes on from there to the end', () => {
    const { items, pages } = readAll(database, 'model:nothing*', 100);
    expect(items).toEqual([]);
    expect(pages.length).toBe(Math.ceil(rows / 20_000) + (rows % 20_000 === 0 ? 1 : 0));
    const lookedTo = pages.slice(0, -1).map(({ searchedBackToMs }) => searchedBackToMs ?? 0);
    expect(lookedTo).toEqual(lookedTo.toSorted((one, other) => other - one));
    expect(pages.at(-1)).toMatchObject({ lastKey: null, searchedBackToMs: null });
  });

  test('what runs, a time and an id are looked for only where they can be', () => {
    expect(list('status:running -status:running')).toMatchObject({ items: [], lastKey: expect.any(Number) });
    database.prepare('UPDATE recoveryMark SET fromKey = ?').run(untilMs * 4_096);
    expect(list('status:running')).toEqual({ items: [], lastKey: null, searchedBackToMs: null });
    const [first] = list('before:2026-09-20T00:00Z').items;
    expect(first?.startedAtMs).toBeLessThan(Date.UTC(2026, 8, 20));
    const id = first?.id ?? '';
    expect(list(id)).toMatchObject({ items: [{ id }], lastKey: null });
  });
});
