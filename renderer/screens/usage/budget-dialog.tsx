/** The form of one budget of the config. */
import { type FormEvent, useState } from 'react';
import { BudgetFields } from '../../components/budget-fields.tsx';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { useTask } from '../../components/use-task.ts';
import { applyEdit } from '../../stores/apply-edit.ts';
import { budgetField, putBudget } from '../../stores/edit-money.ts';
import { useGateway } from '../../stores/gateway.ts';
import {
  type ConfigBudgetDraft,
  draftOfConfigBudget,
  newConfigBudget,
  readConfigBudget,
  type ScopeKind,
  scopeKinds,
} from './budget-form.ts';

const scopeWords: Readonly<Record<ScopeKind, string>> = {
  all: 'Everything',
  provider: 'One provider',
  model: 'One model',
  rule: 'What comes by one rule',
};

interface BudgetDialogProps {
  /** Of the budget that is edited; null for a new one. */
  readonly name: string | null;
  readonly onClose: () => void;
}

const budgetsNow = () => useGateway.getState().config?.effective.budgets ?? [];

function draftNow(name: string | null): ConfigBudgetDraft {
  const budget = budgetsNow().find((one) => one.name === name);
  return budget === undefined ? { ...newConfigBudget, name: name ?? '' } : draftOfConfigBudget(budget);
}

export function BudgetDialog({ name, onClose }: BudgetDialogProps) {
  const [draft, setDraft] = useState<ConfigBudgetDraft>(() => draftNow(name));
  const [tried, setTried] = useState(false);
  const task = useTask();
  const taken = budgetsNow().flatMap((one) => (one.name === name ? [] : [one.name]));
  const read = readConfigBudget(draft, taken);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { entry } = read;
    if (entry && (await task.run(() => applyEdit((document) => putBudget(document, name, entry))))) onClose();
  };
  const refusedAt = budgetField(task.failure?.field);
  const problems = new Map(tried ? read.problems : []);
  if (refusedAt !== null && task.failure) problems.set(refusedAt, task.failure.message);
  const change = (changes: Partial<ConfigBudgetDraft>) => {
    task.clear();
    setDraft({ ...draft, ...changes });
  };
  return (
    <ModalDialog
      open
      side
      onClose={onClose}
      title={name === null ? 'A new budget' : `Budget ${name}`}
      description="It counts from the period’s beginning by the calendar of this machine."
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TextField
          label="Name"
          placeholder="everything, a day"
          maxLength={100}
          value={draft.name}
          onValue={(text) => change({ name: text })}
          error={problems.get('name')}
        />
        <Scope draft={draft} problem={problems.get(draft.scope)} onChange={change} />
        <BudgetFields draft={draft} problems={problems} onDraft={change} />
        <DialogEnd task={task} onLeave={onClose}>
          <Button look="primary" type="submit" disabled={task.busy}>
            Save
          </Button>
        </DialogEnd>
      </form>
    </ModalDialog>
  );
}

interface ScopeProps {
  readonly draft: ConfigBudgetDraft;
  readonly problem: string | undefined;
  readonly onChange: (changes: Partial<ConfigBudgetDraft>) => void;
}

function Scope({ draft, problem, onChange }: ScopeProps) {
  const config = useGateway((state) => state.config?.effective);
  const names = draft.scope === 'rule' ? config?.policy.rules.map(({ name }) => name) : config?.providers.map(({ id }) => id);
  return (
    <div className="grid grid-cols-2 items-start gap-3">
      <SelectField
        label="What counts"
        value={draft.scope}
        onValue={(word) => onChange({ scope: scopeKinds.find((kind) => kind === word) ?? 'all', of: '' })}
      >
        {scopeKinds.map((kind) => (
          <option key={kind} value={kind}>
            {scopeWords[kind]}
          </option>
        ))}
      </SelectField>
      {draft.scope === 'all' ? null : draft.scope === 'model' ? (
        <TextField label="Model" placeholder="openai/gpt-5" value={draft.of} onValue={(of) => onChange({ of })} error={problem} />
      ) : (
        <SelectField
          label={draft.scope === 'rule' ? 'Rule' : 'Provider'}
          value={draft.of}
          onValue={(of) => onChange({ of })}
          error={problem}
        >
          <option value="">Choose one</option>
          {names?.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </SelectField>
      )}
    </div>
  );
}
