/** Finds what a rule says to no use because of what other rules say: one above it that decides all, or a pin that holds with it. */
import type { Condition } from '../../contract/policy/condition.ts';
import type { Rule } from '../../contract/policy/rule.ts';
import type { PolicyProblem } from './check-policy.ts';

type When = Condition | undefined;

/** Must `outer` hold wherever `inner` does? By how they are written: a condition holds when each of its parts does. */
function isWithin(inner: When, outer: When): boolean {
  return partsOf(outer).every(([part, wanted]) => JSON.stringify(inner?.[part]) === JSON.stringify(wanted));
}

function partsOf(when: When): readonly (readonly [part: keyof Condition, wanted: unknown])[] {
  const parts = Object.entries(when ?? {}) as [keyof Condition, unknown][];
  return parts.filter(([, wanted]) => wanted !== undefined);
}

/** The rule by which every request that this one holds for stays on this machine; null where there is none for sure. */
export function pinAt(rule: Rule, rules: readonly Rule[]): Rule | null {
  if (rule.pin !== undefined) return rule;
  return rules.find((other) => other.enabled && other.pin !== undefined && isWithin(rule.when, other.when)) ?? null;
}

const decides = (rule: Rule) => rule.enabled && (rule.use !== undefined || rule.deny !== undefined);

/** Rules that always come after another that sends their requests somewhere, or refuses them. */
export function neverDeciding(rules: readonly Rule[]): PolicyProblem[] {
  return rules.flatMap((rule, place): PolicyProblem[] => {
    if (!decides(rule)) return [];
    const earlier = rules.slice(0, place).find((other) => decides(other) && isWithin(rule.when, other.when));
    if (!earlier) return [];
    const which = partsOf(earlier.when).length === 0 ? 'every request' : 'every request that this one holds for';
    const message = `never decides: the rule "${earlier.name}" above it holds for ${which}; move this one above it`;
    return [{ path: `policy.rules.${place}.${rule.use === undefined ? 'deny' : 'use'}`, message, severity: 'warning' }];
  });
}
