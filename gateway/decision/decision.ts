/** What the engine answers: whom to ask, in which order, and what else the policy says of the request. */
import type { ReasonCode } from '../contract/decision.ts';
import type { FallbackKind, RequestSettings, RuleLimits, Shadow } from '../contract/policy/rule.ts';

export interface Target {
  readonly provider: string;
  readonly model: string;
  /** In which dialect it is asked. */
  readonly dialect: string;
  /** All in which it may be asked, that one first: the next is for a provider that turns out not to offer it. */
  readonly dialects: readonly string[];
}

export interface Candidate {
  readonly provider: string;
  readonly model: string;
  /** Null when it was refused. */
  readonly target: Target | null;
  readonly code: ReasonCode;
}

export type ResolvedAs = 'rule' | 'provider-model' | 'alias' | 'bare-model' | 'unknown';

/** Where a route stands in the policy: by this its turns are counted and its sessions are kept. */
export interface RouteUse {
  /** `alias:fast`, `rule:code`. */
  readonly id: string;
  readonly countsTurns: boolean;
  /** The session to be kept with the target that answers; null where the route keeps none. */
  readonly session: string | null;
}

/** Settings that the policy writes into a request: where it says nothing, whatever it says, and at most. */
export interface DecidedSettings {
  readonly defaults: RequestSettings;
  readonly overrides: RequestSettings;
  readonly caps: RequestSettings;
}

export interface Decision {
  /** In the order to ask. Empty: refused. */
  readonly targets: readonly Target[];
  /** By the kind of failure: whom to ask before the other targets. Each can do the request, and obeys its pin. */
  readonly fallbacks: Readonly<Partial<Record<FallbackKind, readonly Target[]>>>;
  readonly candidates: readonly Candidate[];
  readonly resolvedAs: ResolvedAs;
  /** The rule that decided where it goes. */
  readonly rule: string | null;
  readonly pinnedBy: string | null;
  readonly limits: RuleLimits;
  /** Null: nothing to write, as for nearly every request. */
  readonly settings: DecidedSettings | null;
  /** A target to be asked after the answer too, and by which rule. Drawn by the seed. */
  readonly shadow: (Shadow & { readonly rule: string; readonly asTarget: Target }) | null;
  readonly route: RouteUse | null;
  /** Why there is no target; null when there is one. */
  readonly refusal: Refusal | null;
}

export interface Refusal {
  /**
   * `denied`: by a rule. `not-allowed`: its key may use none of them. `unlisted`: a name was not found in any list; one that is on its way may change that. `too-long`: a
   * shorter prompt could be answered.
   */
  readonly kind: 'denied' | 'not-allowed' | 'unknown-model' | 'unlisted' | 'no-key' | 'too-long' | 'no-target';
  /** In one sentence. */
  readonly message: string;
}
