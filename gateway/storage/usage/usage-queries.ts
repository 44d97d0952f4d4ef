/** What a screen asks of the summaries: figures by interval and group, and distributions over all of it. */
import type { Database } from 'better-sqlite3';
import { usdOfNano } from '../../contract/money/nano-usd.ts';
import type { UsageAnswer, UsageFigures, UsageGrouping, UsageTotals } from '../../contract/money/usage.ts';
import { type SpendScope, scopeParameters } from '../spend-since.ts';
import { Histogram } from './histogram.ts';
import { addErrorKinds } from './summary-rows.ts';
import { addSums, noSums, type Sums } from './sums.ts';
import { intervalSql, spentHoursSql } from './usage-sql.ts';

export interface UsageInterval {
  readonly startMs: number;
  /** Not included. An hour belongs to the interval that it begins in. */
  readonly endMs: number;
}

export interface UsageQuestion {
  /** In order, each beginning where the one before ends. */
  readonly intervals: readonly UsageInterval[];
  readonly groupBy: UsageGrouping | null;
  /** Null for anything, an empty text for those without one. A model is named `provider/model`, or by itself for any provider's. */
  readonly filter: Readonly<Record<'provider' | 'model' | 'clientId' | 'task' | 'rule', string | null>>;
  /** More figures than this (intervals of all groups) are no answer. */
  readonly mostFigures: number;
}

/** What a scope spent in an hour. */
export interface SpentHour {
  readonly hourStartsAtMs: number;
  readonly nanoUsd: number;
}

export interface SpentHoursQuestion {
  readonly scope: SpendScope;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface UsageQueries {
  /** Null where there would be too many figures. */
  usage(question: UsageQuestion): UsageAnswer | null;
  /** In order, hours without any request left out. */
  spentHours(question: SpentHoursQuestion): readonly SpentHour[];
}

/** One group in one interval. */
interface GroupRow extends Sums {
  readonly id: string;
  readonly generatedTokens: number;
  readonly generatingMs: number;
  readonly errorKinds: string | null;
  readonly durationBins: string | null;
  readonly durationMinMs: number | null;
  readonly durationMaxMs: number | null;
  readonly durationSumMs: number;
  readonly firstTokenBins: string | null;
  readonly firstTokenMinMs: number | null;
  readonly firstTokenMaxMs: number | null;
  readonly firstTokenSumMs: number;
}

/** Prepares the questions, once for each connection. */
export function prepareUsageQueries(database: Database): UsageQueries {
  const interval = database.prepare<[FilterParameters & UsageInterval], GroupRow>(intervalSql);
  const spent = database.prepare<[ReturnType<typeof scopeParameters> & { fromMs: number; toMs: number }], SpentHour>(
    spentHoursSql,
  );
  const names = database.prepare<[], [string, string]>('SELECT id, name FROM clients').raw();
  // All parts of an answer come from one moment.
  const read = database.transaction((question: UsageQuestion): UsageAnswer | null => {
    const { intervals, groupBy, mostFigures } = question;
    const parameters = filterParameters(question);
    const groups = new Groups(intervals.length);
    if (groupBy === null) groups.of('');
    for (const [place, { startMs, endMs }] of intervals.entries()) {
      for (const row of interval.all({ ...parameters, startMs, endMs })) groups.add(place, row);
      if (groups.size * intervals.length > mostFigures) return null;
    }
    return groups.answer(intervals, groupBy === 'client' ? new Map(names.all()) : new Map());
  });
  return { usage: read, spentHours: ({ scope, fromMs, toMs }) => spent.all({ ...scopeParameters(scope), fromMs, toMs }) };
}

interface FilterParameters {
  readonly groupBy: string;
  readonly provider: string | null;
  readonly modelProvider: string | null;
  readonly model: string | null;
  readonly clientId: string | null;
  readonly task: string | null;
  readonly rule: string | null;
}

function filterParameters({ groupBy, filter }: UsageQuestion): FilterParameters {
  const { model: name } = filter;
  const slash = name?.indexOf('/') ?? -1;
  const [modelProvider, model] = name === null || slash < 0 ? [null, name] : [name.slice(0, slash), name.slice(slash + 1)];
  return { ...filter, groupBy: groupBy ?? '', modelProvider, model };
}

/** Adds up what is of one group, and of all of them. */
class Total {
  readonly #errorKinds = new Map<string, number>();
  readonly #durations = new Histogram();
  readonly #firstTokens = new Histogram();
  #sums = noSums;
  #generatedTokens = 0;
  #generatingMs = 0;

