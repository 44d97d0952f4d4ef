/** The fields of one budget: how much, in which time, what happens beyond it. */
import type { BudgetPeriod } from '../../gateway/contract/money/budget.ts';
import type { BudgetDraft, FieldProblems } from './budget-draft.ts';
import { SelectField, TextField } from './field.tsx';
import { periodWords } from './money-words.ts';

interface BudgetFieldsProps {
  readonly draft: BudgetDraft;
  readonly problems: FieldProblems;
  readonly onDraft: (draft: BudgetDraft) => void;
}

function periodOf(text: string): BudgetPeriod {
  return text === 'call' || text === 'hour' || text === 'week' || text === 'month' ? text : 'day';
}

export function BudgetFields({ draft, problems, onDraft }: BudgetFieldsProps) {
  const set = (changes: Partial<BudgetDraft>) => onDraft({ ...draft, ...changes });
  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField
          label="Limit (US dollars)"
          inputMode="decimal"
          placeholder="1.00"
          value={draft.limitUsd}
          onValue={(limitUsd) => set({ limitUsd })}
          error={problems.get('limitUsd')}
        />
        <SelectField label="For" value={draft.period} onValue={(period) => set({ period: periodOf(period) })}>
          {Object.entries(periodWords).map(([period, words]) => (
            <option key={period} value={period}>
              {words}
            </option>
          ))}
        </SelectField>
      </div>
      <SelectField
        label="At the limit"
        value={draft.mode}
        onValue={(mode) => set({ mode: mode === 'soft' ? 'soft' : 'hard' })}
        hint={
          draft.mode === 'hard'
            ? 'What a request may cost at most is held back before it is sent; one that does not fit is answered 429.'
            : 'Nothing is refused.'
        }
      >
        <option value="hard">Refuse (hard)</option>
        <option value="soft">Warn only (soft)</option>
      </SelectField>
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField
          label="Warn at (percent)"
          value={draft.warnAt}
          onValue={(warnAt) => set({ warnAt })}
          error={problems.get('warnAt')}
        />
        <SelectField
          label="Models without a price"
          value={draft.unknownPrice}
          onValue={(word) => set({ unknownPrice: word === 'allow' || word === 'refuse' ? word : '' })}
        >
          <option value="">Refused only when hard</option>
          <option value="allow">May be asked</option>
          <option value="refuse">Are refused</option>
        </SelectField>
      </div>
    </div>
  );
}
