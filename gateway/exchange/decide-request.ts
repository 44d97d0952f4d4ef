/** Decides where one request goes, and keeps what that was decided from. */
import type { GatewayError } from '../chat/error.ts';
import { decide, decideOn } from '../decision/decide.ts';
import type { CompiledPolicy, LooksAt } from '../decision/policy/compiled-policy.ts';
import type { Decision, Refusal } from '../decision/decision.ts';
import type { Question } from '../decision/judge-target.ts';
import { seedOf } from '../decision/draw.ts';
import { keepQuestion, type KeptText } from '../decision/kept/keep-question.ts';
import { looksAtFor } from '../decision/policy/looks-at.ts';
import type { DecisionSnapshot } from '../decision/question.ts';
import { WatchedSnapshot } from '../decision/kept/watched-snapshot.ts';
import type { AskedRequest } from './features/asked-request.ts';
import { gapRefusal } from './features/gap.ts';
import { readFeatures } from './features/read-features.ts';
import { refusalOf } from './own-errors.ts';
import { type PolicySettings, settingsFor } from './policy-settings.ts';
import type { ExchangePorts } from './ports.ts';
import type { Runtime } from './runtime.ts';

export interface DecidedRequest {
  readonly decision: Decision;
  readonly settings: PolicySettings;
  /** What it is for; null where nothing asked for that. */
  readonly task: string | null;
  /** What it was decided from. */
  readonly kept: KeptText;
  /** Why nobody is asked; null when somebody is. */
  readonly error: GatewayError | null;
  /** Nobody is asked, and a list of models that is on its way may change that. */
  readonly mayBeListed: boolean;
}

/** What a row tells of its decision. */
export function tellDecision(decided: DecidedRequest | null) {
  return {
    rule: decided?.decision.rule ?? null,
    task: decided?.task ?? null,
    decisionJson: decided?.kept.text ?? null,
  };
}

/** What a request is decided by beside the request itself. */
export interface Moment {
  /** What is left to chance is drawn from it. */
  readonly requestKey: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Of nobody's policy: read from single fields, without the conversation. */
const cheap = { inputTokens: true, maxOutputTokens: true, tools: true, images: true, schema: true, reasoning: true } as const;

const alsoCheap = new WeakMap<LooksAt, LooksAt>();

/**
 * What is read of a request for this model. Whoever has rules or aliases asks what other rules would have made of a request:
 * what that needs and is cheap is read then, too.
 */
export function lookedAt(policy: CompiledPolicy, model: string, snapshot: DecisionSnapshot): LooksAt {
  const looksAt = looksAtFor(policy, model, snapshot);
  if (policy.enabledRules.length === 0 && policy.aliases.size === 0) return looksAt;
  const known = alsoCheap.get(looksAt);
  if (known) return known;
  const more = { ...looksAt, ...cheap };
  alsoCheap.set(looksAt, more);
  return more;
}

/** @throws GatewayError `bad-request` for what the policy looks at and cannot be read */
export function decideRequest(
  { policy }: Pick<Runtime, 'policy'>,
  ports: Pick<ExchangePorts, 'snapshot' | 'wallClock'>,
  asked: AskedRequest,
  { requestKey, atMs }: Moment,
): DecidedRequest {
  const { dialect, request } = asked;
  const live = ports.snapshot();
  const features = readFeatures(asked, lookedAt(policy, request.head.model, live));
  const snapshot = new WatchedSnapshot(live);
  const clock = ports.wallClock(atMs);
  const seed = seedOf(requestKey);
  const decision = decide(features, policy, snapshot, clock, seed);
  const { refusal } = decision;
  return {
    decision,
    task: features.unread.includes('task') ? null : features.task,
    settings: settingsFor(dialect, decision.settings),
    kept: keepQuestion({ features, policy, snapshot, clock, seed, decision }),
    error: refusal === null ? null : errorOf(refusal, asked, { features, policy, snapshot: live, clock, seed }),
    mayBeListed: refusal?.kind === 'unlisted' || refusal?.kind === 'unknown-model',
  };
}

/** What its client is told; a gap that nobody can fill is named before all else. */
function errorOf(refusal: Refusal, { dialect, request }: AskedRequest, question: Question): GatewayError {
  return gapRefusal(dialect, request, question.features, (features) => decideOn({ ...question, features })) ?? refusalOf(refusal);
}
