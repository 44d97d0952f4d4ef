/** Rate limits as a person types them, for keys and for providers. Pure. */
import type { RateLimits } from '../../../gateway/contract/money/rate-limits.ts';
import { formatCount, formatUsd } from '../formats.ts';
import { readNumber } from '../typed-number.ts';

export const countNames = [
  'requestsPerMinute',
  'requestsPerHour',
  'requestsPerDay',
  'tokensPerMinute',
  'tokensPerHour',
  'tokensPerDay',
  'concurrent',
] as const;
export type CountName = (typeof countNames)[number];

const expensiveNames = ['aboveUsd', 'perHour', 'perDay'] as const;
export type ExpensiveName = (typeof expensiveNames)[number];

/** By their places in the limits: `tokensPerDay`, `expensive.aboveUsd`. What is empty is not limited. */
export type LimitsDraft = Readonly<Record<CountName | `expensive.${ExpensiveName}`, string>>;

const text = (value: number | undefined): string => (value === undefined ? '' : String(value));

export function draftOfLimits(limits: RateLimits): LimitsDraft {
  return {
    requestsPerMinute: text(limits.requestsPerMinute),
    requestsPerHour: text(limits.requestsPerHour),
    requestsPerDay: text(limits.requestsPerDay),
    tokensPerMinute: text(limits.tokensPerMinute),
    tokensPerHour: text(limits.tokensPerHour),
    tokensPerDay: text(limits.tokensPerDay),
    concurrent: text(limits.concurrent),
    'expensive.aboveUsd': text(limits.expensive?.aboveUsd),
    'expensive.perHour': text(limits.expensive?.perHour),
    'expensive.perDay': text(limits.expensive?.perDay),
  };
}

interface Read {
  readonly limits: RateLimits;
  /** By the places of the draft. */
  readonly problems: ReadonlyMap<string, string>;
}

export function readLimitsDraft(draft: LimitsDraft): Read {
  const problems = new Map<string, string>();
  const take = (name: keyof LimitsDraft, least: number, most: number, whole = true): number | undefined => {
    if (draft[name].trim() === '') return undefined;
    const read = readNumber(draft[name], { least, most, whole });
    if (read.ok) return read.value;
    problems.set(name, read.message);
    return undefined;
  };
  const limits: Record<string, unknown> = {};
  for (const name of countNames) {
    const value = take(name, 1, name === 'concurrent' ? 10_000 : 1_000_000_000);
    if (value !== undefined) limits[name] = value;
  }
  const expensive = {
    aboveUsd: take('expensive.aboveUsd', 0, 1_000_000, false),
    perHour: take('expensive.perHour', 1, 1_000_000_000),
    perDay: take('expensive.perDay', 1, 1_000_000_000),
  };
  const said = expensiveNames.filter((name) => draft[`expensive.${name}`].trim() !== '');
  if (said.length > 0 && !said.includes('aboveUsd')) problems.set('expensive.aboveUsd', 'must be filled in');
  else if (said.length === 1) problems.set('expensive.perHour', 'must be filled in, or those a day');
  else if (said.length > 1) limits.expensive = Object.fromEntries(said.map((name) => [name, expensive[name]]));
  return { limits, problems };
}

const countWords: Readonly<Record<CountName, string>> = {
  requestsPerMinute: 'requests a minute',
  requestsPerHour: 'requests an hour',
  requestsPerDay: 'requests a day',
  tokensPerMinute: 'tokens a minute',
  tokensPerHour: 'tokens an hour',
  tokensPerDay: 'tokens a day',
  concurrent: 'at the same time',
};

/** `60 requests a minute, 4 at the same time`; empty where nothing is limited. */
export function limitsWords(limits: RateLimits): string {
  const parts = countNames.flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [`${formatCount(value)} ${countWords[name]}`];
  });
  const { expensive } = limits;
  if (expensive) {
    const rates = [
      ...(expensive.perHour === undefined ? [] : [`${formatCount(expensive.perHour)} an hour`]),
      ...(expensive.perDay === undefined ? [] : [`${formatCount(expensive.perDay)} a day`]),
    ];
    parts.push(`calls above ${formatUsd(expensive.aboveUsd)}: ${rates.join(', ')}`);
  }
  return parts.join(', ');
}
