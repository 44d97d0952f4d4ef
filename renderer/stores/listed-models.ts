/** The models that every provider lists, as the gateway knows them: read once, and anew when there are others. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import { control } from '../control.ts';
import { useGateway } from './gateway.ts';
import { useLocalEngine } from './local-engine.ts';
import { messageOf } from './message-of.ts';
import type { ModelsAnswer } from './providers.ts';

/** What one provider lists; an answer stays while a newer one is asked for. */
export interface Listed {
  readonly answer: ModelsAnswer | null;
  readonly error: string | null;
}

interface ListedStore {
  /** By provider. */
  readonly lists: Readonly<Record<string, Listed>>;
}

const useListed = create<ListedStore>(() => ({ lists: {} }));

/** What each list was read for: another config, or other models of the local engine, may make another list. */
const readFor = new Map<string, string>();

async function readList(provider: string, refresh: boolean): Promise<void> {
  const note = (list: Partial<Listed>) =>
    useListed.setState(({ lists }) => ({
      lists: { ...lists, [provider]: { answer: null, error: null, ...lists[provider], ...list } },
    }));
  try {
    note({ answer: await control.call('providers.models', { id: provider, refresh }), error: null });
  } catch (error) {
    note({ error: messageOf(error) });
  }
}

/** The providers that are switched on, the local engine's among them though the config may not name it. */
function useWanted(): readonly string[] {
  const providers = useGateway(({ config }) => config?.effective.providers);
  const engineProvider = useLocalEngine(({ engine }) => engine?.providerId ?? null);
  const ids = providers?.filter(({ enabled }) => enabled).map(({ id }) => id) ?? [];
  const isNamed = providers?.some(({ id }) => id === engineProvider) ?? true;
  return engineProvider === null || isNamed ? ids : [...ids, engineProvider];
}

/** The lists of all providers that are switched on, as far as they were read; reads what was not. */
export function useListedModels(): Readonly<Record<string, Listed>> {
  const wantedText = useWanted().join('\n');
  const version = useGateway(({ config }) => config?.version ?? 0);
  const engineProvider = useLocalEngine(({ engine }) => engine?.providerId ?? null);
  const edition = useLocalEngine((state) => state.edition);
  useEffect(() => {
    for (const id of wantedText.split('\n').filter((text) => text !== '')) {
      const isLocal = id === engineProvider;
      const wanted = isLocal ? `${version} ${edition}` : String(version);
      if (readFor.get(id) === wanted) continue;
      // Only the local engine is asked anew for its list; others may be far away, and tell it when they are checked.
      const refresh = isLocal && readFor.has(id);
      readFor.set(id, wanted);
      void readList(id, refresh);
    }
  }, [wantedText, version, edition, engineProvider]);
  const lists = useListed((state) => state.lists);
  return useMemo(
    () => Object.fromEntries(wantedText.split('\n').flatMap((id) => (lists[id] ? [[id, lists[id]]] : []))),
    [lists, wantedText],
  );
}
