/** Holds the chart to the answer: nothing is lost in "others", and colours keep to their names. */
import { describe, expect, test } from 'vitest';
import { coloursOf, restColour } from '../../../../../renderer/charts/colours.ts';
import { errorKindWords, metricFacts } from '../../../../../renderer/screens/usage/metrics.ts';
import { groupName, pointOf, seriesOf } from '../../../../../renderer/screens/usage/usage-data.ts';
import { emptyTotals } from '../../../../support/fake-control.ts';
import { sampleUsage } from '../../../../support/usage-samples.ts';

const dayMs = 86_400_000;
const toMs = new Date(2026, 10, 20).getTime();
const answer = sampleUsage({ fromMs: toMs - 5 * dayMs, toMs, interval: 'day', groupBy: 'model' });
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('series', () => {
  test('hold every group: the small ones as one, so that each bar is as high as its sum', () => {
    const amount = metricFacts.spend.amount ?? (() => 0);
    const all = seriesOf(answer.groups, amount, 100);
    const few = seriesOf(answer.groups, amount, 4);
    expect(few).toHaveLength(4);
    expect(few.at(-1)).toMatchObject({ group: null, count: all.length - 3 });
    for (let place = 0; place < answer.intervals.length; place += 1) {
      const at = (series: typeof all) => total(series.map(({ values }) => values[place] ?? 0));
      expect(at(few)).toBeCloseTo(at(all), 9);
      expect(at(all)).toBeCloseTo(total(answer.groups.map(({ figures }) => figures[place]?.costUsd ?? 0)), 9);
    }
  });

  test('come largest first and leave out what has nothing', () => {
    const series = seriesOf(answer.groups, ({ costUsd }) => costUsd, 100);
    const sums = series.map(({ values }) => total(values));
    expect(sums).toEqual(sums.toSorted((one, other) => other - one));
    expect(series.map(({ group }) => group?.id)).not.toContain('qwen3:8b');
  });
});

describe('colours', () => {
  const hueOf = (id: string) => ({ openai: 165, twin: 165 })[id] ?? null;

  test('stay with their names, whoever else is there', () => {
    const few = coloursOf(['openai', 'a'], hueOf);
    const many = coloursOf(['zz', 'openai', 'a'], hueOf);
    expect([many.get('openai'), many.get('a')]).toEqual([few.get('openai'), few.get('a')]);
  });

  test('differ within a chart, and what has no name is grey', () => {
    const ids = ['openai', 'twin', '', ...Array.from({ length: 18 }, (_, index) => `model-${index}`)];
    const colours = coloursOf(ids, hueOf);
    expect(new Set(colours.values()).size).toBe(ids.length);
    expect(colours.get('')).toBe(restColour);
  });
});

test('intervals are named by the calendar, in full where exact figures are', () => {
  const startMs = new Date(2026, 10, 16, 5).getTime();
  const nowMs = toMs;
  expect(pointOf('hour', startMs, nowMs)).toEqual({ short: '05:00', full: 'Mon 16 Nov, from 05:00' });
  expect(pointOf('day', startMs, nowMs)).toEqual({ short: '16 Nov', full: 'Mon 16 Nov' });
  expect(pointOf('week', startMs, nowMs).full).toBe('week from Mon 16 Nov');
  expect(pointOf('month', startMs, nowMs)).toEqual({ short: 'Nov 2026', full: 'Nov 2026' });
  expect(pointOf('day', new Date(2025, 0, 3).getTime(), nowMs).full).toBe('Fri 3 Jan 2025');
});

test('those without a name say what they are without, and errors come most frequent first', () => {
  expect(groupName({ id: '', name: '' }, 'rule')).toBe('no rule');
  expect(groupName({ id: 'client_9', name: '' }, 'client')).toBe('client_9');
  expect(errorKindWords({ ...emptyTotals, errorKinds: { rate_limited: 2, overloaded: 1_200 } })).toBe(
    'overloaded 1,200, rate_limited 2',
  );
});

test('a request’s mean cost leaves out those whose cost nobody knows, and copies', () => {
  const write = metricFacts.spend.columns.find(({ title }) => title === 'A request')?.write;
  expect(write?.({ ...emptyTotals, requests: 4, unpriced: 2, costUsd: 1 })).toBe('$0.50');
  expect(write?.({ ...emptyTotals, requests: 2, unpriced: 2 })).toBe('–');
  // Copies are no requests.
  expect(write?.({ ...emptyTotals, requests: 2, costUsd: 1.5, copies: 3, copiesUsd: 0.5 })).toBe('$0.50');
});
