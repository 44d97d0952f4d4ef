/** The attempts of one request as a waterfall: the pause before each, the wait for its answer, the answer, and how it ended. */
import { countSent, wasSent } from '../../../gateway/contract/attempts.ts';
import type { AttemptRecord, RequestDetail } from '../../../gateway/contract/records.ts';
import { classNames } from '../../components/class-names.ts';
import { formatDuration } from '../../components/formats.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { attemptCostWords, axisMs, barOf, causeWords, leftOutWords } from './attempt-words.ts';

export function AttemptTimeline({ detail }: { readonly detail: RequestDetail }) {
  if (detail.attemptList.length === 0) {
    const words = detail.state === 'started' ? 'The first attempt is under way.' : 'No provider was asked.';
    return <p className="text-soft">{words}</p>;
  }
  const wholeMs = axisMs(detail);
  return (
    <>
      <ol className="grid gap-3">
        {detail.attemptList.map((attempt, place) =>
          wasSent(attempt) ? (
            <Attempt
              key={attempt.number}
              number={countSent(detail.attemptList.slice(0, place + 1))}
              attempt={attempt}
              startedAtMs={detail.startedAtMs}
              wholeMs={wholeMs}
            />
          ) : (
            <LeftOut key={attempt.number} attempt={attempt} />
          ),
        )}
      </ol>
      <div aria-hidden className="flex justify-between text-soft text-xs">
        <span>0 ms</span>
        <span>{formatDuration(wholeMs)}</span>
      </div>
      <Legend attempts={detail.attemptList.filter(wasSent)} />
    </>
  );
}

const waitedLook = 'border-edge border-y border-dashed';
const headLook = 'bg-edge';

/** Only what is to be seen above. */
function Legend({ attempts }: { readonly attempts: readonly AttemptRecord[] }) {
  const parts: (readonly [look: string, word: string])[] = [[headLook, 'to the head of its answer']];
  if (attempts.some(({ waitedMs }) => waitedMs > 0)) parts.unshift([waitedLook, 'pause, or its model being loaded']);
  if (attempts.some(({ errorKind, headMs }) => errorKind === null && headMs !== null)) parts.push(['bg-good', 'answer']);
  if (attempts.some(({ errorKind, headMs }) => errorKind !== null && headMs !== null))
    parts.push(['bg-bad', 'broken off or refused']);
  return (
    <p aria-hidden className="flex flex-wrap gap-x-4 gap-y-1 text-soft text-xs">
      {parts.map(([look, word]) => (
        <span key={word} className="inline-flex items-center gap-1.5">
          <span className={classNames('h-1.5 w-4', look)} /> {word}
        </span>
      ))}
    </p>
  );
}

/** A target that would have been asked. */
function LeftOut({ attempt }: { readonly attempt: AttemptRecord }) {
  return (
    <li className="grid gap-1">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate" title={`${attempt.provider}/${attempt.model}`}>
          {attempt.provider}/{attempt.model}
        </span>
        <StateBadge tone="warn" word="left out" />
      </div>
      <p className="text-soft text-xs">{leftOutWords(attempt)}.</p>
      {attempt.errorMessage === null ? null : <p className="text-soft wrap-anywhere">{attempt.errorMessage}</p>}
    </li>
  );
}

interface AttemptProps {
  /** Among those that were sent. */
  readonly number: number;
  readonly attempt: AttemptRecord;
  readonly startedAtMs: number;
  readonly wholeMs: number;
}

/** The figures behind the bar, for who cannot see it and for who wants them exactly. */
function timesOf({ cause, waitedMs, headMs, durationMs, errorKind }: AttemptRecord): string {
  if (errorKind === 'untranslatable') return 'nothing was sent';
  const parts: string[] = [];
  // Before the first of all there is no pause.
  const pause = cause === 'first' ? 'its model was loaded for' : 'after a pause of';
  if (waitedMs > 0) parts.push(`${pause} ${formatDuration(waitedMs)}`);
  parts.push(headMs === null ? 'no answer came' : `its answer began after ${formatDuration(headMs)}`);
  parts.push(`ended after ${formatDuration(durationMs)}`);
  return parts.join(', ');
}

function Attempt({ number, attempt, startedAtMs, wholeMs }: AttemptProps) {
  const failed = attempt.errorKind !== null;
  const { left, waited, head, rest } = barOf(attempt, startedAtMs, wholeMs);
  const unanswered = attempt.errorKind === 'untranslatable' ? 'not sent' : 'no answer';
  const status = attempt.status === null ? unanswered : String(attempt.status);
  const times = timesOf(attempt);
  return (
    <li className="grid gap-1">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate" title={`${attempt.provider}/${attempt.model}`}>
          {number}. {attempt.provider}/{attempt.model}
        </span>
        <StateBadge tone={failed ? 'bad' : 'good'} word={status} />
        <span className="w-20 text-right">{formatDuration(attempt.durationMs)}</span>
      </div>
      <div aria-hidden title={times} className="flex h-2 bg-sunken">
        <span style={{ width: `${left}%` }} />
        <span className={waitedLook} style={{ width: `${waited}%` }} />
        <span className={headLook} style={{ width: `${head}%` }} />
        <span className={failed ? 'bg-bad' : 'bg-good'} style={{ width: `${rest}%` }} />
      </div>
      <p className="text-soft text-xs wrap-anywhere">
        {causeWords(attempt)}; {times}; {attemptCostWords(attempt)}.
      </p>
      {attempt.errorMessage === null ? null : <p className="text-soft wrap-anywhere">{attempt.errorMessage}</p>}
    </li>
  );
}
