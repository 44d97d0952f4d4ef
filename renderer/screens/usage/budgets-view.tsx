/** Every budget as it stands: what is spent and held back, when it begins anew, what it will come to; and those of the config to edit. */
import { Plus, Wallet } from 'lucide-react';
import { useState } from 'react';
import type { BudgetStanding } from '../../../gateway/contract/money/budget.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { useTask } from '../../components/use-task.ts';
import { applyEdit } from '../../stores/apply-edit.ts';
import { removeBudget } from '../../stores/edit-money.ts';
import { readBudgets, useMoney } from '../../stores/money.ts';
import { BudgetDialog } from './budget-dialog.tsx';
import { BudgetRow } from './budget-row.tsx';

type Asked = { readonly what: 'add' } | { readonly what: 'edit' | 'remove'; readonly name: string };

export function BudgetsView() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  return (
    <div className="grid max-w-[1080px] content-start gap-3">
      <div className="flex items-start gap-4">
        <p className="min-w-0 flex-1 text-soft">
          A hard budget is a wall: what a request may cost at most is held back before it is sent, and one that does not fit is
          refused. A soft one only warns. Budgets of single programs are set with their keys, under Settings.
        </p>
        <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAsked({ what: 'add' })}>
          Add a budget
        </Button>
      </div>
      <List onAsk={setAsked} />
      {asked?.what === 'add' ? <BudgetDialog name={null} onClose={close} /> : null}
      {asked?.what === 'edit' ? <BudgetDialog name={asked.name} onClose={close} /> : null}
      {asked?.what === 'remove' ? <RemoveDialog name={asked.name} onClose={close} /> : null}
    </div>
  );
}

function List({ onAsk }: { readonly onAsk: (asked: Asked) => void }) {
  const budgets = useMoney((state) => state.budgets);
  const error = useMoney((state) => state.errors.budgets);
  if (budgets === null) {
    return (
      <div className="grid min-h-48 rounded-md border border-line bg-raised">
        {error === null ? (
          <SkeletonRows rows={6} />
        ) : (
          <ErrorNotice title="The budgets could not be read" message={error} onRetry={() => void readBudgets()} />
        )}
      </div>
    );
  }
  if (budgets.length === 0) {
    return (
      <div className="grid min-h-64 rounded-md border border-line bg-raised">
        <EmptyNotice
          icon={Wallet}
          title="No budget yet"
          action={
            <Button look="primary" onClick={() => onAsk({ what: 'add' })}>
              Add a budget
            </Button>
          }
        >
          Without one nothing is refused for what it costs. Begin with a day’s limit for everything.
        </EmptyNotice>
      </div>
    );
  }
  return (
    <>
      <ErrorLine message={error === null ? null : `The budgets could not be read anew: ${error}`} />
      <ul aria-label="Budgets" className="grid divide-y divide-line rounded-md border border-line bg-raised">
        {inOrder(budgets).map((budget) => (
          <BudgetRow
            key={budget.id}
            budget={budget}
            onEdit={() => onAsk({ what: 'edit', name: budget.name })}
            onRemove={() => onAsk({ what: 'remove', name: budget.name })}
          />
        ))}
      </ul>
    </>
  );
}

const origins: readonly BudgetStanding['origin'][] = ['config', 'client', 'tier'];

/** Those of the config as they are written, then those of keys by name: what is spent moves nothing. */
function inOrder(budgets: readonly BudgetStanding[]): readonly BudgetStanding[] {
  const rank = ({ origin }: BudgetStanding) => origins.indexOf(origin);
  const owner = ({ origin, scope }: BudgetStanding) => (origin === 'config' ? '' : (scope.name ?? ''));
  return budgets.toSorted(
    (one, other) => Math.min(rank(one), 1) - Math.min(rank(other), 1) || owner(one).localeCompare(owner(other)),
  );
}

function RemoveDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const task = useTask();
  const remove = async () => {
    if (await task.run(() => applyEdit((document) => removeBudget(document, name)))) onClose();
  };
  return (
    <ModalDialog
      open
      onClose={onClose}
      title={`Remove the budget ${name}?`}
      description="Nothing is refused or warned of by it any more. What was spent stays in the log and in every sum."
    >
      <DialogEnd task={task} leave="Keep it" onLeave={onClose}>
        <Button look="danger" disabled={task.busy} onClick={() => void remove()}>
          Remove budget
        </Button>
      </DialogEnd>
    </ModalDialog>
  );
}
