/** What the attempts of one request are given by their exchange. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Dialect } from '../../dialects/dialect.ts';
import type { LimitGate } from '../limits/limit-gate.ts';
import type { ExchangePorts } from '../ports.ts';
import type { RelayHost } from '../relay/body-sink.ts';
import type { StreamForm } from '../translation/translation.ts';
import type { UpstreamRefusal } from './upstream-error.ts';

export interface AttemptsInput {
  readonly ports: ExchangePorts;
  readonly host: RelayHost;
  readonly dialect: Dialect;
  readonly response: ServerResponse;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly requestId: string;
  /** What a stream is sent to the client as, where that is not the dialect's usual form. */
  readonly streamForm: StreamForm | null;
  /** Refuse a translation that loses something. */
  readonly strict: boolean;
  /** How much may be sent to whom; null where nobody is limited. */
  readonly limits: LimitGate | null;
  /** No attempt is left: this is the answer. */
  onExhausted(refusal: UpstreamRefusal): void;
}
