/** Answers the calls about budgets. */
import type { BudgetBook } from './budget-book.ts';
import { CallError, type CallHandlers } from './contract/calls.ts';
import type { Storage } from './storage/open-storage.ts';
import { WriteFailedError } from './storage/settle.ts';

export interface BudgetParts {
  readonly budgets: BudgetBook;
  readonly storage: Pick<Storage, 'ledger'>;
}

export function budgetCalls({ budgets, storage }: BudgetParts) {
  return {
    'budgets.list': () => ({ items: budgets.standings() }),
    'budgets.reopen': async ({ id }) => {
      const meter = budgets.meterOf(id);
      if (!meter) throw new CallError('not-found', 'There is no budget of that id with a period.', 'id');
      const reopened = await storage.ledger.reopen(meter).catch((error: unknown) => {
        throw error instanceof WriteFailedError ? new CallError('unavailable', error.message, 'id') : error;
      });
      if (reopened) budgets.spent([meter]);
      return { reopened };
    },
  } satisfies Partial<CallHandlers>;
}
