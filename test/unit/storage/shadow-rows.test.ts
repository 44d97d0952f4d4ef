/** Shadows in the log: beside their request and never in it, counted by day and rule, told of when a crash cut them off. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ShadowEnd, ShadowStart } from '../../../gateway/contract/shadows.ts';
import { formatRequestId } from '../../../gateway/contract/request-id.ts';
import { migrate } from '../../../gateway/storage/migrate.ts';
import { interruptSql, useSql } from '../../../gateway/storage/shadow-rows.ts';
import { finish, makeFolder, openForTest, startInLog } from './rows.ts';

const begun = (requestKey: number, change: Partial<ShadowStart> = {}): ShadowStart => ({
  requestKey,
  startedAtMs: 1_700_000_000_500,
  day: '2026-01-05',
  target: 'copy/m',
  rule: 'mirror',
  costUsd: 0.25,
  ...change,
});

const over = (requestKey: number, change: Partial<ShadowEnd> = {}): ShadowEnd => ({
  requestKey,
  status: 200,
  durationMs: 80.5,
  firstTokenMs: 12.25,
  usage: { inputTokens: 5, cachedInputTokens: 1, cacheWriteTokens: null, outputTokens: 6, reasoningTokens: 2, estimated: true },
  costUsd: 0.125,
  errorKind: null,
  errorMessage: null,
  textLength: 40,
  ...change,
});

test('a request tells of its shadow when that is over, and its own figures stay as they were', async () => {
  const { recorder, shadows, getRequest } = openForTest(makeFolder());
  await finish(recorder, await startInLog(recorder, 7));
  const before = await getRequest(formatRequestId(7));
  await shadows.begin(begun(7));
  expect(await getRequest(formatRequestId(7))).toEqual(before);
  await shadows.end(over(7));
  const { requestKey: _, costUsd: __, ...told } = over(7);
  expect(await getRequest(formatRequestId(7))).toEqual({ ...before, shadow: { target: 'copy/m', rule: 'mirror', ...told } });
});

test("a day's copies and dollars are told for each rule, those under way included", async () => {
  const { shadows } = openForTest(makeFolder());
  expect(shadows.usedOn('2026-01-05')).toEqual([]);
  await shadows.begin(begun(1));
  await shadows.begin(begun(2));
  await shadows.end(over(2));
  await shadows.begin(begun(3, { rule: 'other', costUsd: null }));
  await shadows.begin(begun(4, { day: '2026-01-06' }));
  expect(shadows.usedOn('2026-01-05')).toEqual([
    { rule: 'mirror', copies: 2, usd: 0.375 },
    { rule: 'other', copies: 1, usd: 0 },
  ]);
  expect(shadows.usedOn('2026-01-06')).toEqual([{ rule: 'mirror', copies: 1, usd: 0.25 }]);
});

test('what is handed over and not yet committed is counted', () => {
  const { shadows } = openForTest(makeFolder());
  void shadows.begin(begun(1));
  expect(shadows.usedOn('2026-01-05')).toEqual([{ rule: 'mirror', copies: 1, usd: 0.25 }]);
});

test('a shadow that the last process left under way is interrupted at the next start, and still counted', async () => {
  const dataDir = makeFolder();
  const first = openForTest(dataDir);
  await finish(first.recorder, await startInLog(first.recorder, 7));
  await first.shadows.begin(begun(7));
  await first.close();
  const next = openForTest(dataDir);
  const { shadow } = (await next.getRequest(formatRequestId(7))) ?? {};
  expect(shadow).toMatchObject({ errorKind: 'interrupted', durationMs: 0, status: null, usage: { outputTokens: null } });
  expect(next.shadows.usedOn('2026-01-05')).toEqual([{ rule: 'mirror', copies: 1, usd: 0.25 }]);
});

test('a request has one shadow: a second is refused, and harms neither the first nor what is written with it', async () => {
  const { shadows, vaultKey } = openForTest(makeFolder());
  await shadows.begin(begun(7));
  const beside = vaultKey.save({ keyId: 'k', keptIn: 'here', checkValue: new Uint8Array([1]) });
  await expect(shadows.begin(begun(7, { target: 'other/m' }))).rejects.toThrow(/could not be written/);
  expect(await beside).toBe(true);
  expect(shadows.usedOn('2026-01-05')).toEqual([{ rule: 'mirror', copies: 1, usd: 0.25 }]);
});

test.each([
  [
    "a day's use is read from its index alone",
    useSql,
    ['2026-01-05'],
    /^SEARCH shadows USING COVERING INDEX shadowsByDay \(day=\?\)$/,
  ],
  ['what was left under way is found without reading the others', interruptSql, ['x'], /USING (COVERING )?INDEX shadowsUnderWay/],
])('%s', (_, sql, bound, plan) => {
  const database = new Database(':memory:');
  migrate(database);
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound);
  expect(steps.map((step) => (step as { detail: string }).detail).join('\n')).toMatch(plan);
});
