/** The names that a target may have: aliases of the draft, and the models that the providers list. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { control } from '../control.ts';
import { useGateway } from './gateway.ts';
import { usePolicyDraft } from './policy-draft.ts';

const useListed = create<{ readonly names: Readonly<Record<string, readonly string[]>> }>(() => ({ names: {} }));

/** More suggestions than these help nobody, and a browser draws them all. */
const mostSuggested = 1_000;

async function readNames(provider: string): Promise<void> {
  try {
    const { models } = await control.call('providers.models', { id: provider, refresh: false });
    useListed.setState(({ names }) => ({ names: { ...names, [provider]: models.map(({ id }) => `${provider}/${id}`) } }));
  } catch {
    // Suggestions only: a provider that cannot be asked has none.
    useListed.setState(({ names }) => ({ names: { ...names, [provider]: [] } }));
  }
}

function useWanted(): readonly string[] {
  const providers = useGateway(({ config }) => config?.effective.providers);
  return providers?.filter(({ enabled }) => enabled).map(({ id }) => id) ?? [];
}

/** The models of each provider as `provider/model`, as far as they were read; reads what was not. */
export function useListedModels(): Readonly<Record<string, readonly string[]>> {
  const wantedText = useWanted().join('\n');
  useEffect(() => {
    const known = useListed.getState().names;
    for (const id of wantedText.split('\n')) if (id !== '' && !Object.hasOwn(known, id)) void readNames(id);
  }, [wantedText]);
  return useListed((state) => state.names);
}

export function useModelNames(): readonly string[] {
  const aliases = usePolicyDraft(({ policy }) => policy.aliases);
  const names = useListedModels();
  const wanted = useWanted();
  return [...Object.keys(aliases), ...wanted.flatMap((id) => names[id] ?? [])].slice(0, mostSuggested);
}
