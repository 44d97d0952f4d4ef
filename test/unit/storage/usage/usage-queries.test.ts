/** Questions about usage: over a large log, and what each word of a question means. */
import type { Database } from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nanoOfUsd } from '../../../../gateway/contract/money/nano-usd.ts';
import {
  type UsageAnswer,
  usageAnswerSchema,
  type UsageGrouping,
  usageGroupings,
} from '../../../../gateway/contract/money/usage.ts';
import { openDatabase } from '../../../../gateway/storage/open-database.ts';
import { prepareRequestSearch } from '../../../../gateway/storage/search/request-search.ts';
import { countLeftOvers } from '../../../../gateway/storage/usage/count-left-overs.ts';
import { prepareUsageQueries, type UsageQuestion } from '../../../../gateway/storage/usage/usage-queries.ts';
import { intervalSql, spentHoursSql } from '../../../../gateway/storage/usage/usage-sql.ts';
import { exportUsage } from '../../../../gateway/usage-export.ts';
import { fillLog } from '../../../support/usage-log.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const rows = isFull ? 1_000_000 : 100_000;
const dayMs = 86_400_000;
const untilMs = new Date(2026, 10, 20).getTime();
const fromMs = untilMs - 90 * dayMs;
const anything = { provider: null, model: null, clientId: null, task: null, rule: null };

/** Of 24 hours each: what is tested is not the calendar. The last request begins at the very end. */
const days = Array.from({ length: 91 }, (_, index) => ({ startMs: fromMs + index * dayMs, endMs: fromMs + (index + 1) * dayMs }));

function ask(groupBy: UsageGrouping | null, change: Partial<UsageQuestion> = {}): UsageQuestion {
  return { intervals: days, groupBy, filter: anything, mostFigures: 10_000, ...change };
}

const costOf = (figures: readonly { readonly costUsd: number }[]) =>
  figures.reduce((sum, { costUsd }) => sum + nanoOfUsd(costUsd), 0);

