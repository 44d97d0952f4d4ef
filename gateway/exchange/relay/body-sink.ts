/** Where an upstream's answer flows once its head was judged. */
import type { GatewayError } from '../../chat/error.ts';
import type { Usage } from '../../chat/usage.ts';
import type { FinalState } from '../../contract/records.ts';
import type { OutputSeen } from '../../money/estimate-tokens.ts';
import type { UpstreamRefusal, UpstreamHeaders } from '../attempts/upstream-error.ts';

export interface BodySink {
  push(chunk: Buffer): void;
  end(): void;
  fail(error: GatewayError): void;
}

/** How an exchange ended, as its row will say. */
export interface Outcome {
  readonly state: FinalState;
  /** The HTTP status that the client was or will be given; null when it was given none. */
  readonly status: number | null;
  readonly error: GatewayError | null;
  readonly usage: Usage | null;
  /** The provider's own usage object, as JSON text. */
  readonly rawUsageJson: string | null;
  /** For an estimate, when the provider gave no usage; null when nothing was received. */
  readonly seen: OutputSeen | null;
  readonly responseBytes: number | null;
}

/** What a relay may ask of its exchange. */
export interface RelayHost {
  /** Runs `then` once the row of this request is committed: at once when it already is. */
  whenStarted(then: () => void): void;
  /** Before the client's first byte: another attempt, or the final answer. */
  attemptFailed(refusal: UpstreamRefusal): void;
  /** A stream has really begun: from here on there is no other attempt. */
  firstContent(): void;
  /** Commits the row, then runs `lastBytes`; with an error when the row could not be committed. */
  finish(outcome: Outcome, lastBytes: (ledgerError: GatewayError | null) => void): void;
  pauseUpstream(): void;
  resumeUpstream(): void;
  abortUpstream(): void;
  /** The headers of a good answer. */
  answerHeaders(upstream: UpstreamHeaders): string[];
}

/** A refusal of our own making: nothing of the upstream's is passed on. */
export function ownRefusal(error: GatewayError): UpstreamRefusal {
  return { error, body: null, headers: {}, retryAfterMs: null, upstreamStatus: null, fieldAtFault: null, namesPath: false };
}

/** Nothing came of it: no usage, no answer. */
export function emptyOutcome(state: FinalState, status: number | null, error: GatewayError): Outcome {
  return { state, status, error, usage: null, rawUsageJson: null, seen: null, responseBytes: null };
}
