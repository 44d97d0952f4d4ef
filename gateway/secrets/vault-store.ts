/** What the vault needs of storage: rows that it alone can read. Reads are immediate; a save is done when the row is safe. */

/** `ciphertext` is bound to `name`; `lastFour` is what a person may see of the secret. */
export interface SecretRow {
  readonly name: string;
  readonly ciphertext: Uint8Array;
  readonly lastFour: string;
  readonly savedAtMs: number;
}

export interface SecretRows {
  list(): readonly Omit<SecretRow, 'ciphertext'>[];
  get(name: string): SecretRow | null;
  save(row: SecretRow): Promise<void>;
  /** False when there was none of that name. */
  delete(name: string): Promise<boolean>;
}

/** Which key the rows are encrypted with, who keeps it, and a value that only that key decrypts. */
export interface VaultKeyRow {
  readonly keyId: string;
  readonly keptIn: string;
  readonly checkValue: Uint8Array;
}

export interface VaultKeyRows {
  get(): VaultKeyRow | null;
  /** False, and nothing changed, when the vault holds secrets made with another key. */
  save(row: VaultKeyRow): Promise<boolean>;
}

export interface VaultStore {
  readonly secrets: SecretRows;
  readonly vaultKey: VaultKeyRows;
}
