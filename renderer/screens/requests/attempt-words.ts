/** The attempts of one request on its time axis, and why each was made, in words. Pure. */
import type { AttemptCause, AttemptRecord, RequestDetail } from '../../../gateway/contract/records.ts';
import { countSent } from '../../../gateway/contract/attempts.ts';
import { formatUsd } from '../../components/formats.ts';

const causes: Readonly<Record<AttemptCause, string>> = {
  first: 'First attempt',
  retry: 'The same again',
  'next-key': 'With the next key',
  'next-target': 'The next target',
  'fallback-overload': 'Fallback: the provider was overloaded',
  'fallback-timeout': 'Fallback: no answer in time',
  'fallback-context': 'Fallback: the prompt was too long for the model',
  'fallback-content-policy': 'Fallback: the provider’s filter refused it',
  learned: 'Again, without what the provider had refused',
};

export function causeWords({ cause, key }: Pick<AttemptRecord, 'cause' | 'key'>): string {
  const name = key?.replace(/^(?:vault|env):/, '');
  return name === undefined ? causes[cause] : `${causes[cause]}, key ${name}`;
}

/** `2 attempts, 1 target left out`. */
export function attemptsTitle(attempts: readonly Pick<AttemptRecord, 'errorKind'>[]): string {
  const sent = countSent(attempts);
  const leftOut = attempts.length - sent;
  const made = sent === 1 ? '1 attempt' : `${sent} attempts`;
  return leftOut === 0 ? made : `${made}, ${leftOut === 1 ? '1 target' : `${leftOut} targets`} left out`;
}

/** Why a target was not asked. */
export function leftOutWords({ errorKind }: Pick<AttemptRecord, 'errorKind'>): string {
  return errorKind === 'over-budget'
    ? 'A budget had no room for it: nothing was sent'
    : 'Its provider’s limit was used up: nothing was sent';
}

/** What an attempt cost; of a failed one, what it may have. */
export function attemptCostWords({ costUsd, errorKind }: Pick<AttemptRecord, 'costUsd' | 'errorKind'>): string {
  if (costUsd === null) return 'cost unknown';
  if (costUsd === 0) return errorKind === null ? 'cost nothing' : 'nothing billed';
  return errorKind === null ? `cost ${formatUsd(costUsd)}` : `may have cost ${formatUsd(costUsd)}`;
}

/** The parts of an attempt on the request's axis, each in percent of the whole. */
export interface AttemptBar {
  readonly left: number;
  /** The pause before it. */
  readonly waited: number;
  /** From its sending to the head of its answer. */
  readonly head: number;
  /** From there to its end. */
  readonly rest: number;
}

/** How long the axis is, in milliseconds: at least as long as the request, and as its last attempt. */
export function axisMs(detail: Pick<RequestDetail, 'startedAtMs' | 'durationMs' | 'attemptList'>): number {
  const ends = detail.attemptList.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs - detail.startedAtMs);
  return Math.max(detail.durationMs ?? 0, ...ends, 1);
}

/** Whatever the clocks did, nothing leaves the axis. What is too short to be seen is shown as one percent. */
export function barOf(attempt: AttemptRecord, startedAtMs: number, wholeMs: number): AttemptBar {
  const percent = (milliseconds: number) => Math.min(Math.max((milliseconds / wholeMs) * 100, 0), 100);
  const sent = Math.min(percent(attempt.startedAtMs - startedAtMs), 98);
  const waited = Math.min(percent(attempt.waitedMs), sent);
  const whole = Math.min(Math.max(percent(attempt.durationMs), 1), 100 - sent);
  const head = attempt.headMs === null ? whole : Math.min(percent(attempt.headMs), whole);
  return { left: sent - waited, waited, head, rest: whole - head };
}
