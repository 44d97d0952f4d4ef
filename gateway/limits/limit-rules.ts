/** The single rules that the limits of a client or a provider come to. */
import type { RateLimits } from '../contract/money/rate-limits.ts';
import type { WindowName } from './windows.ts';

export type Counted = 'requests' | 'tokens' | 'expensive';

/** So much of something in each window. */
export interface LimitRule {
  readonly counted: Counted;
  readonly window: WindowName;
  readonly limit: number;
}

/** Limits are one object until they are changed. */
const known = new WeakMap<RateLimits, readonly LimitRule[]>();

export function rulesOf(limits: RateLimits): readonly LimitRule[] {
  const made = known.get(limits) ?? makeRules(limits);
  known.set(limits, made);
  return made;
}

function makeRules({ expensive = { aboveUsd: 0 }, ...limits }: RateLimits): readonly LimitRule[] {
  const rules: LimitRule[] = [];
  const add = (counted: Counted, window: WindowName, limit: number | undefined) => {
    if (limit !== undefined) rules.push({ counted, window, limit });
  };
  add('requests', 'minute', limits.requestsPerMinute);
  add('requests', 'hour', limits.requestsPerHour);
  add('requests', 'day', limits.requestsPerDay);
  add('tokens', 'minute', limits.tokensPerMinute);
  add('tokens', 'hour', limits.tokensPerHour);
  add('tokens', 'day', limits.tokensPerDay);
  add('expensive', 'hour', expensive.perHour);
  add('expensive', 'day', expensive.perDay);
  return rules;
}

/** Is anything limited at all? */
export function hasLimits(limits: RateLimits): boolean {
  return limits.concurrent !== undefined || rulesOf(limits).length > 0;
}
