/** Usage over any range, as a person who uses a few providers has it: for tests of what screens show of it. */
import type { Distribution, UsageAnswer, UsageFigures, UsageQuery, UsageTotals } from '../../gateway/contract/money/usage.ts';
import { emptyFigures } from './fake-control.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const weights: Readonly<Record<string, readonly (readonly [id: string, name: string, weight: number])[]>> = {
  provider: [
    ['anthropic', 'anthropic', 1],
    ['openai', 'openai', 0.6],
    ['openrouter', 'openrouter', 0.13],
    ['ollama', 'ollama', 0],
    ['', '', 0],
  ],
  model: [
    ['claude-sonnet-4-5', 'claude-sonnet-4-5', 1],
    ['gpt-5-mini', 'gpt-5-mini', 0.4],
    ['gpt-5', 'gpt-5', 0.2],
    ['deepseek/deepseek-chat', 'deepseek/deepseek-chat', 0.13],
    ['qwen3:8b', 'qwen3:8b', 0],
    ...Array.from({ length: 9 }, (_, index) => [`small-${index}`, `small-${index}`, 0.02] as const),
  ],
  client: [
    ['client_1', 'editor', 1],
    ['client_2', 'agent', 0.7],
    ['', '', 0.05],
  ],
  task: [
    ['code', 'code', 1],
    ['chat', 'chat', 0.5],
    ['', '', 0.2],
  ],
  rule: [
    ['canary', 'canary', 0.4],
    ['', '', 1],
  ],
};

/** Goes up and down, never the same, and the same every time it is asked. */
const wave = (place: number, series: number) => (((place * 7919 + series * 104_729) % 97) + 20) / 97;

function figuresOf(place: number, series: number, weight: number): UsageFigures {
  const part = wave(place, series);
  const requests = Math.round(part * 40) + 1;
  // Whole nano-dollars, as the gateway adds them up.
  const costUsd = Math.round(part * weight * 1.37e9) / 1e9;
  return {
    ...emptyFigures,
    requests,
    errors: Math.round(part * 2),
    costUsd,
    estimatedUsd: Math.round(costUsd * 1e8) / 1e9,
    unpriced: series === 3 && place === 2 ? 2 : 0,
    copies: series === 0 ? 1 : 0,
    copiesUsd: series === 0 ? Math.round(costUsd * 1e8) / 1e9 : 0,
    cacheSavedUsd: Math.round(costUsd * 2e8) / 1e9,
    localSavedUsd: weight === 0 ? Math.round(part * 4e8) / 1e9 : 0,
    inputTokens: requests * 4_200,
    cachedInputTokens: requests * 2_800,
    cacheWriteTokens: requests * 300,
    outputTokens: requests * 380,
    reasoningTokens: requests * 120,
  };
}

function addUp(all: readonly UsageFigures[]): UsageFigures {
  const sum = { ...emptyFigures };
  for (const figures of all) {
    for (const name of usageNames) sum[name] += figures[name];
  }
  // Sums of money are whole nano-dollars too.
  for (const name of ['costUsd', 'estimatedUsd', 'copiesUsd', 'cacheSavedUsd', 'localSavedUsd'] as const)
    sum[name] = Math.round(sum[name] * 1e9) / 1e9;
  return sum;
}

const usageNames = [
  'requests',
  'errors',
  'costUsd',
  'estimatedUsd',
  'unpriced',
  'copies',
  'copiesUsd',
  'copiesUnpriced',
  'cacheSavedUsd',
  'localSavedUsd',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const;

const spread = (middle: number, count: number): Distribution => ({
  count,
  min: middle / 4,
  max: middle * 9,
  mean: middle * 1.2,
  p50: middle,
  p95: middle * 3.1,
  p99: middle * 6.4,
});

function totalsOf(figures: UsageFigures, slowness: number): UsageTotals {
  const errorKinds =
    figures.errors > 0 ? { rate_limited: Math.ceil(figures.errors / 2), overloaded: Math.floor(figures.errors / 2) } : {};
  return {
    ...figures,
    errorKinds,
    duration: spread(900 * slowness, figures.requests),
    firstToken: spread(240 * slowness, figures.requests),
    tokensPerSecond: 70 / slowness,
  };
}

const lengths = { hour: hourMs, day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;

/** An answer to any query: intervals of its range, groups that add up to its total. */
export function sampleUsage({ fromMs, toMs, interval, groupBy, filter }: UsageQuery): UsageAnswer {
  const length = lengths[interval];
  const intervals = Array.from({ length: Math.max(1, Math.round((toMs - fromMs) / length)) }, (_, place) => ({
    startMs: fromMs + place * length,
    endMs: fromMs + (place + 1) * length,
  }));
  const nowMs = Date.now();
  const wanted = groupBy === undefined ? [['', '', 1] as const] : (weights[groupBy] ?? []);
  const only = groupBy === 'client' ? filter?.clientId : groupBy === undefined ? undefined : filter?.[groupBy];
  const groups = wanted
    .filter(([id]) => only === undefined || only === id)
    .map(([id, name, weight], series) => {
      const figures = intervals.map(({ startMs }, place) => (startMs > nowMs ? emptyFigures : figuresOf(place, series, weight)));
      return { id, name, totals: totalsOf(addUp(figures), 1 + series * 0.4), figures };
    });
  return { intervals, groups, total: totalsOf(addUp(groups.map(({ totals }) => totals)), 1.3) };
}
