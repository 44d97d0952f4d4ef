/** Reads the rules from top to bottom: what each of them, the first that speaks of it, says about a request. */
import type { RuleTrace } from '../contract/decision.ts';
import type { FallbackKind, Parameters, RuleLimits } from '../contract/policy/rule.ts';
import type { CompiledPolicy, CompiledRoute, CompiledRule } from './policy/compiled-policy.ts';
import type { DecidedSettings } from './decision.ts';
import type { DecisionClock, DecisionFeatures } from './question.ts';

export interface RuleOutcome {
  /** The rule that sends it somewhere, or refuses it. */
  readonly destination: CompiledRule | null;
  readonly pinnedBy: string | null;
  readonly limits: RuleLimits;
  /** Which rule limits the cost; for words. */
  readonly costLimitedBy: string | null;
  readonly settings: DecidedSettings | null;
  readonly fallbacks: ReadonlyMap<FallbackKind, CompiledRoute> | null;
  readonly shadowRule: CompiledRule | null;
}

export type Effect = RuleTrace['effects'][number];

/** For the trace: of one rule, whether it held and what it did. */
export interface RuleNote {
  readonly rule: CompiledRule;
  readonly held: boolean;
  readonly effects: readonly Effect[];
}

const noLimits: RuleLimits = Object.freeze({});

export const nothingSaid: RuleOutcome = Object.freeze({
  destination: null,
  pinnedBy: null,
  limits: noLimits,
  costLimitedBy: null,
  settings: null,
  fallbacks: null,
  shadowRule: null,
});

/** @param notes gets one for every rule, also for those that can say nothing any more; null where nobody reads them */
export function evaluateRules(
  policy: CompiledPolicy,
  features: DecisionFeatures,
  clock: DecisionClock,
  notes: RuleNote[] | null,
): RuleOutcome {
  const { pinnedBefore } = features;
  if (pinnedBefore === null && (notes === null ? policy.enabledRules : policy.rules).length === 0) return nothingSaid;
  const said = new Said();
  if (notes === null) {
    for (const rule of policy.enabledRules) {
      if (!said.leavesRoomFor(rule)) continue;
      if (rule.condition === null || rule.condition.holds(features, clock)) said.take(rule, null);
    }
    return said.outcome(pinnedBefore);
  }
  for (const rule of policy.rules) {
    const held = rule.rule.enabled && (rule.condition === null || rule.condition.holds(features, clock));
    const effects: Effect[] = [];
    if (held) said.take(rule, effects);
    notes.push({ rule, held, effects });
  }
  return said.outcome(pinnedBefore);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type SettingsGroup = keyof DecidedSettings;
const settingsGroups: readonly SettingsGroup[] = ['defaults', 'overrides', 'caps'];
const singleLimits = ['maxCostUsd', 'unknownPrice', 'firstTokenMs', 'attempts'] as const;
const timeoutNames = ['firstByteMs', 'idleMs', 'totalMs'] as const;

/** What the rules that were read so far have said. */
class Said {
  #destination: CompiledRule | null = null;
  #pinnedBy: string | null = null;
  #limits: Mutable<RuleLimits> | null = null;
  #costLimitedBy: string | null = null;
  #settings: DecidedSettings | null = null;
  #fallbacks: Map<FallbackKind, CompiledRoute> | null = null;
  #shadowRule: CompiledRule | null = null;

  /** False: whether it holds makes no difference any more. */
  leavesRoomFor(rule: CompiledRule): boolean {
    if (rule.pins && this.#pinnedBy === null) return true;
    if ((rule.route !== null || rule.deny !== null) && this.#destination === null) return true;
    if (rule.shadow !== null && this.#shadowRule === null) return true;
    return rule.parameters !== null || rule.limits !== null || rule.fallbacks !== null;
  }

  take(rule: CompiledRule, effects: Effect[] | null): void {
    if ((rule.route !== null || rule.deny !== null) && this.#destination === null) {
      this.#destination = rule;
      effects?.push(rule.deny === null ? 'use' : 'deny');
    }
    if (rule.pins && this.#pinnedBy === null) {
      this.#pinnedBy = rule.name;
      effects?.push('pin');
    }
    if (rule.parameters !== null && this.#takeParameters(rule.parameters)) effects?.push('parameters');
    if (rule.limits !== null && this.#takeLimits(rule.limits, rule.name)) effects?.push('limits');
    if (rule.fallbacks !== null && this.#takeFallbacks(rule.fallbacks)) effects?.push('fallbacks');
    if (rule.shadow !== null && this.#shadowRule === null) {
      this.#shadowRule = rule;
      effects?.push('shadow');
    }
  }

  #takeParameters(parameters: Parameters): boolean {
    let isNew = false;
    for (const group of settingsGroups) {
      const settings = parameters[group];
      if (settings === undefined) continue;
      this.#settings ??= { defaults: {}, overrides: {}, caps: {} };
      isNew = takeMissing(this.#settings[group], settings) || isNew;
    }
    return isNew;
  }

  #takeLimits(limits: RuleLimits, rule: string): boolean {
    const mine = (this.#limits ??= {});
    let isNew = false;
    if (limits.maxCostUsd !== undefined && mine.maxCostUsd === undefined) this.#costLimitedBy = rule;
    for (const name of singleLimits) {
      if (limits[name] === undefined || mine[name] !== undefined) continue;
      Object.assign(mine, { [name]: limits[name] });
      isNew = true;
    }
    if (limits.timeouts === undefined) return isNew;
    const timeouts = { ...mine.timeouts };
    for (const name of timeoutNames) {
      if (limits.timeouts[name] === undefined || timeouts[name] !== undefined) continue;
      timeouts[name] = limits.timeouts[name];
      isNew = true;
    }
    mine.timeouts = timeouts;
    return isNew;
  }

  #takeFallbacks(fallbacks: ReadonlyMap<FallbackKind, CompiledRoute>): boolean {
    const mine = (this.#fallbacks ??= new Map());
    let isNew = false;
    for (const [kind, route] of fallbacks) {
      if (mine.has(kind)) continue;
      mine.set(kind, route);
      isNew = true;
    }
    return isNew;
  }

  outcome(pinnedBefore: string | null): RuleOutcome {
    return {
      destination: this.#destination,
      pinnedBy: this.#pinnedBy ?? pinnedBefore,
      limits: this.#limits ?? noLimits,
      costLimitedBy: this.#costLimitedBy,
      settings: this.#settings,
      fallbacks: this.#fallbacks,
      shadowRule: this.#shadowRule,
    };
  }
}

/** Copies what is not there yet. The names are the schema's. @returns whether there was any */
function takeMissing(into: object, from: object): boolean {
  let isNew = false;
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || Object.hasOwn(into, name)) continue;
    Object.assign(into, { [name]: value });
    isNew = true;
  }
  return isNew;
}
