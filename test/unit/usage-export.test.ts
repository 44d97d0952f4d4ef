/** Usage as a file, for spreadsheets that run what they read. */
import { expect, test } from 'vitest';
import type { UsageAnswer, UsageFigures } from '../../gateway/contract/money/usage.ts';
import { exportUsage } from '../../gateway/usage-export.ts';
import { emptyFigures, emptyTotals } from '../support/fake-control.ts';

const dayStartsAtMs = new Date(2026, 10, 20).getTime();
const dayMs = 86_400_000;
const query = { fromMs: dayStartsAtMs, toMs: dayStartsAtMs + 2 * dayMs, interval: 'day', groupBy: 'client' } as const;

function answerOf(name: string, figures: readonly Partial<UsageFigures>[]): UsageAnswer {
  const intervals = figures.map((_, index) => ({
    startMs: dayStartsAtMs + index * dayMs,
    endMs: dayStartsAtMs + (index + 1) * dayMs,
  }));
  return {
    intervals,
    groups: [{ id: 'c1', name, totals: emptyTotals, figures: figures.map((one) => ({ ...emptyFigures, ...one })) }],
    total: emptyTotals,
  };
}

const cellsOf = (name: string, figures: Partial<UsageFigures>) =>
  exportUsage(query, answerOf(name, [figures]), 'csv').text.split('\r\n')[1] ?? '';

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('a name that is %j stays a text in a spreadsheet', (name) => {
  const line = exportUsage(query, answerOf(name, [{ requests: 1 }]), 'csv').text;
  expect(line).toContain(`'${name}`);
  expect(line).not.toContain(`,${name}`);
});

test.each([
  ['a;=1+1', "a;'=1+1"],
  ['a|-1;+2', "a|'-1;'+2"],
  ['a\t@x', "a\t'@x"],
  ['a,=1', '"a,\'=1"'],
  ['a\r\n=1', '"a\r\n\'=1"'],
  ['a;"=1', '"a;\'""=1"'],
  ['a-b; c=d', 'a-b; c=d'],
])('a name such as %j hides no formula behind whatever parts cells', (name, cell) => {
  expect(exportUsage(query, answerOf(name, [{ requests: 1 }]), 'csv').text).toContain(`,c1,${cell},1,`);
});

test('commas, quotes and line ends are quoted, and other names are left as they are', () => {
  expect(cellsOf('a "b", c', { requests: 1 })).toContain(',"a ""b"", c",');
  expect(exportUsage(query, answerOf('a\nb', [{ requests: 1 }]), 'csv').text).toContain(',"a\nb",');
  expect(cellsOf('Küche – 台所', { requests: 1 })).toContain(',Küche – 台所,');
});

test('money is told to the nano-dollar, and no number as a power of ten', () => {
  const cells = cellsOf('c', {
    requests: 3,
    costUsd: 0.000_000_001,
    copies: 2,
    copiesUsd: 0.000_000_001,
    cacheSavedUsd: 1_234_567.000_000_5,
    inputTokens: 9_000_000_000,
  });
  const [, , , , , , requests, errors, cost, estimated, unpriced, copies, copiesUsd, , cacheSaved] = cells.split(',');
  expect([requests, errors, cost, estimated]).toEqual(['3', '0', '0.000000001', '0.000000000']);
  expect([copies, copiesUsd]).toEqual(['2', '0.000000001']);
  expect([unpriced, cacheSaved]).toEqual(['0', '1234567.000000500']);
  expect(cells).toContain(',9000000000,');
});

test('there is a row for each interval with any figure; times are the wall’s, and UTC’s beside them', () => {
  const { text, fileName, mediaType } = exportUsage(query, answerOf('c', [{ requests: 1 }, {}]), 'csv');
  expect([fileName, mediaType]).toEqual(['usage 2026-11-20 to 2026-11-21 by client and day.csv', 'text/csv; charset=utf-8']);
  const lines = text.split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^\uFEFFstart,end,startUtc,group,id,name,requests,errors,costUsd,/);
  const utc = new Date(dayStartsAtMs).toISOString();
  expect(lines[1]).toMatch(`2026-11-20 00:00:00,2026-11-21 00:00:00,${utc},client,c1,c,1,`);
});

test('as JSON the rows are those of the table, with the query and the totals', () => {
  const { text, fileName } = exportUsage({ ...query, groupBy: undefined }, answerOf('=c', [{ costUsd: 0.5 }]), 'json');
  expect(fileName).toBe('usage 2026-11-20 to 2026-11-21 by day.json');
  const file = JSON.parse(text);
  expect(file).toMatchObject({ query: { interval: 'day' }, total: emptyTotals });
  expect(file.rows).toMatchObject([{ group: 'all', id: 'c1', name: '=c', costUsd: 0.5, start: '2026-11-20 00:00:00' }]);
});
