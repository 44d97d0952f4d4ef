/** Gives the live state of targets what it asks of the rest of the gateway: clocks, and a free question to a provider. */
import type { ReliabilitySettings } from './contract/reliability.ts';
import type { ProviderAccess } from './discovery/ask-provider.ts';
import { checkProvider } from './discovery/check-provider.ts';
import type { LoadedModels } from './exchange/local/loaded-models.ts';
import { LiveState } from './exchange/live-state/live-state.ts';
import type { KeyPool } from './providers/key-pool.ts';

export interface LiveStateSources {
  readonly keyPool: KeyPool;
  readonly loadedModels: LoadedModels;
  /** The config's settings in force. */
  settings(): ReliabilitySettings;
  /** How to reach a provider; null when there is no such provider. */
  access(providerId: string): ProviderAccess | null;
  /** How a target stands has changed. */
  onChange(): void;
}

export function createLiveState({ keyPool, loadedModels, settings, access, onChange }: LiveStateSources): LiveState {
  return new LiveState({
    now: Date.now,
    monotonic: () => performance.now(),
    settings,
    keyPool,
    loadedModels,
    checkProvider: async (id) => {
      const found = access(id);
      return found?.provider.enabled === true && found.provider.modelList !== null && (await checkProvider(found)).ok;
    },
    onChange,
  });
}
