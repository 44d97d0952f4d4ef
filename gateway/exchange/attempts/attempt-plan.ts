/** What one request's attempts go by: whom to ask, how often, for how long. Made of a decision and the config in force. */
import type { GatewayError } from '../../chat/error.ts';
import type { FallbackKind, RuleLimits } from '../../contract/policy/rule.ts';
import type { ReliabilitySettings } from '../../contract/reliability.ts';
import type { RouteUse, Target } from '../../decision/decision.ts';
import type { Provider } from '../../providers/build-provider.ts';
import type { UpstreamTimeouts } from '../../upstream/transport.ts';
import type { LiveState } from '../live-state/live-state.ts';
import type { Runtime } from '../runtime.ts';
import type { QueueSource } from './attempt-queue.ts';
import { type Candidate, type KeySource, planCandidates } from './candidates.ts';

/** What a decision says about attempts; the targets alone will do. */
export interface DecidedAttempts {
  /** In the order to ask. */
  readonly targets: readonly Target[];
  readonly fallbacks?: Readonly<Partial<Record<FallbackKind, readonly Target[]>>>;
  readonly limits?: Pick<RuleLimits, 'attempts' | 'timeouts'>;
  readonly route?: RouteUse | null;
}

export interface AttemptPlan extends QueueSource<Candidate> {
  /** Attempts in all. */
  readonly attempts: number;
  /** The rule's own timers; what is left out is as the provider has it. */
  readonly timeouts: NonNullable<RuleLimits['timeouts']> | null;
  /** Milliseconds for the request in all. */
  readonly totalMs: number;
  readonly settings: ReliabilitySettings;
  /** By which route it is sent, where turns are counted or sessions kept. */
  readonly route: RouteUse | null;
}

export interface PlanSource extends KeySource {
  readonly state: Pick<LiveState, 'turns'>;
}

/**
 * Plans the attempts, and takes the route's turn.
 * @returns the error when no target has a usable key
 */
export function planAttempts(decided: DecidedAttempts, runtime: Runtime, source: PlanSource): AttemptPlan | GatewayError {
  const { candidates, error } = planCandidates(decided.targets, runtime, source);
  if (error) return error;
  const { limits, fallbacks, route = null } = decided;
  if (route?.countsTurns === true) source.state.turns.take(route.id);
  const { reliability } = runtime;
  return {
    candidates,
    fallbacks: (kind) => planCandidates(fallbacks?.[kind] ?? [], runtime, source).candidates,
    attempts: limits?.attempts ?? reliability.attempts,
    timeouts: limits?.timeouts ?? null,
    totalMs: limits?.timeouts?.totalMs ?? runtime.totalMs,
    settings: reliability,
    route,
  };
}

/** A rule's limit on the first byte is for streams: the head of a whole answer comes when the model has finished. */
export function attemptTimeouts(
  { timeouts, wholeTimeouts }: Pick<Provider, 'timeouts' | 'wholeTimeouts'>,
  isStream: boolean,
  own: AttemptPlan['timeouts'],
): UpstreamTimeouts {
  const usual = isStream ? timeouts : wholeTimeouts;
  if (own === null) return usual;
  const firstByteMs = isStream ? (own.firstByteMs ?? usual.firstByteMs) : usual.firstByteMs;
  return { connectMs: usual.connectMs, firstByteMs, idleMs: own.idleMs ?? usual.idleMs };
}
