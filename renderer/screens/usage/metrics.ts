/** What can be looked at: each metric's figure for the chart, its columns for the table, and how it is written. Pure. */
import type { Distribution, UsageFigures, UsageTotals } from '../../../gateway/contract/money/usage.ts';
import {
  formatCount,
  formatDuration,
  formatShare,
  formatShortly,
  formatUsd,
  formatUsdExactly,
  formatUsdInColumn,
  unknown,
} from '../../components/formats.ts';
import type { Metric } from './usage-address.ts';

interface Column {
  readonly title: string;
  readonly write: (totals: UsageTotals) => string;
}

export interface MetricFacts {
  readonly name: string;
  /** Of its axis. */
  readonly unit: string;
  /** Null where only whole distributions can be shown. */
  readonly amount: ((figures: UsageFigures) => number) | null;
  readonly distribution?: (totals: UsageTotals) => Distribution | null;
  /** Of everything in range, at a glance. */
  readonly total: (totals: UsageTotals) => string;
  readonly axis: (amount: number) => string;
  readonly exactly: (amount: number) => string;
  /** In a column of many, so that the places stand below each other. */
  readonly inColumn: (amount: number) => string;
  readonly columns: readonly Column[];
}

const tokensOf = ({ inputTokens, outputTokens }: UsageFigures) => inputTokens + outputTokens;
const savedOf = ({ cacheSavedUsd, localSavedUsd }: UsageFigures) => cacheSavedUsd + localSavedUsd;
const shareOf = (part: number, whole: number) => (whole === 0 ? unknown : formatShare(part / whole));
const axisUsd = (amount: number) => (amount === 0 ? '$0' : formatUsd(amount));

/** Without places that say nothing. */
const axisTime = (milliseconds: number) =>
  formatDuration(milliseconds)
    .replace(/\.00 s$/, ' s')
    .replace(/(\.\d)0 s$/, '$1 s');

const requests: Column = { title: 'Requests', write: (totals) => formatCount(totals.requests) };

function timeColumns(of: (totals: UsageTotals) => Distribution | null): readonly Column[] {
  const column = (title: string, pick: (distribution: Distribution) => number): Column => ({
    title,
    write: (totals) => {
      const distribution = of(totals);
      return formatDuration(distribution === null ? null : pick(distribution));
    },
  });
  return [
    { title: 'Measured', write: (totals) => formatCount(of(totals)?.count ?? 0) },
    column('Least', ({ min }) => min),
    column('Mean', ({ mean }) => mean),
    column('p50', ({ p50 }) => p50),
    column('p95', ({ p95 }) => p95),
    column('p99', ({ p99 }) => p99),
    column('Most', ({ max }) => max),
  ];
}

const durationOf = ({ duration }: UsageTotals) => duration;
const firstTokenOf = ({ firstToken }: UsageTotals) => firstToken;

/** The kinds of errors, the most frequent first. */
export function errorKindWords({ errorKinds }: UsageTotals): string {
  const kinds = Object.entries(errorKinds).toSorted(([, one], [, other]) => other - one);
  return kinds.length === 0 ? unknown : kinds.map(([kind, count]) => `${kind} ${formatCount(count)}`).join(', ');
}

