/** The form for a request to be tried: typed, or pasted as a body. */
import { Play } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { dialectNames } from '../../../gateway/contract/dialect-names.ts';
import { Button } from '../../components/button.tsx';
import { dialectName } from '../../components/dialect-words.ts';
import { inputLook, SelectField, TextField } from '../../components/field.tsx';
import type { Question } from '../../stores/explain.ts';
import { useGateway } from '../../stores/gateway.ts';
import { useModelNames } from '../../stores/model-names.ts';
import { Suggestions } from './condition-test.tsx';
import { Wrong } from './form-parts.tsx';
import { isDoor, questionOf, type TrialDraft } from './trial-form.ts';

interface TrialFieldsProps {
  readonly draft: TrialDraft;
  readonly onDraft: (draft: TrialDraft) => void;
  readonly onAsk: (question: Question) => void;
}

export function TrialFields({ draft, onDraft, onAsk }: TrialFieldsProps) {
  const [tried, setTried] = useState(false);
  const names = useModelNames();
  const listId = useId();
  const result = questionOf(draft);
  const errorOf = (field: string) => (tried && !result.ok && result.field === field ? result.message : null);
  const change = (changes: Partial<TrialDraft>) => onDraft({ ...draft, ...changes });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (result.ok) onAsk(result.question);
  };
  return (
    <form onSubmit={submit} noValidate aria-label="A request to try" className="grid content-start gap-3">
      <TextField
        label="Model"
        placeholder="provider/model, an alias, or a model’s name"
        list={listId}
        value={draft.model}
        onValue={(model) => change({ model })}
        error={errorOf('model')}
      />
      <Suggestions id={listId} choices={names} />
      {draft.body === null ? (
        <Area label="Message" rows={3} value={draft.message} onValue={(message) => change({ message })} />
      ) : (
        <Area
          label="Body, as the program sends it"
          rows={8}
          mono
          value={draft.body}
          onValue={(body) => change({ body })}
          error={errorOf('body')}
        />
      )}
      <AroundIt draft={draft} change={change} headersError={errorOf('headers')} />
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" type="submit" icon={<Play aria-hidden className="size-4" />}>
          Try
        </Button>
        <Button onClick={() => change({ body: draft.body === null ? '' : null })}>
          {draft.body === null ? 'Paste a body instead' : 'Type a message instead'}
        </Button>
        <span className="text-soft">Nothing is sent.</span>
      </div>
    </form>
  );
}

interface AroundProps {
  readonly draft: TrialDraft;
  readonly change: (changes: Partial<TrialDraft>) => void;
  readonly headersError: string | null;
}

/** By which door it comes, from whom, and with which headers. */
function AroundIt({ draft, change, headersError }: AroundProps) {
  const clients = useGateway((state) => state.clients)?.filter(({ revokedAtMs }) => revokedAtMs === null) ?? [];
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <SelectField label="Format" value={draft.door} onValue={(door) => (isDoor(door) ? change({ door }) : undefined)}>
          {dialectNames.map((name) => (
            <option key={name} value={name}>
              {dialectName(name)}
            </option>
          ))}
        </SelectField>
        <SelectField label="Program" value={draft.client} onValue={(client) => change({ client })}>
          <option value="">none</option>
          {clients.map(({ id, name }) => (
            <option key={id} value={name}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <Area
        label="Headers"
        rows={2}
        mono
        placeholder="x-gatehouse-sensitivity: secret"
        value={draft.headers}
        onValue={(headers) => change({ headers })}
        error={headersError}
      />
    </>
  );
}

interface AreaProps {
  readonly label: string;
  readonly rows: number;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly mono?: boolean;
  readonly placeholder?: string;
  readonly error?: string | null;
}

function Area({ label, rows, value, onValue, mono = false, placeholder, error = null }: AreaProps) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        onChange={(event) => onValue(event.target.value)}
        {...(error === null ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-below` })}
        className={`${inputLook} h-auto! resize-y py-1.5 ${mono ? 'font-mono text-xs' : ''}`}
      />
      <Wrong id={`${id}-below`} message={error} />
    </div>
  );
}
