/** One budget: its bar, its figures, and what can be done with it. */
import { LockOpen } from 'lucide-react';
import type { BudgetStanding } from '../../../gateway/contract/money/budget.ts';
import { BudgetBar } from '../../components/budget-bar.tsx';
import { Button } from '../../components/button.tsx';
import { formatCount, formatUsd } from '../../components/formats.ts';
import { Link } from '../../components/link.tsx';
import { budgetSentence, budgetVerdict, modeWords, resetWords, scopeWords } from '../../components/money-words.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { reopenBudget } from '../../stores/money.ts';

interface BudgetRowProps {
  readonly budget: BudgetStanding;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

export function BudgetRow({ budget, onEdit, onRemove }: BudgetRowProps) {
  const { name, scope, origin, mode, closed, period } = budget;
  const task = useTask();
  const { tone, word } = budgetVerdict(budget);
  return (
    <li className="grid gap-1.5 px-4 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium" title={name}>
            {name}
          </p>
          <p className="truncate text-soft text-xs">
            {mode}: {modeWords[mode]}; for {scopeWords(scope)}
            {origin === 'tier' ? ', by its tier' : ''}
          </p>
        </div>
        <StateBadge tone={tone} word={word} />
        {origin === 'config' ? (
          <>
            <Button onClick={onEdit} aria-label={`Edit the budget ${name}`}>
              Edit
            </Button>
            <Button onClick={onRemove} aria-label={`Remove the budget ${name}`}>
              Remove
            </Button>
          </>
        ) : (
          <Link to="/settings" className="px-2 font-medium text-accent hover:underline">
            Its key
          </Link>
        )}
      </div>
      {period === 'call' ? null : <BudgetBar budget={budget} />}
      <Figures budget={budget} />
      {closed === null ? null : (
        <div className="flex items-start gap-3 rounded-md bg-bad-ground px-3 py-1.5">
          <p className="min-w-0 flex-1 py-1 text-bad wrap-anywhere">{closed}</p>
          <Button
            icon={<LockOpen aria-hidden className="size-4" />}
            disabled={task.busy}
            onClick={() => void task.run(() => reopenBudget(budget.id))}
            aria-label={`Open the budget ${name} again`}
          >
            Open again
          </Button>
        </div>
      )}
      <ErrorLine message={task.failure?.message ?? null} />
    </li>
  );
}

function Figures({ budget }: { readonly budget: BudgetStanding }) {
  const { reservedUsd, unpriced, forecastUsd, limitUsd } = budget;
  const reset = resetWords(budget, Date.now());
  const beyond = forecastUsd !== null && forecastUsd > limitUsd;
  return (
    <p className="flex flex-wrap gap-x-4 text-xs">
      <span className="font-medium">{budgetSentence(budget)}</span>
      {reservedUsd > 0 ? <span>{formatUsd(reservedUsd)} held back for requests that run</span> : null}
      {reset === null ? null : <span className="text-soft">{reset}</span>}
      {forecastUsd === null ? null : (
        <span className={beyond ? 'text-warn' : 'text-soft'}>
          comes to {formatUsd(forecastUsd)} by then if it goes on so{beyond ? ', more than its limit' : ''}
        </span>
      )}
      {unpriced === 0 ? null : (
        <span className="text-warn">
          {formatCount(unpriced)} without a price {unpriced === 1 ? 'is' : 'are'} not in it
        </span>
      )}
    </p>
  );
}
