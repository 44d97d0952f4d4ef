/** A policy made ready to decide by: what it says does not change, and is worked out once. */
import type { FallbackKind, Parameters, Policy, Rule, RuleLimits, Shadow } from '../../contract/policy/rule.ts';
import type { Route, Strategy } from '../../contract/policy/route.ts';
import type { ConditionNode } from './compile-condition.ts';
import type { PolicyProvider } from '../question.ts';
import type { DirectName } from './split-name.ts';

/** The part of a config that decides. */
export interface PolicyDocument {
  readonly providers: readonly PolicyProvider[];
  readonly aliases: Readonly<Record<string, Route>>;
  readonly policy: Policy;
  /** Of the config; 0 for one that was never in force. */
  readonly version?: number;
}

/** A target before anybody has judged it. */
export interface NamedTarget {
  /** Empty for a name that no provider lists. */
  readonly providerId: string;
  /** Null where there is no such provider. */
  readonly provider: PolicyProvider | null;
  readonly model: string;
  readonly local: boolean;
  /** Who named it, `fallback` for a rule's; `listed` of them: by a bare id, and the provider lists it. */
  readonly namedBy: NamedBy;
  readonly listed: boolean;
  /** Which entry of the route it comes from, and, where that is an alias, which entry of that. */
  readonly path: readonly number[];
}

export type NamedBy = 'request' | 'alias' | 'rule' | 'fallback';

/** A weight at a moment: fixed, or on its way from one to another. Moments are milliseconds since 1970. */
export interface CompiledWeight {
  readonly from: number;
  readonly to: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

export interface CompiledEntry {
  /** As it is written. */
  readonly name: string;
  readonly weight: CompiledWeight;
  /** What its draw is drawn for. */
  readonly drawKey: number;
  /** Where it names one. */
  readonly alias: CompiledRoute | null;
  /** Where it is `provider/model`. Neither: a bare model id. */
  readonly direct: DirectName | null;
}

export interface CompiledRoute {
  /** `alias:fast`, `rule:code`. */
  readonly id: string;
  readonly drawKey: number;
  readonly strategy: Strategy;
  readonly sticky: boolean;
  readonly splitBy: 'request' | 'client' | 'session';
  readonly entries: readonly CompiledEntry[];
  readonly namedBy: NamedBy;
  /** Every target, where none has to be looked up by who lists it. */
  readonly fixed: readonly NamedTarget[] | null;
  /** Of it, or of an alias within it. */
  readonly countsTurns: boolean;
  readonly keepsSessions: boolean;
}

export interface CompiledShadow {
  readonly shadow: Shadow;
  readonly route: CompiledRoute;
  readonly drawKey: number;
}

export interface CompiledRule {
  readonly name: string;
  readonly rule: Rule;
  /** Null: it always holds. */
  readonly condition: ConditionNode | null;
  readonly pins: boolean;
  readonly deny: string | null;
  readonly route: CompiledRoute | null;
  readonly parameters: Parameters | null;
  readonly limits: RuleLimits | null;
  readonly fallbacks: ReadonlyMap<FallbackKind, CompiledRoute> | null;
  readonly shadow: CompiledShadow | null;
}

export interface CompiledPolicy {
  readonly document: PolicyDocument;
  readonly version: number;
  readonly providers: ReadonlyMap<string, PolicyProvider>;
  readonly aliases: ReadonlyMap<string, CompiledRoute>;
  /** All, in their order, those that are switched off too. */
  readonly rules: readonly CompiledRule[];
  readonly enabledRules: readonly CompiledRule[];
  /** What it looks at of any request. */
  readonly looksAt: LooksAt;
}

/** What has to be found out about a request, because something may depend on it. */
export interface LooksAt {
  /** By their names, in lower case; beside those that say the task, the sensitivity and the session. */
  readonly headers: readonly string[];
  readonly metadata: readonly string[];
  readonly client: boolean;
  readonly task: boolean;
  readonly sensitivity: boolean;
  readonly inputTokens: boolean;
  readonly maxOutputTokens: boolean;
  readonly stream: boolean;
  readonly tools: boolean;
  readonly images: boolean;
  readonly schema: boolean;
  readonly reasoning: boolean;
  readonly session: boolean;
}
