/** Today so far: what was spent and used, how near each budget is to its end, and what was warned of. */
import { ArrowRight, BellRing } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BudgetStanding } from '../../../gateway/contract/money/budget.ts';
import { BudgetBar } from '../../components/budget-bar.tsx';
import { Button } from '../../components/button.tsx';
import { formatCount, formatUsd, unknown } from '../../components/formats.ts';
import { Link } from '../../components/link.tsx';
import { budgetParts, budgetSentence, budgetVerdict } from '../../components/money-words.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { seeAlerts, useMoney, useUnseenAlerts } from '../../stores/money.ts';
import { requestsWords, spentWords } from './today-words.ts';

export function Today() {
  const figures = useMoney((state) => state.today?.figures ?? null);
  const error = useMoney((state) => state.errors.today);
  const spent = figures === null ? '' : spentWords(figures);
  const tokens = figures === null ? null : figures.inputTokens + figures.outputTokens;
  const saved = figures === null ? null : figures.cacheSavedUsd + figures.localSavedUsd;
  return (
    <Section
      title="Today"
      aside={
        <Link to="/usage" className="inline-flex items-center gap-1 font-medium text-accent hover:underline">
          Usage <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      <div className="grid rounded-md border border-line bg-raised">
        <dl className="grid grid-cols-4 divide-x divide-line">
          <Figure name="Spent" value={formatUsd(figures?.costUsd ?? null)} detail={spent} />
          <Figure
            name="Tokens"
            value={formatCount(tokens)}
            detail={figures === null ? '' : `${formatCount(figures.inputTokens)} in, ${formatCount(figures.outputTokens)} out`}
          />
          <Figure
            name="Requests"
            value={formatCount(figures?.requests ?? null)}
            detail={figures === null ? '' : requestsWords(figures)}
          />
          <Figure name="Saved" value={saved === null ? unknown : formatUsd(saved)} detail="caches, local models" />
        </dl>
        <NearestBudgets />
      </div>
      <ErrorLine message={error === null ? null : `Today’s figures could not be read anew: ${error}`} />
    </Section>
  );
}

function Figure({ name, value, detail }: { readonly name: string; readonly value: ReactNode; readonly detail: string }) {
  return (
    <div className="min-w-0 px-4 py-2">
      <dt className="text-soft text-xs">{name}</dt>
      <dd className="truncate font-semibold text-base">{value}</dd>
      <dd className="truncate text-soft text-xs" title={detail}>
        {detail}
      </dd>
    </div>
  );
}

const shownBudgets = 3;

/** Those that are nearest to their end; all of them stand under Usage. */
function NearestBudgets() {
  const budgets = useMoney((state) => state.budgets)?.filter(({ period }) => period !== 'call') ?? [];
  if (budgets.length === 0) return null;
  const used = (budget: BudgetStanding) => (budget.closed === null ? budgetParts(budget).settled : 2);
  const nearest = budgets.toSorted((one, other) => used(other) - used(one) || (one.id < other.id ? -1 : 1));
  return (
    <ul aria-label="Budgets" className="grid gap-1 border-line border-t px-4 py-2">
      {nearest.slice(0, shownBudgets).map((budget) => (
        <li key={budget.id} className="grid grid-cols-[minmax(0,1fr)_176px_112px_120px] items-center gap-3">
          <span className="truncate" title={budget.name}>
            {budget.name}
          </span>
          <span className="truncate text-soft">{budgetSentence(budget)}</span>
          <BudgetBar budget={budget} />
          <StateBadge {...budgetVerdict(budget)} />
        </li>
      ))}
      {budgets.length <= shownBudgets ? null : (
        <li>
          <Link to="/usage?view=budgets" className="font-medium text-accent hover:underline">
            {budgets.length - shownBudgets} more
          </Link>
        </li>
      )}
    </ul>
  );
}

/** What was warned of and nobody has seen yet. It stands under Usage for good. */
export function NewAlerts() {
  const alerts = useUnseenAlerts();
  const task = useTask();
  const [newest] = alerts;
  if (!newest) return null;
  return (
    <section aria-label="New alerts" className="grid gap-2">
      <div className="flex items-start gap-3 rounded-md bg-warn-ground px-3 py-2">
        <BellRing aria-hidden className="mt-1.5 size-4 shrink-0 text-warn" />
        <p className="min-w-0 flex-1 py-1 wrap-anywhere">
          <strong className="font-medium">{newest.message}</strong>{' '}
          <Link to="/usage?view=alerts" className="font-medium text-accent underline underline-offset-2">
            {alerts.length === 1 ? 'Show it' : `Show all ${formatCount(alerts.length)} new alerts`}
          </Link>
        </p>
        <Button disabled={task.busy} onClick={() => void task.run(() => seeAlerts(alerts.map(({ id }) => id)))}>
          Seen
        </Button>
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </section>
  );
}
