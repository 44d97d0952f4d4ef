/** Decides where one request goes, and keeps what that was decided from. */
import type { Decision } from '../decision/decision.ts';
import { decide } from '../decision/decide.ts';
import { seedOf } from '../decision/draw.ts';
import { keepQuestion } from '../decision/keep-question.ts';
import { looksAtFor } from '../decision/looks-at.ts';
import type { DecisionFeatures } from '../decision/question.ts';
import { WatchedSnapshot } from '../decision/watched-snapshot.ts';
import type { AskedRequest } from './features/asked-request.ts';
import { readFeatures } from './features/read-features.ts';
import type { ExchangePorts } from './ports.ts';
import type { Runtime } from './runtime.ts';

export interface DecidedRequest {
  readonly decision: Decision;
  readonly features: DecisionFeatures;
  /** What it was decided from, as JSON text; null where that is too much to be kept. */
  readonly kept: string | null;
  /** Decides on other features, all else being the same. */
  decideOn(features: DecisionFeatures): Decision;
}

/** What a request is decided by beside the request itself. */
export interface Moment {
  /** What is left to chance is drawn from it. */
  readonly requestKey: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** @throws GatewayError `bad-request` for what the policy looks at and cannot be read */
export function decideRequest(
  { policy }: Pick<Runtime, 'policy'>,
  ports: Pick<ExchangePorts, 'snapshot' | 'wallClock'>,
  asked: AskedRequest,
  { requestKey, atMs }: Moment,
): DecidedRequest {
  const live = ports.snapshot();
  const features = readFeatures(asked, looksAtFor(policy, asked.request.head.model, live));
  const snapshot = new WatchedSnapshot(live);
  const clock = ports.wallClock(atMs);
  const seed = seedOf(requestKey);
  const decision = decide(features, policy, snapshot, clock, seed);
  return {
    decision,
    features,
    kept: keepQuestion({ features, policy, snapshot, clock, seed, decision }),
    decideOn: (other) => decide(other, policy, live, clock, seed),
  };
}
