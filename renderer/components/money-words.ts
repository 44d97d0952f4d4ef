/** Says in words how money stands: budgets, prices, costs, alerts. Pure. */
import type { Alert } from '../../gateway/contract/money/alert.ts';
import type { BudgetPeriod, BudgetStanding } from '../../gateway/contract/money/budget.ts';
import type { CostBasis, PriceSource, Rates } from '../../gateway/contract/money/price.ts';
import type { Tier } from '../../gateway/contract/money/tiers.ts';
import { tierLimits } from '../../gateway/contract/money/tiers.ts';
import type { UsageFigures } from '../../gateway/contract/money/usage.ts';
import { formatCount, formatMoment, formatUntil, formatUsd } from './formats.ts';
import type { Tone } from './state-badge.tsx';

export const periodWords: Readonly<Record<BudgetPeriod, string>> = {
  call: 'one call',
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
};

export const modeWords: Readonly<Record<BudgetStanding['mode'], string>> = {
  hard: 'refuses beyond it',
  soft: 'only warns',
};

/** `low: $0.002 a call, $0.10 a day`. */
export function tierWords(tier: Tier): string {
  const { callUsd, dayUsd } = tierLimits[tier];
  return `${tier}: ${formatUsd(callUsd)} a call, ${formatUsd(dayUsd)} a day`;
}

/** Of a sum of money what copies cost that rules sent for comparison; empty where there are none. */
export function copiesWords({ copies, copiesUsd, copiesUnpriced }: Copies): string {
  if (copies === 0) return '';
  const count = copies === 1 ? '1 copy' : `${formatCount(copies)} copies`;
  return `${formatUsd(copiesUsd)} for ${count}${copiesUnpriced === 0 ? '' : `, ${formatCount(copiesUnpriced)} of unknown cost`}`;
}

type Copies = Pick<UsageFigures, 'copies' | 'copiesUsd' | 'copiesUnpriced'>;

/** `2 requests and 1 copy`: what is in no sum of money; empty where nothing is. */
export function unpricedWords({ unpriced, copiesUnpriced }: Pick<UsageFigures, 'unpriced' | 'copiesUnpriced'>): string {
  const requests = unpriced === 0 ? [] : [unpriced === 1 ? '1 request' : `${formatCount(unpriced)} requests`];
  const copies = copiesUnpriced === 0 ? [] : [copiesUnpriced === 1 ? '1 copy' : `${formatCount(copiesUnpriced)} copies`];
  return [...requests, ...copies].join(' and ');
}

/** What a budget is for. */
export function scopeWords({ kind, of, name }: BudgetStanding['scope']): string {
  const called = name ?? of ?? '';
  if (kind === 'all') return 'everything';
  if (kind === 'client') return `the key “${called}”`;
  return kind === 'rule' ? `the rule “${called}”` : `the ${kind} ${called}`;
}

export interface BudgetVerdict {
  readonly tone: Tone;
  readonly word: string;
}

/** What is settled and reserved of the limit, as parts of it that never leave the bar. */
export function budgetParts({
  settledUsd,
  reservedUsd,
  limitUsd,
}: Pick<BudgetStanding, 'settledUsd' | 'reservedUsd' | 'limitUsd'>) {
  if (limitUsd <= 0) return { settled: 1, reserved: 0 };
  const settled = Math.min(Math.max(settledUsd / limitUsd, 0), 1);
  return { settled, reserved: Math.min(Math.max(reservedUsd / limitUsd, 0), 1 - settled) };
}

/** Whether it lets requests through, and how near its end is. A hard one at its limit refuses; a soft one goes on. */
export function budgetVerdict(budget: BudgetStanding): BudgetVerdict {
  const { closed, period, mode, settledUsd, reservedUsd, limitUsd, warnAt } = budget;
  if (closed !== null) return { tone: 'bad', word: 'Closed' };
  if (period === 'call') return { tone: 'idle', word: 'For each call' };
  const used = settledUsd + reservedUsd;
  if (used >= limitUsd) return mode === 'hard' ? { tone: 'bad', word: 'Spent' } : { tone: 'warn', word: 'Over its limit' };
  const reached = warnAt.some((share) => share < 1 && settledUsd >= share * limitUsd);
  return reached ? { tone: 'warn', word: 'Warning' } : { tone: 'good', word: 'Within its limit' };
}

