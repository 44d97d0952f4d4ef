/** Turns samples into the figures that are judged, and prints them beside their targets. */
import type { DecisionSpeed } from './decision-speed.ts';
import type { FreshProcess, Round } from './measure.ts';

export type Sample =
  | { readonly kind: 'start'; readonly raw: FreshProcess; readonly gatehouse: FreshProcess }
  | { readonly kind: 'decision'; readonly gatehouse: DecisionSpeed }
  | {
      readonly kind: 'round';
      readonly direct: Pick<Round, 'p50C1' | 'firstByte'>;
      readonly raw: Round;
      readonly gatehouse: Round;
    };

type RoundSample = Extract<Sample, { kind: 'round' }>;
type StartSample = Extract<Sample, { kind: 'start' }>;

/** A figure, one value for each round: a ratio over raw, or (memory, start, decisions) the plain number. Lower is better. */
export interface Verdict {
  readonly name: string;
  readonly unit: string;
  /** Null for what the yardstick has nothing of. */
  readonly raw: number | null;
  readonly gatehouse: number;
  readonly values: readonly number[];
  /** What must be reached, and what is aimed at; null for a figure that is only shown. */
  readonly reach: number | null;
  readonly ambition: number | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

type Pick2 = (sample: RoundSample) => readonly [raw: number, gatehouse: number];

function ratio(
  name: string,
  unit: string,
  samples: readonly RoundSample[],
  pick: Pick2,
  targets: readonly [number, number] | null,
): Verdict {
  const pairs = samples.map(pick);
  return {
    name,
    unit,
    raw: median(pairs.map(([raw]) => raw)),
    gatehouse: median(pairs.map(([, gatehouse]) => gatehouse)),
    values: pairs.map(([raw, gatehouse]) => gatehouse / raw),
    reach: targets?.[0] ?? null,
    ambition: targets?.[1] ?? null,
  };
}

function plain(
  name: string,
  unit: string,
  samples: readonly StartSample[],
  key: keyof FreshProcess,
  targets: readonly [number, number],
): Verdict {
  const values = samples.map(({ gatehouse }) => gatehouse[key]);
  const [reach, ambition] = targets;
  return { name, unit, raw: median(samples.map(({ raw }) => raw[key])), gatehouse: median(values), values, reach, ambition };
}

function decision(
  name: string,
  samples: readonly Sample[],
  key: keyof DecisionSpeed,
  targets: readonly [number, number],
): Verdict {
  const values = samples.flatMap((sample) => (sample.kind === 'decision' ? sample.gatehouse[key] : []));
  const [reach, ambition] = targets;
  return { name, unit: 'µs', raw: null, gatehouse: median(values), values, reach, ambition };
}

/** The targets: `reach` must hold, `ambition` is where we want to be. */
export function judge(samples: readonly Sample[]): Verdict[] {
  const rounds = samples.filter((sample) => sample.kind === 'round');
  const starts = samples.filter((sample) => sample.kind === 'start');
  const both =
    (key: keyof Round): Pick2 =>
    (sample) => [sample.raw[key], sample.gatehouse[key]];
  const added =
    (key: 'p50C1' | 'firstByte'): Pick2 =>
    (sample) => [sample.raw[key] - sample.direct[key], sample.gatehouse[key] - sample.direct[key]];
  return [
    ratio('CPU per JSON request, c16', 'µs', rounds, both('cpuC16'), [1.6, 1.4]),
    ratio('CPU per JSON request, c64', 'µs', rounds, both('cpuC64'), [1.6, 1.4]),
    ratio('CPU per streamed token, 256 paced streams', 'µs', rounds, both('cpuToken'), [1.1, 1]),
    ratio('CPU per streamed token, Anthropic from OpenAI chat', 'µs', rounds, both('cpuTranslatedToken'), [1.25, 1.15]),
    ratio('CPU per 256 KB body', 'µs', rounds, both('cpuLargeBody'), [1.4, 1.1]),
    ratio('added p50 at c1', 'µs', rounds, added('p50C1'), [1.5, 1.2]),
    ratio('added time to first streamed byte', 'µs', rounds, added('firstByte'), [1.5, 1.2]),
    ratio('p99 at c64', 'µs', rounds, both('p99C64'), [1.7, 1.3]),
    ratio('throughput, c16 (higher is better)', '1/s', rounds, both('throughputC16'), null),
    plain('memory idle', 'MB', starts, 'rssIdle', [110, 95]),
    plain('memory with 256 streams', 'MB', starts, 'rssStreams', [170, 140]),
    plain('start to first answer', 'ms', starts, 'startMs', [300, 200]),
    decision('decision by 50 rules to 20 targets', samples, 'rulesUs', [30, 15]),
    decision('decision by no rule to one target', samples, 'plainUs', [1, 0.5]),
  ];
}

function wordFor(verdict: Verdict): string {
  const value = median(verdict.values);
  if (verdict.reach === null || verdict.ambition === null || verdict.values.length === 0) return '';
  if (value <= verdict.ambition) return 'ambition met';
  return value <= verdict.reach ? 'reached' : 'MISSED';
}

function rowOf(verdict: Verdict): string[] {
  const { name, unit, raw, gatehouse, values, reach, ambition } = verdict;
  const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  const spread = `${number(Math.min(...values))}–${number(Math.max(...values))}`;
  const targets = [reach, ambition].map((target) => (target === null ? '' : `≤ ${target}`));
  return [
    name,
    raw === null ? '' : `${number(raw)} ${unit}`,
    `${number(gatehouse)} ${unit}`,
    number(median(values)),
    spread,
    ...targets,
    wordFor(verdict),
  ];
}

/** A table in Markdown, medians over the rounds. */
export function printTable(verdicts: readonly Verdict[]): string {
  const rows = [['figure', 'raw', 'gatehouse', 'judged', 'spread', 'reach', 'ambition', ''], ...verdicts.map(rowOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}