  add(row: GroupRow): void {
    this.#sums = addSums(this.#sums, row);
    this.#generatedTokens += row.generatedTokens;
    this.#generatingMs += row.generatingMs;
    const kinds: Record<string, number>[] = row.errorKinds === null ? [] : JSON.parse(`[${row.errorKinds}]`);
    for (const one of kinds) addErrorKinds(this.#errorKinds, one);
    addBins(this.#durations, row.durationBins, row.durationMinMs, row.durationMaxMs, row.durationSumMs);
    addBins(this.#firstTokens, row.firstTokenBins, row.firstTokenMinMs, row.firstTokenMaxMs, row.firstTokenSumMs);
  }

  get sums(): Sums {
    return this.#sums;
  }

  describe(): UsageTotals {
    return {
      ...figuresOf(this.#sums),
      errorKinds: Object.fromEntries(this.#errorKinds),
      duration: this.#durations.describe(),
      firstToken: this.#firstTokens.describe(),
      tokensPerSecond: this.#generatingMs > 0 ? (this.#generatedTokens * 1_000) / this.#generatingMs : null,
    };
  }
}

interface Group {
  readonly total: Total;
  readonly figures: Sums[];
}

class Groups {
  readonly #intervals: number;
  readonly #groups = new Map<string, Group>();
  readonly #total = new Total();

  constructor(intervals: number) {
    this.#intervals = intervals;
  }

  get size(): number {
    return this.#groups.size;
  }

  add(place: number, row: GroupRow): void {
    const group = this.of(row.id);
    group.figures[place] = row;
    group.total.add(row);
    this.#total.add(row);
  }

  answer(intervals: readonly UsageInterval[], names: ReadonlyMap<string, string>): UsageAnswer {
    const sorted = [...this.#groups].toSorted(([oneId, { total: one }], [otherId, { total: other }]) => {
      const byCost = other.sums.costNanoUsd - one.sums.costNanoUsd;
      return byCost || other.sums.requests - one.sums.requests || (oneId < otherId ? -1 : 1);
    });
    return {
      intervals: intervals.map(({ startMs, endMs }) => ({ startMs, endMs })),
      groups: sorted.map(([id, { total, figures }]) => ({
        id,
        name: names.get(id) ?? id,
        totals: total.describe(),
        figures: figures.map(figuresOf),
      })),
      total: this.#total.describe(),
    };
  }

  of(id: string): Group {
    let group = this.#groups.get(id);
    if (!group) {
      group = { total: new Total(), figures: Array.from({ length: this.#intervals }, () => noSums) };
      this.#groups.set(id, group);
    }
    return group;
  }
}

function addBins(all: Histogram, bins: string | null, min: number | null, max: number | null, sum: number): void {
  if (bins !== null && min !== null && max !== null) all.addPart({ bins, min, max, sum });
}

function figuresOf(sums: Sums): UsageFigures {
  return {
    requests: sums.requests,
    errors: sums.errors,
    costUsd: usdOfNano(sums.costNanoUsd),
    estimatedUsd: usdOfNano(sums.estimatedNanoUsd),
    unpriced: sums.unpriced,
    copies: sums.copies,
    copiesUsd: usdOfNano(sums.copiesNanoUsd),
    copiesUnpriced: sums.copiesUnpriced,
    cacheSavedUsd: usdOfNano(sums.cacheSavedNanoUsd),
    localSavedUsd: usdOfNano(sums.localSavedNanoUsd),
    inputTokens: sums.inputTokens,
    cachedInputTokens: sums.cachedInputTokens,
    cacheWriteTokens: sums.cacheWriteTokens,
    outputTokens: sums.outputTokens,
    reasoningTokens: sums.reasoningTokens,
  };
}
