/** How much of a budget is spent and held back, as a bar with its figures in words. */
import type { BudgetStanding } from '../../gateway/contract/money/budget.ts';
import { classNames } from './class-names.ts';
import { formatShare, formatUsd } from './formats.ts';
import { budgetParts, budgetVerdict } from './money-words.ts';

const grounds = { good: 'bg-good', live: 'bg-accent', warn: 'bg-warn', bad: 'bg-bad', idle: 'bg-edge' } as const;

export function BudgetBar({ budget, className }: { readonly budget: BudgetStanding; readonly className?: string }) {
  const { settled, reserved } = budgetParts(budget);
  const { settledUsd, reservedUsd, limitUsd } = budget;
  const words = `${formatUsd(settledUsd)} spent and ${formatUsd(reservedUsd)} held back of ${formatUsd(limitUsd)}`;
  const look = grounds[budgetVerdict(budget).tone];
  return (
    <div
      role="meter"
      aria-label={budget.name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round((settled + reserved) * 1_000) / 10}
      aria-valuetext={words}
      title={`${words} (${formatShare(settled + reserved)})`}
      className={classNames('flex h-2 overflow-hidden rounded-full bg-line', className)}
    >
      <span className={look} style={{ width: `${settled * 100}%` }} />
      <span className={classNames(look, 'opacity-45')} style={{ width: `${reserved * 100}%` }} />
    </div>
  );
}
