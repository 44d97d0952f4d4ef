/** Makes one error of an upstream's failing answer: from its status and structured code, never from its words. */
import { type ErrorKind, GatewayError } from '../../chat/error.ts';
import { codesIn, isRecord, kindOfAnswer } from './error-codes.ts';
import { readRetryAfter, readRetryInfo } from './retry-after.ts';

export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface FailedAnswer {
  readonly provider: string;
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly body: Buffer;
  /** The key that was sent, never to be repeated to anyone. */
  readonly key: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** An upstream's refusal, with the bytes that may be passed on to a client of the same dialect. */
export interface UpstreamRefusal {
  readonly error: GatewayError;
  /** The upstream's own JSON body, when the client may have it. */
  readonly body: Buffer | null;
  readonly headers: UpstreamHeaders;
  readonly retryAfterMs: number | null;
  /** The upstream's own status; null for a refusal of ours. */
  readonly upstreamStatus: number | null;
  /** The request's field that it names; null when it names none. */
  readonly fieldAtFault: string | null;
  /** Is it about the path alone: no JSON, or a framework's own words for a path it does not know? */
  readonly namesPath: boolean;
}

export function readFailedAnswer(answer: FailedAnswer): UpstreamRefusal {
  const details = readErrorBody(answer);
  const kind = kindOfAnswer(answer.status, details.codes);
  const isLimited = answer.status === 429 || answer.status === 503;
  const retryAfterMs = readRetryAfter(answer.headers, answer.now, isLimited) ?? details.retryInfoMs;
  const error = new GatewayError(kind, describe(answer, details.message), {
    provider: answer.provider,
    ...(passesStatus(kind) ? { status: answer.status } : {}),
    ...(kind in clientCodes ? { code: clientCodes[kind] } : {}),
    ...(isHopeless(answer, details, retryAfterMs) ? { retryable: false } : {}),
  });
  return {
    error,
    body: passesStatus(kind) && details.isPassable && !details.holdsKey ? answer.body : null,
    headers: answer.headers,
    retryAfterMs,
    upstreamStatus: answer.status,
    fieldAtFault: details.field,
    namesPath: details.namesPath,
  };
}

/** Codes that programs look for, whatever the provider called it. */
const clientCodes: Readonly<Record<string, string>> = {
  'upstream-auth': 'provider_auth_failed',
  'upstream-quota': 'insufficient_quota',
  'upstream-context-too-long': 'context_length_exceeded',
  'upstream-content-policy': 'content_filter',
};

/**
 * It says itself that another try is of no use; or it is Anthropic's limit on spending, a 429 in the shape of a rate limit
 * that names no time to come back.
 */
function isHopeless({ status, headers }: FailedAnswer, { isAnthropic }: ErrorDetails, retryAfterMs: number | null): boolean {
  return headers['x-should-retry'] === 'false' || (status === 429 && isAnthropic && retryAfterMs === null);
}

const passingKinds: ReadonlySet<ErrorKind> = new Set([
  'upstream-refused',
  'upstream-context-too-long',
  'upstream-content-policy',
  'upstream-failed',
  'upstream-overloaded',
  'upstream-rate-limit',
  'upstream-quota',
]);

function passesStatus(kind: ErrorKind): boolean {
  return passingKinds.has(kind);
}

interface ErrorDetails {
  /** Is it an object, as a client of the same dialect reads it? */
  readonly isPassable: boolean;
  /** Is it in Anthropic's shape? */
  readonly isAnthropic: boolean;
  readonly codes: readonly string[];
  readonly message: string | null;
  readonly field: string | null;
  readonly namesPath: boolean;
  readonly holdsKey: boolean;
  /** How long it asks to be left alone, in milliseconds. */
  readonly retryInfoMs: number | null;
}

/** Does the upstream say our own key back to us? */
export function holdsKey(bytes: Buffer, key: string | null): boolean {
  return key !== null && key !== '' && bytes.includes(key);
}

/** What an upstream said, without the key that we sent it. */
export function withoutKey(text: string, key: string | null): string {
  return key === null || key === '' ? text : text.replaceAll(key, '[key]');
}

function readErrorBody({ body, key }: FailedAnswer): ErrorDetails {
  const isTold = holdsKey(body, key);
  const whole = parse(body);
  // Google lists its errors: its endpoint for OpenAI's clients always, Gemini's own when it streams.
  const isListed = Array.isArray(whole) && isRecord(whole[0]);
  const parsed: unknown = isListed ? whole[0] : whole;
  if (!isRecord(parsed)) {
    const none = { codes: [], message: null, field: null, retryInfoMs: null };
    return { ...none, isPassable: false, isAnthropic: false, namesPath: true, holdsKey: isTold };
  }
  const error = isRecord(parsed['error']) ? parsed['error'] : parsed;
  const message =
    text(error['message']) ??
    text(parsed['error']) ??
    text(parsed['detail']) ??
    listedWords(error['message'] ?? parsed['detail'], key);
  return {
    isPassable: !isListed,
    isAnthropic: parsed['type'] === 'error' && error !== parsed,
    codes: codesIn(error),
    message: message === null ? null : withoutKey(message, key),
    field: text(error['param']) ?? locatedField(error['message']) ?? locatedField(parsed),
    // Starlette's answer to a path without a route, and to its wrong method.
    namesPath: parsed['detail'] === 'Not Found' || parsed['detail'] === 'Method Not Allowed',
    holdsKey: isTold,
    retryInfoMs: readRetryInfo(error),
  };
}

/** FastAPI's way to name a field: `{detail: [{loc: ["body", "top_k"], …}]}`. */
function locatedField(value: unknown): string | null {
  const details = isRecord(value) ? value['detail'] : null;
  const [first]: readonly unknown[] = Array.isArray(details) ? details : [];
  const place = isRecord(first) ? first['loc'] : null;
  return Array.isArray(place) && place[0] === 'body' ? text(place[1]) : null;
}

/**
 * A message that is no text, such as FastAPI's list of what is wrong with which field: as JSON, without its `input`, which
 * says back what the client wrote.
 */
function listedWords(value: unknown, key: string | null): string | null {
  if (typeof value !== 'object' || value === null) return null;
  return JSON.stringify(value, (name, inner: unknown) => {
    if (name === 'input') return undefined;
    return typeof inner === 'string' ? withoutKey(inner, key) : inner;
  });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function describe({ provider, status }: FailedAnswer, message: string | null): string {
  const said = message === null ? '' : `: ${message.slice(0, 500)}`;
  if (status >= 300 && status < 400)
    return `the provider ${provider} answered with a redirect (${status}), which is never followed; check its base URL`;
  if (status === 401 || status === 403) return `the provider ${provider} refused its key (${status})${said}`;
  if (status === 402) return `the provider ${provider} asks for payment (402)${said}`;
  return `the provider ${provider} answered ${status}${said}`;
}
