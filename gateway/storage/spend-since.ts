/** What was spent in a time: from the summaries, with what is not written into them yet. */
import type { Database } from 'better-sqlite3';
import { mostNanoUsd } from '../contract/money/nano-usd.ts';
import type { Cell } from './usage/aggregate.ts';
import type { UsageSummaries } from './usage-summaries.ts';

/** Whose spending: of a model, `of` is `provider/model`; of a client its id; of everything null. */
export interface SpendScope {
  readonly kind: 'all' | 'provider' | 'model' | 'rule' | 'client';
  readonly of: string | null;
}

export interface Spend {
  readonly nanoUsd: number;
  /** Requests and copies whose cost nobody knows. */
  readonly unpriced: number;
}

/**
 * @returns what requests and copies that began at `startMs` or later and before `endMs` have cost, those of the transaction under way included.
 * Hours count whole, in the time in which they begin: as they begin with the wall's, so do periods of the calendar
 */
export type SpendSince = (scope: SpendScope, startMs: number, endMs: number) => Spend;

/** Prepares the question for the connection that writes. */
export function prepareSpendSince(database: Database, summaries: UsageSummaries): SpendSince {
  const read = database.prepare<[SpendParameters], Spend>(spendSql);
  return (scope, startMs, endMs) => {
    const written = read.get({ ...scopeParameters(scope), startMs, endMs }) ?? { nanoUsd: 0, unpriced: 0 };
    let { nanoUsd, unpriced } = written;
    for (const cell of summaries.unwritten()) {
      if (cell.hourStartsAtMs < startMs || cell.hourStartsAtMs >= endMs || !isOf(cell, scope)) continue;
      nanoUsd += cell.costNanoUsd;
      unpriced += cell.unpriced + cell.copiesUnpriced;
    }
    return { nanoUsd: Math.min(nanoUsd, mostNanoUsd), unpriced };
  };
}

interface ScopeParameters {
  readonly provider: string | null;
  readonly model: string | null;
  readonly rule: string | null;
  readonly clientId: string | null;
}

interface SpendParameters extends ScopeParameters {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a summary's row of the scope has in its columns; null where anything will do. A model's name is split at the first slash. */
export function scopeParameters({ kind, of }: SpendScope): ScopeParameters {
  const anything: ScopeParameters = { provider: null, model: null, rule: null, clientId: null };
  const name = of ?? '';
  switch (kind) {
    case 'all':
      return anything;
    case 'provider':
      return { ...anything, provider: name };
    case 'model': {
      const slash = name.indexOf('/');
      return { ...anything, provider: name.slice(0, Math.max(slash, 0)), model: name.slice(slash + 1) };
    }
    case 'rule':
      return { ...anything, rule: name };
    case 'client':
      return { ...anything, clientId: name };
  }
}

function isOf(cell: Cell, scope: SpendScope): boolean {
  const { provider, model, rule, clientId } = scopeParameters(scope);
  const fits = (wanted: string | null, found: string): boolean => wanted === null || wanted === found;
  return fits(provider, cell.provider) && fits(model, cell.model) && fits(rule, cell.rule) && fits(clientId, cell.clientId);
}

/** Its plan is asserted by a test: the hours asked for, no others. A sum may be beyond what SQLite counts in whole numbers. */
export const spendSql = `
SELECT coalesce(min(9007199254740991, total(costNanoUsd)), 0) AS nanoUsd, coalesce(sum(unpriced + copiesUnpriced), 0) AS unpriced
FROM usageHours
WHERE hourStartsAtMs >= :startMs AND hourStartsAtMs < :endMs
  AND (:provider IS NULL OR provider = :provider)
  AND (:model IS NULL OR model = :model)
  AND (:rule IS NULL OR rule = :rule)
  AND (:clientId IS NULL OR clientId = :clientId)`;

/** What an hour cost in all; each begins with the wall's. */
export interface HourSpend {
  readonly hourStartsAtMs: number;
  readonly nanoUsd: number;
}

/** @returns hours that begin at `startMs` or later and before `endMs` and cost something, in any order */
export type SpendByHour = (startMs: number, endMs: number) => HourSpend[];

/** Prepares the question for the connection that writes. */
export function prepareSpendByHour(database: Database, summaries: UsageSummaries): SpendByHour {
  const read = database.prepare<[number, number], HourSpend>(spendByHourSql);
  return (startMs, endMs) => {
    const hours = new Map(read.all(startMs, endMs).map(({ hourStartsAtMs, nanoUsd }) => [hourStartsAtMs, nanoUsd]));
    for (const { hourStartsAtMs, costNanoUsd } of summaries.unwritten()) {
      if (hourStartsAtMs < startMs || hourStartsAtMs >= endMs) continue;
      hours.set(hourStartsAtMs, Math.min((hours.get(hourStartsAtMs) ?? 0) + costNanoUsd, mostNanoUsd));
    }
    return [...hours].flatMap(([hourStartsAtMs, nanoUsd]) => (nanoUsd > 0 ? [{ hourStartsAtMs, nanoUsd }] : []));
  };
}

const spendByHourSql = `
SELECT hourStartsAtMs, min(9007199254740991, total(costNanoUsd)) AS nanoUsd FROM usageHours
WHERE hourStartsAtMs >= ? AND hourStartsAtMs < ? GROUP BY hourStartsAtMs`;
