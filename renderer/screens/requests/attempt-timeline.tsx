/** The attempts of one request on one time axis, each with how it ended. */
import type { AttemptRecord, RequestDetail } from '../../../gateway/contract/records.ts';
import { classNames } from '../../components/class-names.ts';
import { formatDuration } from '../../components/formats.ts';
import { StateBadge } from '../../components/state-badge.tsx';

/** Where an attempt lies within its request, both in percent. */
function placeOf(attempt: AttemptRecord, detail: RequestDetail): { readonly left: number; readonly width: number } {
  const ends = detail.attemptList.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs);
  const wholeMs = Math.max(detail.durationMs ?? 0, Math.max(...ends) - detail.startedAtMs, 1);
  const left = Math.min(Math.max(((attempt.startedAtMs - detail.startedAtMs) / wholeMs) * 100, 0), 98);
  return { left, width: Math.min(Math.max((attempt.durationMs / wholeMs) * 100, 2), 100 - left) };
}

export function AttemptTimeline({ detail }: { readonly detail: RequestDetail }) {
  if (detail.attemptList.length === 0) {
    const words = detail.state === 'started' ? 'The first attempt is under way.' : 'No provider was asked.';
    return <p className="text-soft">{words}</p>;
  }
  return (
    <ol className="grid gap-3">
      {detail.attemptList.map((attempt) => (
        <Attempt key={attempt.number} attempt={attempt} detail={detail} />
      ))}
    </ol>
  );
}

function Attempt({ attempt, detail }: { readonly attempt: AttemptRecord; readonly detail: RequestDetail }) {
  const failed = attempt.errorKind !== null;
  const { left, width } = placeOf(attempt, detail);
  const unanswered = attempt.errorKind === 'untranslatable' ? 'not sent' : 'no answer';
  const status = attempt.status === null ? unanswered : String(attempt.status);
  return (
    <li className="grid gap-1">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate" title={`${attempt.provider}/${attempt.model}`}>
          {attempt.number}. {attempt.provider}/{attempt.model}
        </span>
        <StateBadge tone={failed ? 'bad' : 'good'} word={status} />
        <span className="w-20 text-right">{formatDuration(attempt.durationMs)}</span>
      </div>
      <div aria-hidden className="h-1.5 rounded-full bg-sunken">
        <div
          className={classNames('h-full rounded-full', failed ? 'bg-bad' : 'bg-good')}
          style={{ marginLeft: `${left}%`, width: `${width}%` }}
        />
      </div>
      {attempt.errorMessage === null ? null : <p className="text-soft wrap-anywhere">{attempt.errorMessage}</p>}
    </li>
  );
}
