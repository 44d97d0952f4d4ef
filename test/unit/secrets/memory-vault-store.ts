/** A vault's rows in memory, open to tampering. */
import type { VaultKeyRow, VaultRow, VaultStore } from '../../../gateway/secrets/vault-store.ts';

export interface MemoryVaultStore extends VaultStore {
  readonly rows: Map<string, VaultRow>;
  keyRow: VaultKeyRow | null;
}

export function createMemoryVaultStore(): MemoryVaultStore {
  const rows = new Map<string, VaultRow>();
  return {
    rows,
    keyRow: null,
    getSecret: (name) => rows.get(name) ?? null,
    putSecret: (row) => void rows.set(row.name, row),
    listSecrets: () => [...rows.values()],
    deleteSecret: (name) => rows.delete(name),
    getVaultKey() {
      return this.keyRow;
    },
    putVaultKey(row) {
      this.keyRow = row;
    },
  };
}
