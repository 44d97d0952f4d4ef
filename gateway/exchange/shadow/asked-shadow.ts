/** What an exchange hands over when its decision drew a shadow, and what it gets for that. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { RequestFinish } from '../../contract/records.ts';
import type { Decision } from '../../decision/decision.ts';
import type { DecisionFeatures } from '../../decision/question.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import type { Runtime } from '../runtime.ts';
import type { TranslationSource } from '../translation/translation.ts';

export interface AskedShadow {
  readonly runtime: Runtime;
  readonly requestKey: number;
  /** As the client sent it. */
  readonly requestBytes: number;
  /** The client's. */
  readonly dialect: Dialect;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly decision: Pick<Decision, 'shadow' | 'settings' | 'limits'>;
  readonly features: DecisionFeatures;
  /** With the policy's settings, as the original is sent. */
  readonly request: PassthroughRequest;
  /** For a target of another dialect. */
  openSource(): TranslationSource;
}

/** A shadow that was drawn: it holds the request until its answer is over. */
export interface ShadowDraft {
  /**
   * The original's row is written and its last bytes are on their way. The copy is sent when the response has handed all of
   * them over, if it was answered well; a client that leaves before has no shadow.
   */
  follow(response: ServerResponse, row: Pick<RequestFinish, 'state' | 'provider' | 'model'>): void;
}

export interface ShadowDrafts {
  /** Null where there will be none. */
  draft(asked: AskedShadow): ShadowDraft | null;
}