/** `$0.40 of $1.00 a day`. */
export function budgetSentence({ settledUsd, limitUsd, period }: BudgetStanding): string {
  if (period === 'call') return `at most ${formatUsd(limitUsd)} for one call`;
  return `${formatUsd(settledUsd)} of ${formatUsd(limitUsd)} ${periodWords[period]}`;
}

export function resetWords({ endsAtMs }: Pick<BudgetStanding, 'endsAtMs'>, nowMs: number): string | null {
  return endsAtMs === null ? null : `begins anew ${formatUntil(endsAtMs, nowMs)}, ${formatMoment(endsAtMs).slice(0, -3)}`;
}

export const basisWords: Readonly<Record<CostBasis, string>> = {
  stated: 'Stated by the provider',
  computed: 'Computed from the usage that the provider told',
  estimated: 'Estimated: at least a part of it is of tokens that Gatehouse counted, or may not have been billed',
  free: 'Free: it ran on this machine',
  unknown: 'Unknown: nobody knows a price for it, or how much it used',
  none: 'Nothing was asked of any provider',
};

export const sourceWords: Readonly<Record<PriceSource, string>> = {
  config: 'your own price',
  provider: 'provider’s list',
  catalog: 'packaged catalog',
  local: 'on this machine',
};

interface RateWords {
  readonly label: string;
  /** How many of them the rate is for. */
  readonly per: number;
}

const tokens = (label: string): RateWords => ({ label, per: 1e6 });

export const rateWords: { readonly [Name in keyof Required<Rates>]: RateWords } = {
  inputPerMillionUsd: tokens('Input'),
  outputPerMillionUsd: tokens('Output'),
  cachedInputPerMillionUsd: tokens('Cached input'),
  cacheWritePerMillionUsd: tokens('Written to cache'),
  cacheWriteHourPerMillionUsd: tokens('Written to cache, 1 h'),
  reasoningPerMillionUsd: tokens('Reasoning'),
  audioInputPerMillionUsd: tokens('Audio input'),
  cachedAudioInputPerMillionUsd: tokens('Cached audio input'),
  audioOutputPerMillionUsd: tokens('Audio output'),
  imageInputPerMillionUsd: tokens('Image input'),
  cachedImageInputPerMillionUsd: tokens('Cached image input'),
  imageOutputPerMillionUsd: tokens('Image output'),
  perRequestUsd: { label: 'Requests', per: 1 },
  perSearchUsd: { label: 'Searches', per: 1 },
  perAudioMinuteUsd: { label: 'Audio minutes', per: 1 },
  perMillionCharactersUsd: { label: 'Characters', per: 1e6 },
};

const otherRate: RateWords = { label: 'Other', per: 1 };

/** Of a rate by its name; one that this page does not know is called by that name. */
export function wordsOfRate(name: string): RateWords {
  const known: Readonly<Record<string, RateWords>> = rateWords;
  return (Object.hasOwn(known, name) ? known[name] : undefined) ?? { ...otherRate, label: name };
}

export const rateNames = Object.keys(rateWords).filter((name): name is keyof Rates => name in rateWords);

const alertTones: Readonly<Record<Alert['kind'], BudgetVerdict>> = {
  'budget-threshold': { tone: 'warn', word: 'Budget' },
  'budget-spent': { tone: 'bad', word: 'Budget spent' },
  'over-bound': { tone: 'bad', word: 'Billed above the bound' },
  'unusual-spend': { tone: 'warn', word: 'Unusual spend' },
  'budget-refused': { tone: 'bad', word: 'Request refused' },
  test: { tone: 'idle', word: 'Test' },
};

export function alertVerdict(kind: Alert['kind']): BudgetVerdict {
  return alertTones[kind];
}
