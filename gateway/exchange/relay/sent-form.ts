/** What a stream is to its client: how it is called, how it breaks off, and what means nothing in it. */
import type { GatewayError } from '../../chat/error.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { framings } from './framing.ts';

export interface SentForm {
  readonly contentType: string;
  /** What means nothing to a client between two events; empty where every byte means something. */
  readonly signOfLife: string;
  /**
   * The last frame of a stream that broke off.
   * @param begun has anything been written?
   */
  encodeStreamError(error: GatewayError, begun: boolean): string;
}

/** The form of a dialect's own streams. */
export function usualForm(dialect: Dialect): SentForm {
  const { sentAs, signOfLife } = framings[dialect.framing];
  return {
    contentType: sentAs,
    signOfLife: dialect.signOfLife ?? signOfLife,
    encodeStreamError: (error) => dialect.encodeStreamError(error),
  };
}
