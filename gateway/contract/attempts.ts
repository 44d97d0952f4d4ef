/** Which attempts of a request count as made: every number of attempts, in the log, in headers and on pages, means these. */
import type { AttemptRecord } from './records.ts';

/** A target that was not sent anything, because a budget, or its provider's limit, had no room for it, is left out. */
export const leftOutKinds: readonly string[] = ['over-budget', 'provider-limit'];

export function wasSent({ errorKind }: Pick<AttemptRecord, 'errorKind'>): boolean {
  return errorKind === null || !leftOutKinds.includes(errorKind);
}

export function countSent(attempts: readonly Pick<AttemptRecord, 'errorKind'>[]): number {
  let sent = 0;
  for (const attempt of attempts) if (wasSent(attempt)) sent += 1;
  return sent;
}
