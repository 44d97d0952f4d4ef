/** Anthropic's names for what went wrong, each with its HTTP status (platform.claude.com/docs/en/api/errors). */

const statusOf = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

const typeOf = new Map([...statusOf].map(([type, status]) => [status, type]));

/** @returns null for a type that Anthropic does not document */
export function statusOfErrorType(type: string): number | null {
  return statusOf.get(type) ?? null;
}

export function errorTypeOfStatus(status: number): string {
  return typeOf.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}
