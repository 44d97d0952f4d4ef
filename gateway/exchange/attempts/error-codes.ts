/** Which kind of failure a provider's structured codes and its status stand for. Words are never looked at. */
import type { ErrorKind } from '../../chat/error.ts';
import type { FallbackKind } from '../../contract/policy/rule.ts';

/**
 * OpenAI, Azure and most others; Anthropic's 413; llama.cpp; and ds4, LM Studio and vLLM by OpenAI's word. Providers that only
 * have words for it (Anthropic's 400, Gemini's INVALID_ARGUMENT) cannot be told from other bad requests.
 */
const tooLong: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'string_above_max_length',
  'request_too_large',
  'exceed_context_size_error',
  'context_exceeded',
]);

/** OpenAI's chat, pictures and responses; Azure's; Gemini's reasons to block a prompt; and OpenRouter's moderation. */
const againstPolicy: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'moderation_blocked',
  'ResponsibleAIPolicyViolation',
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'moderation',
]);

const overloaded: ReadonlySet<string> = new Set([
  'overloaded_error',
  'overloaded',
  'server_overloaded',
  'slow_down',
  'UNAVAILABLE',
]);

/** No credit is left: another try with the same key is of no use. */
const withoutCredit: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
]);

const rateLimited: ReadonlySet<string> = new Set(['rate_limit_exceeded', 'rate_limit_error', 'RESOURCE_EXHAUSTED']);

/** @param status of a failing answer */
export function kindOfAnswer(status: number, codes: readonly string[]): ErrorKind {
  if (status >= 300 && status < 400) return 'upstream-redirect';
  if (status < 300) return 'upstream-protocol';
  const told = kindOfRequest(codes);
  if (told) return told;
  if (status === 401 || status === 402 || status === 403) return 'upstream-auth';
  if (status === 429) return codes.some((code) => withoutCredit.has(code)) ? 'upstream-quota' : 'upstream-rate-limit';
  if (status === 413) return 'upstream-context-too-long';
  if (status === 503 || status === 529 || codes.includes('overloaded_error')) return 'upstream-overloaded';
  return status >= 500 || status === 408 || status === 409 ? 'upstream-failed' : 'upstream-refused';
}

/**
 * What an error is that stands in an answer that had begun well.
 * @param status that it tells of itself; null when it tells none
 */
export function kindOfToldError(status: number | null, codes: readonly string[]): ErrorKind {
  const told = kindOfRequest(codes);
  if (told) return told;
  const isOneOf = (known: ReadonlySet<string>) => codes.some((code) => known.has(code));
  if (isOneOf(withoutCredit)) return 'upstream-quota';
  if (status === 429 || isOneOf(rateLimited)) return 'upstream-rate-limit';
  if (status === 503 || status === 529 || isOneOf(overloaded)) return 'upstream-overloaded';
  return status === null || status >= 500 ? 'upstream-failed' : kindOfAnswer(status, codes);
}

/** Codes that programs look for, whatever the provider called it. */
const clientCodes: Readonly<Partial<Record<ErrorKind, string>>> = {
  'upstream-auth': 'provider_auth_failed',
  'upstream-quota': 'insufficient_quota',
  'upstream-context-too-long': 'context_length_exceeded',
  'upstream-content-policy': 'content_filter',
};

/** The code that a client is told beside this kind, where that is not the kind's own. */
export function clientCode(kind: ErrorKind): { readonly code?: string } {
  const code = clientCodes[kind];
  return code === undefined ? {} : { code };
}

function kindOfRequest(codes: readonly string[]): ErrorKind | null {
  if (codes.some((code) => tooLong.has(code))) return 'upstream-context-too-long';
  return codes.some((code) => againstPolicy.has(code)) ? 'upstream-content-policy' : null;
}

/** Every structured word that an error object says of what it is. */
export function codesIn(error: unknown): string[] {
  if (!isRecord(error)) return [];
  const { code, type, status, innererror, metadata } = error;
  const inner = isRecord(innererror) ? innererror['code'] : null;
  const codes = [code, type, status, inner].filter((word) => typeof word === 'string' && word !== '');
  // OpenRouter's moderation answers 403 and tells its reasons here.
  if (isRecord(metadata) && Array.isArray(metadata['reasons'])) codes.push('moderation');
  return codes as string[];
}

/** The status that an error object tells of itself: `{"code":502}`, `{"status":429}`. */
export function statusIn(error: unknown): number | null {
  if (!isRecord(error)) return null;
  const told = [error['status'], error['code']].map(Number).find((one) => Number.isInteger(one) && one >= 400 && one < 600);
  return told ?? null;
}

const fallbackKinds: Readonly<Partial<Record<ErrorKind, FallbackKind>>> = {
  'upstream-rate-limit': 'overload',
  'upstream-quota': 'overload',
  'upstream-overloaded': 'overload',
  'upstream-load-failed': 'overload',
  'upstream-load-timeout': 'timeout',
  'upstream-connect-timeout': 'timeout',
  'upstream-first-byte-timeout': 'timeout',
  'upstream-stalled': 'timeout',
  'upstream-context-too-long': 'contextTooLong',
  'upstream-content-policy': 'contentPolicy',
};

/** Which of a rule's fallbacks this failure is a case for; null for none. */
export function fallbackKindOf(kind: ErrorKind): FallbackKind | null {
  return fallbackKinds[kind] ?? null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