export const metricFacts: Readonly<Record<Metric, MetricFacts>> = {
  spend: {
    name: 'Spend',
    unit: 'US dollars',
    amount: ({ costUsd }) => costUsd,
    total: ({ costUsd }) => formatUsd(costUsd),
    axis: axisUsd,
    exactly: formatUsdExactly,
    inColumn: formatUsdInColumn,
    columns: [
      { title: 'Spend', write: ({ costUsd }) => formatUsd(costUsd) },
      { title: 'of it estimated', write: ({ estimatedUsd }) => formatUsd(estimatedUsd) },
      { title: 'of it copies', write: ({ copies, copiesUsd }) => (copies === 0 ? unknown : formatUsd(copiesUsd)) },
      { title: 'Without a price', write: ({ unpriced, copiesUnpriced }) => formatCount(unpriced + copiesUnpriced) },
      requests,
      {
        title: 'A request',
        write: ({ costUsd, copiesUsd, requests: count, unpriced }) =>
          formatUsd(count > unpriced ? (costUsd - copiesUsd) / (count - unpriced) : null),
      },
    ],
  },
  tokens: {
    name: 'Tokens',
    unit: 'Tokens, read and written',
    amount: tokensOf,
    total: (totals) => formatShortly(tokensOf(totals)),
    axis: formatShortly,
    exactly: formatCount,
    inColumn: formatCount,
    columns: [
      { title: 'Tokens', write: (totals) => formatCount(tokensOf(totals)) },
      { title: 'Input', write: ({ inputTokens }) => formatCount(inputTokens) },
      { title: 'of it cached', write: ({ cachedInputTokens }) => formatCount(cachedInputTokens) },
      { title: 'to cache', write: ({ cacheWriteTokens }) => formatCount(cacheWriteTokens) },
      { title: 'Output', write: ({ outputTokens }) => formatCount(outputTokens) },
      { title: 'of it reasoning', write: ({ reasoningTokens }) => formatCount(reasoningTokens) },
    ],
  },
  requests: {
    name: 'Requests',
    unit: 'Requests',
    amount: (figures) => figures.requests,
    total: (totals) => formatShortly(totals.requests),
    axis: formatShortly,
    exactly: formatCount,
    inColumn: formatCount,
    columns: [
      requests,
      { title: 'Failed', write: ({ errors }) => formatCount(errors) },
      { title: 'Failed, part', write: (totals) => shareOf(totals.errors, totals.requests) },
      { title: 'Tokens', write: (totals) => formatCount(tokensOf(totals)) },
      { title: 'Spend', write: ({ costUsd }) => formatUsd(costUsd) },
    ],
  },
  errors: {
    name: 'Errors',
    unit: 'Requests that failed',
    amount: ({ errors }) => errors,
    total: (totals) => formatShortly(totals.errors),
    axis: formatShortly,
    exactly: formatCount,
    inColumn: formatCount,
    columns: [
      { title: 'Failed', write: ({ errors }) => formatCount(errors) },
      { title: 'Part', write: (totals) => shareOf(totals.errors, totals.requests) },
      requests,
      { title: 'Kinds', write: errorKindWords },
    ],
  },
  latency: {
    name: 'Latency',
    unit: 'Time until the last byte; the figure above is the middle one (p50)',
    amount: null,
    distribution: durationOf,
    total: ({ duration }) => formatDuration(duration?.p50 ?? null),
    axis: axisTime,
    exactly: formatDuration,
    inColumn: formatDuration,
    columns: timeColumns(durationOf),
  },
  'first-token': {
    name: 'First token',
    unit: 'Time until the first token; the figure above is the middle one (p50)',
    amount: null,
    distribution: firstTokenOf,
    total: ({ firstToken }) => formatDuration(firstToken?.p50 ?? null),
    axis: axisTime,
    exactly: formatDuration,
    inColumn: formatDuration,
    columns: [
      ...timeColumns(firstTokenOf),
      { title: 'Tokens/s', write: ({ tokensPerSecond }) => (tokensPerSecond === null ? unknown : tokensPerSecond.toFixed(1)) },
    ],
  },
  savings: {
    name: 'Saved',
    unit: 'US dollars',
    amount: savedOf,
    total: (totals) => formatUsd(savedOf(totals)),
    axis: axisUsd,
    exactly: formatUsdExactly,
    inColumn: formatUsdInColumn,
    columns: [
      { title: 'Saved', write: (totals) => formatUsd(savedOf(totals)) },
      { title: 'by caches', write: ({ cacheSavedUsd }) => formatUsd(cacheSavedUsd) },
      { title: 'by local models', write: ({ localSavedUsd }) => formatUsd(localSavedUsd) },
      { title: 'Cached input', write: (totals) => shareOf(totals.cachedInputTokens, totals.inputTokens) },
      requests,
    ],
  },
};
