/** The form for a new provider. It stays as typed whatever happens to the gateway meanwhile. */
import { type FormEvent, useState } from 'react';
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { type Failure, useTask } from '../../components/use-task.ts';
import { freeProviderId, providerField } from '../../stores/edit-providers.ts';
import { useGateway } from '../../stores/gateway.ts';
import { createProvider } from '../../stores/providers.ts';
import { navigate } from '../../stores/route.ts';
import { KeyFields } from './key-fields.tsx';
import { emptyKey, missingParts, newProvider, type ProviderDraft, suggestedIds } from './provider-form.ts';

const kinds = Object.entries(providerKinds).map(([kind, { name }]) => ({ kind, name }));

function isKind(text: string): text is ProviderKind {
  return Object.hasOwn(providerKinds, text);
}

function takenIds(): readonly string[] {
  return useGateway.getState().config?.effective.providers.map(({ id }) => id) ?? [];
}

const shownFields = ['id', 'baseUrl', 'keys', 'value'];

/** The gateway's word about one of the form's fields, without the path that the form does not show. */
function fieldError(failure: Failure | null, field: string): string | null {
  if (!failure) return null;
  const named = providerField(failure.field) ?? failure.field;
  return named === field || (field === 'keys' && named === 'value') ? failure.message : null;
}

function keyHint(kind: ProviderKind): string {
  const { keyRequired, keyPageUrl } = providerKinds[kind];
  if (!keyRequired) return 'Only if the server asks for one.';
  return keyPageUrl === null ? '' : `You get one at ${keyPageUrl}.`;
}

interface DraftProps {
  readonly draft: ProviderDraft;
  readonly change: (changes: Partial<ProviderDraft>) => void;
  readonly errorOf: (field: string) => string | null;
}

function DraftFields({ draft, change, errorOf }: DraftProps) {
  const facts = providerKinds[draft.kind];
  const chooseKind = (kind: string) => {
    if (isKind(kind)) change({ kind, id: freeProviderId(suggestedIds[kind], takenIds()) });
  };
  return (
    <>
      <SelectField label="Kind" value={draft.kind} onValue={chooseKind}>
        {kinds.map(({ kind, name }) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Name"
        value={draft.id}
        onValue={(id) => change({ id })}
        error={errorOf('id')}
        hint={`Programs ask for its models as ${draft.id.trim() || 'name'}/model.`}
      />
      {facts.builtIn ? null : (
        <>
          <TextField
            label={draft.kind === 'openai-compatible' ? 'Base URL' : 'Base URL (only to change it)'}
            inputMode="url"
            placeholder={facts.baseUrl ?? 'http://127.0.0.1:8000/v1'}
            value={draft.baseUrl}
            onValue={(baseUrl) => change({ baseUrl })}
            error={errorOf('baseUrl')}
          />
          <KeyFields draft={draft.key} onChange={(key) => change({ key })} error={errorOf('keys')} hint={keyHint(draft.kind)} />
        </>
      )}
    </>
  );
}

export function AddProvider() {
  const [draft, setDraft] = useState<ProviderDraft>(() => ({
    kind: 'openai',
    id: freeProviderId(suggestedIds.openai, takenIds()),
    baseUrl: '',
    key: emptyKey,
  }));
  const [tried, setTried] = useState(false);
  const task = useTask();
  const missing = missingParts(draft);
  const errorOf = (field: string) => (tried ? missing[field] : undefined) ?? fieldError(task.failure, field);
  const isShown = shownFields.some((field) => fieldError(task.failure, field) !== null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(missing).length > 0) return;
    const made = newProvider(draft);
    if (await task.run(() => createProvider(made))) navigate(`/providers?id=${encodeURIComponent(made.id)}`, { replace: true });
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-xl gap-4" aria-label="Add a provider">
      <h2 className="font-semibold text-lg">Add a provider</h2>
      <DraftFields
        draft={draft}
        errorOf={errorOf}
        change={(changes) => {
          task.clear();
          setDraft((before) => ({ ...before, ...changes }));
        }}
      />
      <ErrorLine message={task.failure && !isShown ? task.failure.message : null} />
      <div className="flex items-center gap-2">
        <Button look="primary" type="submit" disabled={task.busy}>
          {task.busy ? 'Adding …' : 'Add provider'}
        </Button>
        <Button onClick={() => navigate('/providers')}>Cancel</Button>
        <span className="text-soft">It is checked at once; the check costs nothing.</span>
      </div>
    </form>
  );
}
