/** A vault's rows in memory, open to tampering: it takes whatever it is given. */
import type { SecretRow, VaultKeyRow, VaultStore } from '../../../gateway/secrets/vault-store.ts';

export interface MemoryVaultStore extends VaultStore {
  readonly rows: Map<string, SecretRow>;
  keyRow: VaultKeyRow | null;
}

export function createMemoryVaultStore(): MemoryVaultStore {
  const rows = new Map<string, SecretRow>();
  const store: MemoryVaultStore = {
    rows,
    keyRow: null,
    secrets: {
      list: () => [...rows.values()].map(({ name, lastFour, savedAtMs }) => ({ name, lastFour, savedAtMs })),
      get: (name) => rows.get(name) ?? null,
      save: async (row) => void rows.set(row.name, row),
      delete: async (name) => rows.delete(name),
    },
    vaultKey: {
      get: () => store.keyRow,
      save: async (row) => {
        store.keyRow = row;
        return true;
      },
    },
  };
  return store;
}
