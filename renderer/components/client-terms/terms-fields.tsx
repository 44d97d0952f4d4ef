/** The fields of a key's terms: whose it is, what it may spend and ask, and how private it is. */
import { ChevronRight, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { tiers } from '../../../gateway/contract/money/tiers.ts';
import { newBudget } from '../budget-draft.ts';
import { BudgetFields } from '../budget-fields.tsx';
import { Button, IconButton } from '../button.tsx';
import { SelectField, TextAreaField, TextField } from '../field.tsx';
import { tierWords } from '../money-words.ts';
import { sensitivityChoices, sensitivityHint, sensitivityOf } from '../sensitivity-words.ts';
import { ToggleField } from '../toggle.tsx';
import { LimitFields } from './limit-fields.tsx';
import type { TermsDraft, TermsProblems } from './terms-draft.ts';

interface TermsFieldsProps {
  readonly draft: TermsDraft;
  readonly problems: TermsProblems;
  readonly onDraft: (draft: TermsDraft) => void;
}

interface PartProps {
  readonly title: string;
  /** What is set, in few words. */
  readonly told: string;
  readonly wrong: boolean;
  readonly children: ReactNode;
}

function Part({ title, told, wrong, children }: PartProps) {
  return (
    <details open={wrong || undefined} className="group rounded-md border border-line">
      <summary className="flex h-9 cursor-pointer items-center gap-2 px-3 font-medium">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-soft group-open:rotate-90" />
        <span className="min-w-0 truncate">
          {title} <span className="font-normal text-soft">{told}</span>
        </span>
      </summary>
      <div className="grid gap-3 border-line border-t p-3">{children}</div>
    </details>
  );
}

/** The problems below a place, by what is left of their paths. */
export function problemsBelow(problems: TermsProblems, place: string): ReadonlyMap<string, string> {
  const start = `${place}.`;
  return new Map(
    [...problems].flatMap(([field, message]) => (field.startsWith(start) ? [[field.slice(start.length), message]] : [])),
  );
}

const hasBelow = (problems: TermsProblems, ...places: readonly string[]) =>
  [...problems.keys()].some((field) => places.some((place) => field === place || field.startsWith(`${place}.`)));

export function TermsFields({ draft, problems, onDraft }: TermsFieldsProps) {
  const set = (changes: Partial<TermsDraft>) => onDraft({ ...draft, ...changes });
  const limited = Object.values(draft.limits).filter((text) => text.trim() !== '').length;
  return (
    <div className="grid gap-3">
      <TextField
        label="Name of the program"
        placeholder="editor, script, agent …"
        value={draft.name}
        maxLength={100}
        onValue={(name) => set({ name })}
        error={problems.get('name')}
      />
      <Part title="Budgets" told={toldBudgets(draft)} wrong={hasBelow(problems, 'budgets', 'tier')}>
        <Budgets draft={draft} problems={problems} onDraft={onDraft} />
      </Part>
      <Part title="Limits" told={limited === 0 ? 'none' : `${limited} set`} wrong={hasBelow(problems, 'limits')}>
        <LimitFields draft={draft.limits} problems={problemsBelow(problems, 'limits')} onDraft={(limits) => set({ limits })} />
      </Part>
      <Part title="Models, privacy, end" told={toldRest(draft)} wrong={hasBelow(problems, 'allowedModels', 'expiresAtMs', 'app')}>
        <Rest draft={draft} problems={problems} onDraft={onDraft} />
      </Part>
    </div>
  );
}

function toldBudgets({ tier, budgets }: TermsDraft): string {
  const parts = [...(tier === '' ? [] : [`tier ${tier}`]), ...(budgets.length === 0 ? [] : [`${budgets.length} of its own`])];
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function toldRest({ allowedModels, sensitivity, strict, expires }: TermsDraft): string {
  const parts = [allowedModels.trim() === '' ? 'any model' : 'some models'];
  if (sensitivity !== 'normal') parts.push(sensitivity);
  if (strict) parts.push('strict');
  if (expires !== '') parts.push(`until ${expires.replace('T', ' ')}`);
  return parts.join(', ');
}

function Budgets({ draft, problems, onDraft }: TermsFieldsProps) {
  const set = (changes: Partial<TermsDraft>) => onDraft({ ...draft, ...changes });
  return (
    <>
      <SelectField
        label="Tier"
        value={draft.tier}
        onValue={(word) => set({ tier: tiers.find((tier) => tier === word) ?? '' })}
        hint="Two hard budgets at once, for a call and for a day; its own come beside them."
      >
        <option value="">none</option>
        {tiers.map((tier) => (
          <option key={tier} value={tier}>
            {tierWords(tier)}
          </option>
        ))}
      </SelectField>
      {draft.budgets.map((budget, index) => (
        <fieldset key={index} className="relative rounded-md border border-line p-3">
          <legend className="px-1 font-medium">Budget {index + 1}</legend>
          <IconButton
            label={`Remove budget ${index + 1}`}
            icon={<X aria-hidden className="size-4" />}
            onClick={() => set({ budgets: draft.budgets.toSpliced(index, 1) })}
            className="absolute top-0 right-1"
          />
          <BudgetFields
            draft={budget}
            problems={problemsBelow(problems, `budgets.${index}`)}
            onDraft={(next) => set({ budgets: draft.budgets.with(index, next) })}
          />
        </fieldset>
      ))}
      <Button
        icon={<Plus aria-hidden className="size-4" />}
        disabled={draft.budgets.length >= 16}
        onClick={() => set({ budgets: [...draft.budgets, newBudget] })}
        className="justify-self-start"
      >
        Add a budget
      </Button>
    </>
  );
}

function Rest({ draft, problems, onDraft }: TermsFieldsProps) {
  const set = (changes: Partial<TermsDraft>) => onDraft({ ...draft, ...changes });
  return (
    <>
      <TextAreaField
        label="Allowed models"
        placeholder={'openai/gpt-5*\nollama/*'}
        value={draft.allowedModels}
        onValue={(allowedModels) => set({ allowedModels })}
        error={problems.get('allowedModels')}
        hint="One a line, as provider/model; * stands for anything. Held against the model that is really asked, after routing and every fallback. Empty: any."
      />
      <SelectField
        label="Its requests are"
        hint={sensitivityHint}
        value={draft.sensitivity}
        onValue={(chosen) => set({ sensitivity: sensitivityOf(chosen) })}
      >
        {sensitivityChoices.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </SelectField>
      <ToggleField
        label="Strict"
        hint="Refuse a request when the provider’s format has no words for one of its fields, rather than leave the field out."
        checked={draft.strict}
        onChange={(strict) => set({ strict })}
      />
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField
          label="Ends"
          type="datetime-local"
          value={draft.expires}
          onValue={(expires) => set({ expires })}
          error={problems.get('expiresAtMs')}
          hint="Empty: it stays."
        />
        <TextField
          label="App"
          placeholder="Which app it is for"
          maxLength={100}
          value={draft.app}
          onValue={(app) => set({ app })}
          error={problems.get('app')}
        />
      </div>
    </>
  );
}
