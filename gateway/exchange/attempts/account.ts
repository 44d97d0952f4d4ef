/** The truth about every attempt of a request that failed in the end, in the words of its last error. */
import { withMessage } from '../../chat/error.ts';
import { wasSent } from '../../contract/attempts.ts';
import type { AttemptRecord } from '../../contract/records.ts';
import type { UpstreamRefusal } from './upstream-error.ts';

const longestClause = 240;

/** What the client's own request is to blame for goes to it as the provider said it. */
const requestShaped: ReadonlySet<string> = new Set(['upstream-refused', 'upstream-context-too-long', 'upstream-content-policy']);

/**
 * With more than one attempt the error names each of them, and who was left out, in place of the body of the last one's provider, which knows of
 * itself alone.
 * @param attempts all of them, ended
 * @param note why there is no other, where that is not plain
 */
export function accountFor(refusal: UpstreamRefusal, attempts: readonly AttemptRecord[], note: string | null): UpstreamRefusal {
  const { error, body } = refusal;
  if (attempts.length < 2 && note === null) return refusal;
  const counted = attempts.length < 2 ? error.message : attemptWords(attempts);
  const words = note === null ? counted : `${counted} (${note})`;
  return { ...refusal, error: withMessage(error, words), body: requestShaped.has(error.kind) ? body : null };
}

function attemptWords(attempts: readonly AttemptRecord[]): string {
  const clauses = (some: readonly AttemptRecord[]): string =>
    some.map(({ provider, model, errorMessage }) => `${provider}/${model}: ${clauseOf(provider, errorMessage)}`).join('; ');
  const sent = attempts.filter(wasSent);
  const leftOut = attempts.filter((attempt) => !wasSent(attempt));
  const asked = sent.length === 0 ? [] : [`${sent.length} ${sent.length === 1 ? 'attempt' : 'attempts'}: ${clauses(sent)}`];
  return [...asked, ...(leftOut.length === 0 ? [] : [`left out: ${clauses(leftOut)}`])].join('; ');
}

/** Without its subject, which stands before it. */
function clauseOf(provider: string, message: string | null): string {
  const words = message ?? 'no answer';
  const subject = [`the provider ${provider} `, 'the provider '].find((begin) => words.startsWith(begin)) ?? '';
  const clause = words.slice(subject.length);
  return clause.length > longestClause ? `${clause.slice(0, longestClause)}…` : clause;
}
