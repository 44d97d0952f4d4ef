/** The benchmark's verdicts: a wrong sum here would let a slow gateway pass. */
import { expect, test } from 'vitest';
import type { Round } from '../../bench/measure.ts';
import { judge, median, printTable, type Sample } from '../../bench/table.ts';

const quiet: Round = {
  cpuC16: 40,
  cpuC64: 40,
  throughputC16: 20_000,
  p99C64: 900,
  p50C1: 160,
  firstByte: 260,
  cpuToken: 20,
  cpuTranslatedToken: 22,
  cpuLargeBody: 200,
};
const fresh = { startMs: 140, rssIdle: 90, rssStreams: 110 };

function roundWith(gatehouse: Partial<Round>): Sample {
  return { kind: 'round', direct: { p50C1: 60, firstByte: 60 }, raw: quiet, gatehouse: { ...quiet, ...gatehouse } };
}

const verdictOf = (samples: readonly Sample[], name: string) => judge(samples).find((verdict) => verdict.name.startsWith(name));

test('one slow round does not decide, most rounds do', () => {
  const rounds = [roundWith({ cpuC16: 60 }), roundWith({ cpuC16: 400 }), roundWith({ cpuC16: 48 })];
  expect(median(verdictOf(rounds, 'CPU per JSON request, c16')?.values ?? [])).toBe(1.5);
  expect(median([1, 4, 2, 8])).toBe(3);
});

test('added latency is what comes on top of asking the upstream directly', () => {
  expect(verdictOf([roundWith({ p50C1: 210 })], 'added p50')?.values).toEqual([1.5]);
});

test('memory and start are judged as they are, not over raw', () => {
  const start: Sample = { kind: 'start', raw: fresh, gatehouse: { ...fresh, startMs: 290 } };
  expect(verdictOf([start], 'start')).toMatchObject({ values: [290], reach: 300 });
});

test('decisions are judged by their time alone, which the yardstick has nothing of', () => {
  const slow: Sample = { kind: 'decision', gatehouse: { rulesUs: 31, plainUs: 0.2 } };
  expect(verdictOf([slow], 'decision by 50 rules')).toMatchObject({ raw: null, values: [31], reach: 30 });
  const lines = printTable(judge([slow])).split('\n');
  expect(lines.filter((line) => line.includes('MISSED')).map((line) => line.slice(2, 22))).toEqual(['decision by 50 rules']);
});

test('a missed target is printed as missed, and throughput is only shown', () => {
  const start: Sample = { kind: 'start', raw: fresh, gatehouse: fresh };
  const lines = printTable(judge([start, roundWith({ cpuToken: 23, throughputC16: 10 })])).split('\n');
  expect(lines.filter((line) => line.includes('MISSED')).map((line) => line.slice(2, 24))).toEqual(['CPU per streamed token']);
});
