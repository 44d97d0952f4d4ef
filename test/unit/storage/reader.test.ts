/** The log's reading side: pages, filters, and how SQLite goes about them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RequestItem, requestItemSchema } from '../../../gateway/contract/records.ts';
import { readQuery } from '../../../gateway/contract/requests/query.ts';
import { formatRequestId } from '../../../gateway/contract/request-id.ts';
import type { ListInput } from '../../../gateway/storage/background.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { openStorage, type Storage } from '../../../gateway/storage/open-storage.ts';
import { attemptsSql, decisionSql, getSql } from '../../../gateway/storage/request-queries.ts';
import { finish, makeFolder, openForTest, start, startInLog } from './rows.ts';

function termsOf(filter: string) {
  const reading = readQuery(filter, 0);
  if (!reading.ok) throw new Error(reading.message);
  return reading.terms;
}

describe('over 2,000 rows', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'gatehouse-reader-'));
  const count = 2000;
  const open: { storage?: Storage } = {};
  const storage = (): Storage => {
    if (!open.storage) throw new Error('The storage was not opened.');
    return open.storage;
  };

  beforeAll(async () => {
    open.storage = openStorage({ dataDir, now: Date.now });
    const { recorder } = storage();
    const writes: Promise<Error | null>[] = [];
    for (let key = 1; key <= count; key += 1) {
      const { started, acknowledged } = start(recorder, key, { clientId: key % 3 === 0 ? 'c3' : 'c1' });
      writes.push(acknowledged);
      if (key % 10 === 0) continue;
      const change = key % 7 === 0 ? ({ state: 'upstream_error', provider: 'lab', model: 'qwen3:8b' } as const) : {};
      writes.push(finish(recorder, started, change));
    }
    expect((await Promise.all(writes)).filter(Boolean)).toEqual([]);
  });

  afterAll(async () => {
    await storage().close();
    rmSync(dataDir, { recursive: true });
  });

  async function readAll(input: ListInput): Promise<RequestItem[]> {
    const items: RequestItem[] = [];
    let cursor: string | null = null;
    do {
      const page = await storage().listRequests({ ...input, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
      if (cursor !== null) expect(page.items).toHaveLength(input.limit);
    } while (cursor !== null);
    return items;
  }

  const expectedIds = (matches: (key: number) => boolean): string[] =>
    Array.from({ length: count }, (_, index) => count - index)
      .filter(matches)
      .map(formatRequestId);

  const cases: readonly [name: string, filter: string, matches: (key: number) => boolean][] = [
    ['no filter', '', () => true],
    ['one state', 'status:running', (key) => key % 10 === 0],
    ['two states', 'status:running,provider-failed', (key) => key % 10 === 0 || key % 7 === 0],
    ['a client', 'client:c3', (key) => key % 3 === 0],
    ['a provider', 'provider:lab', (key) => key % 7 === 0 && key % 10 !== 0],
    ['a model', 'model:qwen3:8b', (key) => key % 7 === 0 && key % 10 !== 0],
    ['everything', 'status:ok client:c1 provider:openai', (key) => key % 3 !== 0 && key % 7 !== 0 && key % 10 !== 0],
    ['what nothing matches', `client:"' OR 1=1 --"`, () => false],
  ];

  test.each(cases)('pages filtered by %s give each row once, newest first', async (_, filter, matches) => {
    const items = await readAll({ terms: termsOf(filter), limit: 123 });
    expect(items.map(({ id }) => id)).toEqual(expectedIds(matches));
  });

  test('a last page that is exactly full has no next one', async () => {
    const { nextCursor, items } = await storage().listRequests({ limit: count });
    expect([items.length, nextCursor]).toEqual([count, null]);
  });

  test('every item is what the contract says, running ones too', async () => {
    const items = await readAll({ limit: 500 });
    for (const item of items) requestItemSchema.parse(item);
    expect(items[0]).toMatchObject({
      state: 'started',
      durationMs: null,
      usage: { inputTokens: null, estimated: false },
      costUsd: null,
    });
  });

  test('rows that come while paging do not shift the pages', async () => {
    const first = await storage().listRequests({ limit: 10 });
    await startInLog(storage().recorder, count + 1);
    const second = await storage().listRequests({ limit: 10, cursor: first.nextCursor });
    expect(second.items[0]?.id).toBe(formatRequestId(count - 10));
  });
});

test('a cursor that is none of ours is refused by name', async () => {
  const storage = openForTest(makeFolder());
  await expect(storage.listRequests({ limit: 5, cursor: 'x' })).rejects.toMatchObject({ kind: 'invalid', field: 'cursor' });
});

test('an id that is unknown or none is no request, not an error', async () => {
  const storage = openForTest(makeFolder());
  expect(await storage.getRequest(formatRequestId(12))).toBeNull();
  expect(await storage.getRequest("req_' OR 1=1")).toBeNull();
});

test.each([
  ['one request', getSql, 'SEARCH requests USING INTEGER PRIMARY KEY (rowid=?)'],
  ['its attempts', attemptsSql, 'SEARCH attempts USING PRIMARY KEY (requestKey=?)'],
  ['what its decision was made from', decisionSql, 'SEARCH requests USING INTEGER PRIMARY KEY (rowid=?)'],
])('%s is read through its primary key, without sorting', (_, sql, search) => {
  const database = new Database(':memory:');
  migrate(database);
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(1)
    .map((step) => (step as { detail: string }).detail);
  expect(plan).toContain(search);
  expect(plan.join('\n')).not.toMatch(/TEMP B-TREE|SCAN (requests|attempts|clients)/);
});
