/** Says what a failed call was, from its error code and never from its words. */
import { type ErrorKind, GatewayError } from '../chat/error.ts';

interface Description {
  readonly kind: ErrorKind;
  readonly words: string;
}

const descriptions: Readonly<Record<string, Description>> = {
  ENOTFOUND: { kind: 'upstream-dns', words: "the provider's host name is not known" },
  EAI_AGAIN: { kind: 'upstream-dns', words: 'host names cannot be looked up right now (is this machine online?)' },
  ECONNREFUSED: { kind: 'upstream-connect', words: 'the provider refused the connection (is it running?)' },
  EHOSTUNREACH: { kind: 'upstream-connect', words: 'the provider cannot be reached from this machine' },
  ENETUNREACH: { kind: 'upstream-connect', words: 'this machine has no network' },
  ETIMEDOUT: { kind: 'upstream-connect-timeout', words: 'the provider did not accept a connection in time' },
  UND_ERR_CONNECT_TIMEOUT: { kind: 'upstream-connect-timeout', words: 'the provider did not accept a connection in time' },
  UND_ERR_HEADERS_TIMEOUT: { kind: 'upstream-first-byte-timeout', words: 'the provider did not begin to answer in time' },
  UND_ERR_BODY_TIMEOUT: { kind: 'upstream-stalled', words: 'the provider fell silent in the middle of its answer' },
  UND_ERR_HEADERS_OVERFLOW: { kind: 'upstream-protocol', words: "the provider's answer has too large headers" },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { kind: 'upstream-truncated', words: "the provider's answer is not as long as it said" },
  UND_ERR_RES_EXCEEDED_MAX_SIZE: { kind: 'upstream-too-large', words: "the provider's answer is too large" },
  EPROTO: { kind: 'upstream-tls', words: 'the provider does not speak TLS as expected (http instead of https?)' },
};

const certificateProblem = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** @param headSeen whether the answer had begun */
export function describeFailure(error: Error, headSeen: boolean): GatewayError {
  const code = codeOf(error);
  const { kind, words } = describeCode(code, headSeen);
  return new GatewayError(kind, code ? `${words} (${code})` : words, { cause: error });
}

function describeCode(code: string, headSeen: boolean): Description {
  const known = descriptions[code];
  if (known) return known;
  if (certificateProblem.test(code)) return { kind: 'upstream-tls', words: "the provider's certificate is not accepted" };
  if (code.startsWith('HPE_')) return { kind: 'upstream-protocol', words: 'the provider does not answer in HTTP as expected' };
  if (headSeen) return { kind: 'upstream-truncated', words: 'the provider broke off its answer' };
  return { kind: 'upstream-reset', words: 'the provider closed the connection without an answer' };
}

/** Node's happy-eyeballs error keeps the real codes one level down. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  if (error instanceof AggregateError) {
    const first: unknown = error.errors[0];
    if (first instanceof Error) return codeOf(first);
  }
  return error.cause instanceof Error ? codeOf(error.cause) : '';
}