describe(`over ${rows.toLocaleString('en')} requests`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-usage-'));
  const open: { database?: Database } = {};
  const database = (): Database => {
    if (!open.database) throw new Error('The database was not opened.');
    return open.database;
  };
  const usage = (question: UsageQuestion): UsageAnswer => {
    const answer = prepareUsageQueries(database()).usage(question);
    if (!answer) throw new Error('There were too many figures.');
    return answer;
  };

  beforeAll(() => {
    open.database = openDatabase(folder);
    fillLog(open.database, { rows, days: 90, untilMs });
    countLeftOvers(open.database);
  }, 120_000);

  afterAll(() => {
    database().close();
    rmSync(folder, { recursive: true });
  });

  const ofRows = (sql: string) => database().prepare(sql).raw().get();

  test.each([null, ...usageGroupings])(
    'chart, table, export and the log’s own sums agree to the last nano-dollar, by %s',
    (groupBy) => {
      const answer = usage(ask(groupBy));
      const log = ofRows(
        'SELECT count(*), sum(costNanoUsd), sum(inputTokens), sum(outputTokens), sum(costNanoUsd IS NULL) FROM requests',
      );
      const { requests, costUsd, inputTokens, outputTokens, unpriced } = answer.total;
      expect([requests, nanoOfUsd(costUsd), inputTokens, outputTokens, unpriced]).toEqual(log);
      const cost = nanoOfUsd(costUsd);
      expect(costOf(answer.groups.map(({ totals }) => totals))).toBe(cost);
      expect(costOf(answer.groups.flatMap(({ figures }) => figures))).toBe(cost);
      for (const { totals, figures } of answer.groups) expect(costOf(figures)).toBe(nanoOfUsd(totals.costUsd));
      const query = { fromMs, toMs: untilMs + dayMs, interval: 'day', groupBy: groupBy ?? undefined } as const;
      const lines = exportUsage(query, answer, 'csv').text.trimEnd().split('\r\n').slice(1);
      expect(lines.reduce((sum, line) => sum + nanoOfUsd(Number(line.split(',')[8])), 0)).toBe(cost);
      const { rows: exported } = JSON.parse(exportUsage(query, answer, 'json').text);
      expect(costOf(exported)).toBe(cost);
      expect(usageAnswerSchema.parse(answer)).toEqual(answer);
    },
  );

  test('each question is answered within 100 ms, and so is a page of the list', () => {
    const queries = prepareUsageQueries(database());
    const list = prepareRequestSearch(database());
    const hours = Array.from({ length: 720 }, (_, index) => {
      const startMs = untilMs - (720 - index) * 3_600_000;
      return { startMs, endMs: startMs + 3_600_000 };
    });
    const questions: (() => unknown)[] = [
      ...[null, ...usageGroupings].map((groupBy) => () => queries.usage(ask(groupBy))),
      () => queries.usage(ask('model', { intervals: hours })),
      () => queries.usage(ask('client', { filter: { ...anything, provider: 'provider-1', task: '' } })),
      () => queries.spentHours({ scope: { kind: 'client', of: 'client-1' }, fromMs, toMs: untilMs }),
      () => list.list({ terms: [], beforeKey: null, limit: 100 }),
      () => list.list({ terms: [], beforeKey: (untilMs - 60 * dayMs) * 4096, limit: 100 }),
    ];
    const took = questions.map((question) => Math.min(...Array.from({ length: 5 }, () => timed(question))));
    expect(took.filter((ms) => ms >= 100)).toEqual([]);
  });

  test('distributions are those of the rows: exact ends and means, percentiles within 2.5 %', () => {
    const { duration, firstToken } = usage(ask('model')).total;
    const sorted = database().prepare<[], number>("SELECT durationMs FROM requests WHERE state = 'ok' ORDER BY 1").pluck().all();
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    expect(duration).toMatchObject({ count: sorted.length, min: sorted[0], max: sorted.at(-1) });
    expect(duration?.mean).toBeCloseTo(sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length, 3);
    for (const [told, share] of [
      [duration?.p50, 0.5],
      [duration?.p95, 0.95],
      [duration?.p99, 0.99],
    ] as const)
      expect(Math.abs((told ?? 0) / at(share) - 1)).toBeLessThan(0.025);
    expect(firstToken?.count).toEqual(database().prepare('SELECT count(firstTokenMs) FROM requests').pluck().get());
  });

  test('kinds of errors and the speed of streams are those of the rows', () => {
    const { errorKinds, tokensPerSecond, errors } = usage(ask(null)).total;
    const kinds = database().prepare<[], [string, number]>(
      'SELECT errorKind, count(*) FROM requests WHERE errorKind IS NOT NULL GROUP BY 1',
    );
    expect(errorKinds).toEqual(Object.fromEntries(kinds.raw().all()));
    expect(errors).toBe(rowsWithErrors(errorKinds));
    const speed = database()
      .prepare(
        `SELECT sum(outputTokens - 1) * 1000.0 / sum(durationMs - firstTokenMs) FROM requests
         WHERE stream = 1 AND durationMs > firstTokenMs AND outputTokens > 1`,
      )
      .pluck()
      .get();
    expect(tokensPerSecond).toBeCloseTo(Number(speed), 3);
  });

  const filters: [name: string, filter: Partial<UsageQuestion['filter']>, where: string][] = [
    ['a provider', { provider: 'provider-1' }, "provider = 'provider-1'"],
    ['a model of a provider', { model: 'provider-1/model-5' }, "provider = 'provider-1' AND model = 'model-5'"],
    ['a model of any', { model: 'model-5' }, "model = 'model-5'"],
    ['a client and no task', { clientId: 'client-2', task: '' }, "clientId = 'client-2' AND task IS NULL"],
    ['a task', { task: 'task-1' }, "task = 'task-1'"],
    ['a rule', { rule: 'cheap first' }, "ruleName = 'cheap first'"],
    ['nobody who was asked', { provider: '' }, 'provider IS NULL'],
    ['what is not there', { provider: "' OR 1=1 --" }, '1 = 0'],
  ];

  test.each(filters)('filtered by %s every request of that kind counts, and no other', (_, filter, where) => {
    const { total } = usage(ask('client', { filter: { ...anything, ...filter } }));
    const log = ofRows(
      `SELECT count(*), coalesce(sum(inputTokens), 0), coalesce(sum(costNanoUsd IS NULL), 0) FROM requests WHERE ${where}`,
    );
    expect([total.requests, total.inputTokens, total.unpriced]).toEqual(log);
  });

  test('what a filter is named is what a group is called', () => {
    for (const groupBy of usageGroupings) {
      const field = groupBy === 'client' ? 'clientId' : groupBy;
      for (const { id, totals } of usage(ask(groupBy)).groups) {
        expect(usage(ask(null, { filter: { ...anything, [field]: id } })).total).toEqual(totals);
      }
    }
  });

  test('the most expensive group comes first, and more figures than allowed are no answer', () => {
    const costs = usage(ask('model')).groups.map(({ totals }) => totals.costUsd);
    expect(costs).toEqual(costs.toSorted((one, other) => other - one));
    expect(prepareUsageQueries(database()).usage(ask('model', { mostFigures: 1_000 }))).toBeNull();
  });

  test('an empty time is an answer of zeros, and no group but the one of everything', () => {
    const intervals = [{ startMs: 0, endMs: dayMs }];
    expect(usage(ask('model', { intervals })).groups).toEqual([]);
    const { groups, total } = usage(ask(null, { intervals }));
    expect(groups).toMatchObject([{ id: '', totals: { requests: 0 }, figures: [{ costUsd: 0 }] }]);
    expect(total).toMatchObject({ requests: 0, duration: null, tokensPerSecond: null, errorKinds: {} });
  });

  test('spending by the hour adds up to the scope’s', () => {
    const spent = prepareUsageQueries(database()).spentHours({
      scope: { kind: 'model', of: 'provider-1/model-5' },
      fromMs,
      toMs: untilMs + dayMs,
    });
    const { total } = usage(ask(null, { filter: { ...anything, model: 'provider-1/model-5' } }));
    expect(spent.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)).toBe(nanoOfUsd(total.costUsd));
    expect(spent.map(({ hourStartsAtMs }) => hourStartsAtMs)).toEqual(
      spent.map((one) => one.hourStartsAtMs).toSorted((a, b) => a - b),
    );
  });

  test.each([
    ['figures', intervalSql, { startMs: 0, endMs: 1 }],
    ['spending by the hour', spentHoursSql, { fromMs: 0, toMs: 1 }],
  ])('%s are read from the hours asked for, through the key', (_, sql, bound) => {
    const parameters = { ...anything, groupBy: 'model', modelProvider: null, ...bound };
    const used = Object.fromEntries(Object.entries(parameters).filter(([name]) => sql.includes(`:${name}`)));
    const plan = database()
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(used)
      .map((step) => (step as { detail: string }).detail)
      .join('\n');
    expect(plan).toContain('SEARCH usageHours USING PRIMARY KEY (hourStartsAtMs>? AND hourStartsAtMs<?)');
    expect(plan).not.toContain('SCAN usageHours');
  });
});

/** Milliseconds of this thread's own work: what else the machine does must not fail a test. */
function timed(question: () => unknown): number {
  const begun = process.threadCpuUsage();
  question();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1_000;
}

/** All but those of clients that left. */
function rowsWithErrors(kinds: Readonly<Record<string, number>>): number {
  return Object.entries(kinds).reduce((sum, [kind, count]) => (kind === 'client-gone' ? sum : sum + count), 0);
}
