/** What the vault needs of storage: rows that it alone can read. */

export interface VaultRow {
  readonly name: string;
  readonly blob: Uint8Array;
  readonly savedAtMs: number;
}

/** Which key the rows are encrypted with, who keeps it, and a value that only that key decrypts. */
export interface VaultKeyRow {
  readonly keyId: string;
  readonly keptIn: string;
  readonly check: Uint8Array;
}

type Eventually<T> = T | Promise<T>;

/** The rows, as storage keeps them. A put returns when the row is safe. */
export interface VaultStore {
  getSecret(name: string): Eventually<VaultRow | null>;
  putSecret(row: VaultRow): Eventually<void>;
  listSecrets(): Eventually<readonly VaultRow[]>;
  /** Returns whether there was one. */
  deleteSecret(name: string): Eventually<boolean>;
  getVaultKey(): Eventually<VaultKeyRow | null>;
  putVaultKey(row: VaultKeyRow): Eventually<void>;
}
