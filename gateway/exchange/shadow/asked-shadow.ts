/** What an exchange hands over when its decision drew a shadow. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { RequestFinish, RequestStart } from '../../contract/records.ts';
import type { Decision } from '../../decision/decision.ts';
import type { RequestPlace } from '../../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import type { Runtime } from '../runtime.ts';
import type { TranslationSource } from '../translation/translation.ts';

export interface AskedShadow {
  readonly runtime: Runtime;
  /** Of the client's side. */
  readonly input: {
    readonly dialect: Dialect;
    /** What the path says of the request. */
    readonly place: RequestPlace;
    readonly clientHeaders: IncomingHttpHeaders;
    readonly response: ServerResponse;
  };
  /** How the original is told of in the log; `ended` is null while it runs. */
  readonly row: {
    readonly start: RequestStart;
    readonly ended: Pick<RequestFinish, 'state' | 'provider' | 'model'> | null;
  };
  readonly decision: Pick<Decision, 'shadow' | 'settings' | 'limits'>;
  /** With the policy's settings, as the original is sent. */
  readonly request: PassthroughRequest;
  /** For a target of another dialect. */
  openSource(): TranslationSource;
}

export interface ShadowFollower {
  /**
   * Keeps the request until its answer has left the program whole, and sends the copy then. A request that failed, or whose
   * client left before, has no shadow.
   */
  follow(asked: AskedShadow): void;
}
