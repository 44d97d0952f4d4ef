/** What was warned of, newest first; what nobody has seen is marked. */
import { BellOff } from 'lucide-react';
import type { Alert } from '../../../gateway/contract/money/alert.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { formatAgo, formatMoment, formatShare } from '../../components/formats.ts';
import { Link } from '../../components/link.tsx';
import { alertVerdict } from '../../components/money-words.ts';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { readAlerts, seeAlerts, useMoney, useUnseenAlerts } from '../../stores/money.ts';

export function AlertsView() {
  const unseen = useUnseenAlerts();
  const task = useTask();
  return (
    <div className="grid max-w-[1080px] content-start gap-3">
      <div className="flex items-start gap-4">
        <p className="min-w-0 flex-1 text-soft">
          Budgets at their warnings and at their end, bills above what was held back, and hours that cost many times the usual.
          Who else is told is set under{' '}
          <Link to="/settings" className="text-accent underline underline-offset-2">
            Settings
          </Link>
          .
        </p>
        <Button
          disabled={unseen.length === 0 || task.busy}
          onClick={() => void task.run(() => seeAlerts(unseen.map(({ id }) => id)))}
        >
          Mark all as seen
        </Button>
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
      <List />
    </div>
  );
}

function List() {
  const alerts = useMoney((state) => state.alerts);
  const error = useMoney((state) => state.errors.alerts);
  if (alerts === null || alerts.length === 0) {
    return (
      <div className="grid min-h-64 rounded-md border border-line bg-raised">
        {alerts !== null ? (
          <EmptyNotice icon={BellOff} title="No alert yet">
            Nothing was warned of. Budgets warn at the parts of their limits that you set.
          </EmptyNotice>
        ) : error === null ? (
          <SkeletonRows rows={5} />
        ) : (
          <ErrorNotice title="The alerts could not be read" message={error} onRetry={() => void readAlerts()} />
        )}
      </div>
    );
  }
  return (
    <>
      <ErrorLine message={error === null ? null : `The alerts could not be read anew: ${error}`} />
      <ul aria-label="Alerts" className="grid divide-y divide-line rounded-md border border-line bg-raised">
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
    </>
  );
}

function AlertRow({ alert }: { readonly alert: Alert }) {
  const { kind, atMs, message, budget, share, seenAtMs } = alert;
  const task = useTask();
  const isNew = seenAtMs === null;
  const told = [formatAgo(atMs, Date.now())];
  if (budget !== null) told.push(budget.name);
  if (share !== null) told.push(`at ${formatShare(share)}`);
  return (
    <li data-alert={alert.id} className={classNames('grid gap-1 px-4 py-2', isNew && 'bg-accent-ground')}>
      <div className="flex min-h-8 items-center gap-3">
        <StateBadge {...alertVerdict(kind)} className="shrink-0" />
        <span className="min-w-0 flex-1 truncate text-soft text-xs" title={formatMoment(atMs)}>
          {told.join(' · ')}
        </span>
        {isNew ? (
          <>
            <span className="rounded-full bg-warn-ground px-2 font-medium text-warn text-xs">New</span>
            <Button
              disabled={task.busy}
              aria-label={`Seen: ${message}`}
              onClick={() => void task.run(() => seeAlerts([alert.id]))}
            >
              Seen
            </Button>
          </>
        ) : null}
      </div>
      <p className="wrap-anywhere">{message}</p>
      <ErrorLine message={task.failure?.message ?? null} />
    </li>
  );
}
