/** The form for a new provider: first its kind, then its fields. It stays as typed whatever happens to the gateway meanwhile. */
import { type FormEvent, useState } from 'react';
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { isProviderKind, providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Link } from '../../components/link.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { ProviderSign } from '../../components/provider-sign.tsx';
import { type Failure, useTask } from '../../components/use-task.ts';
import { freeProviderId, providerField } from '../../stores/edit-providers.ts';
import { useGateway } from '../../stores/gateway.ts';
import { createProvider } from '../../stores/providers.ts';
import { navigate, useQuery } from '../../stores/route.ts';
import { KeyFields } from './key-fields.tsx';
import { KeyPage } from './key-page.tsx';
import { KindPicker } from './kind-picker.tsx';
import {
  emptyKey,
  missingParts,
  needsAddress,
  needsModels,
  newProvider,
  type ProviderDraft,
  suggestedId,
} from './provider-form.ts';

function takenIds(): readonly string[] {
  return useGateway.getState().config?.effective.providers.map(({ id }) => id) ?? [];
}

const shownFields = ['id', 'baseUrl', 'apiVersion', 'models', 'keys', 'value'];

/** The gateway's word about one of the form's fields, without the path that the form does not show. */
function fieldError(failure: Failure | null, field: string): string | null {
  if (!failure) return null;
  const named = providerField(failure.field) ?? failure.field;
  return named === field || (field === 'keys' && named === 'value') ? failure.message : null;
}

/** The kind is in the address, so that going back chooses another. */
export function AddProvider() {
  const kind = useQuery().get('add') ?? '';
  return isProviderKind(kind) ? <ProviderForm key={kind} kind={kind} /> : <KindPicker />;
}

interface DraftProps {
  readonly draft: ProviderDraft;
  readonly change: (changes: Partial<ProviderDraft>) => void;
  readonly errorOf: (field: string) => string | null;
}

function AddressFields({ draft, change, errorOf }: DraftProps) {
  const { baseUrlExample, takesApiVersion } = providerKinds[draft.kind];
  return (
    <>
      <TextField
        label={needsAddress(draft.kind) ? 'Base URL' : 'Base URL (only to change it)'}
        inputMode="url"
        placeholder={baseUrlExample}
        value={draft.baseUrl}
        onValue={(baseUrl) => change({ baseUrl })}
        error={errorOf('baseUrl')}
      />
      {takesApiVersion ? (
        <TextField
          label="API version (only for older resources)"
          placeholder="2024-10-21"
          value={draft.apiVersion}
          onValue={(apiVersion) => change({ apiVersion })}
          error={errorOf('apiVersion')}
        />
      ) : null}
      {needsModels(draft.kind) ? (
        <TextField
          label="Models"
          placeholder="my-gpt, my-embeddings"
          value={draft.models}
          onValue={(models) => change({ models })}
          error={errorOf('models')}
          hint="The names of your deployments, with commas between them: they are what requests ask for."
        />
      ) : null}
    </>
  );
}

function DraftFields(props: DraftProps) {
  const { draft, change, errorOf } = props;
  return (
    <>
      <TextField
        label="Name"
        value={draft.id}
        onValue={(id) => change({ id })}
        error={errorOf('id')}
        hint={`Programs ask for its models as ${draft.id.trim() || 'name'}/model.`}
      />
      {providerKinds[draft.kind].builtIn ? null : (
        <>
          <AddressFields {...props} />
          <KeyFields
            draft={draft.key}
            onChange={(key) => change({ key })}
            error={errorOf('keys')}
            variable={providerKinds[draft.kind].keyVariable}
            hint={<KeyPage kind={draft.kind} />}
          />
        </>
      )}
    </>
  );
}

function ProviderForm({ kind }: { readonly kind: ProviderKind }) {
  const [draft, setDraft] = useState<ProviderDraft>(() => ({
    kind,
    id: freeProviderId(suggestedId(kind), takenIds()),
    baseUrl: '',
    apiVersion: '',
    models: '',
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
  const change = (changes: Partial<ProviderDraft>) => {
    task.clear();
    setDraft((before) => ({ ...before, ...changes }));
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-xl gap-4" aria-label="Add a provider">
      <div className="flex items-center gap-3">
        <ProviderSign kind={kind} />
        <h2 className="min-w-0 flex-1 truncate font-semibold text-lg">Add {providerKinds[kind].name}</h2>
        <Link to="/providers?add=1" className="text-accent underline underline-offset-2">
          Choose another kind
        </Link>
      </div>
      <DraftFields draft={draft} errorOf={errorOf} change={change} />
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
