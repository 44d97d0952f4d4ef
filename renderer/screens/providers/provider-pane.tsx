/** One provider: is it well, its keys, how its targets stand, its address, its models. */
import { RefreshCw, Trash2 } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { TextField } from '../../components/field.tsx';
import { formatDuration } from '../../components/formats.ts';
import { ProviderSign } from '../../components/provider-sign.tsx';
import { Section } from '../../components/section.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import {
  checkProvider,
  deleteProvider,
  readStandings,
  unknownFacts,
  updateProvider,
  useProviders,
} from '../../stores/providers.ts';
import { navigate } from '../../stores/route.ts';
import { useTargets } from '../../stores/targets.ts';
import { Forwarding } from './forwarding.tsx';
import { ModelList } from './model-list.tsx';
import { ProviderKeys } from './provider-keys.tsx';
import { ProviderTargets } from './provider-targets.tsx';
import { healthOf } from './provider-words.ts';

export function ProviderPane({ provider }: { readonly provider: ProviderConfig }) {
  useLiveStandings(provider.id);
  const { builtIn } = providerKinds[provider.kind];
  return (
    <div className="grid max-w-3xl gap-6">
      <Head provider={provider} />
      {builtIn ? null : <ProviderKeys provider={provider} />}
      <ProviderTargets provider={provider} />
      {builtIn ? null : <Address provider={provider} />}
      <Forwarding provider={provider} />
      <ModelList provider={provider} />
    </div>
  );
}

/** A key that rests or is back is told with the targets. */
function useLiveStandings(id: string): void {
  const edition = useTargets((state) => state.edition);
  useEffect(() => {
    if (edition > 0) void readStandings(id);
  }, [id, edition]);
}

function Head({ provider }: { readonly provider: ProviderConfig }) {
  const facts = useProviders((state) => state.facts[provider.id] ?? unknownFacts);
  const [removing, setRemoving] = useState(false);
  const { check, checking } = facts;
  const took = check && check.durationMs > 0 ? ` It took ${formatDuration(check.durationMs)}.` : '';
  const unknownWords = provider.enabled ? 'It has not been checked yet.' : 'It is switched off: no request goes to it.';
  return (
    <div className="grid gap-3">
      <div className="flex items-start gap-2">
        <ProviderSign kind={provider.kind} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-lg">{provider.id}</h2>
          <p className="text-soft">{providerKinds[provider.kind].name}</p>
        </div>
        <Button
          icon={<RefreshCw aria-hidden className="size-4" />}
          disabled={checking}
          onClick={() => void checkProvider(provider.id)}
        >
          Check now
        </Button>
        <Button look="danger" icon={<Trash2 aria-hidden className="size-4" />} onClick={() => setRemoving(true)}>
          Remove
        </Button>
      </div>
      <div role="status" className="grid gap-1 rounded-md border border-line bg-raised px-3 py-2">
        <StateBadge {...healthOf(provider, facts)} />
        <p className="text-soft wrap-anywhere">{check && provider.enabled ? `${check.message}${took}` : unknownWords}</p>
      </div>
      <RemoveDialog provider={provider} open={removing} onClose={() => setRemoving(false)} />
    </div>
  );
}

interface RemoveDialogProps {
  readonly provider: ProviderConfig;
  readonly open: boolean;
  readonly onClose: () => void;
}

function RemoveDialog({ provider, open, onClose }: RemoveDialogProps) {
  const task = useTask();
  const remove = async () => {
    if (await task.run(() => deleteProvider(provider))) navigate('/providers', { replace: true });
  };
  return (
    <ModalDialog
      open={open}
      onClose={onClose}
      title={`Remove ${provider.id}?`}
      description="Requests for its models will be refused, and its keys that are kept here are deleted. The log stays."
    >
      <DialogEnd task={task} leave="Keep it" onLeave={onClose}>
        <Button look="danger" disabled={task.busy} onClick={() => void remove()}>
          Remove provider
        </Button>
      </DialogEnd>
    </ModalDialog>
  );
}

function Address({ provider }: { readonly provider: ProviderConfig }) {
  const saved = provider.baseUrl ?? '';
  /** Null while nobody types: then what is saved is shown, also when it changes. */
  const [typed, setTyped] = useState<string | null>(null);
  const task = useTask();
  const value = typed ?? saved;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const baseUrl = value.trim() === '' ? undefined : value.trim();
    if (await task.run(() => updateProvider(provider.id, { baseUrl }))) setTyped(null);
  };
  return (
    <Section title="Address">
      <form onSubmit={(event) => void save(event)} noValidate className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label="Base URL"
            inputMode="url"
            placeholder={providerKinds[provider.kind].baseUrlExample}
            value={value}
            onValue={setTyped}
            error={task.failure?.message}
          />
        </div>
        <Button type="submit" disabled={task.busy || value.trim() === saved} className="mt-6">
          Save
        </Button>
      </form>
    </Section>
  );
}
