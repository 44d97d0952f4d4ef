/** The vault's rows: secrets, encrypted before they come here, and the key that they were encrypted with. */
import type { Database } from 'better-sqlite3';
import type { SecretRow, VaultKeyRow } from './settings-writes.ts';

/** Each tells whether anything changed. */
export interface VaultWrites {
  saveSecret(secret: SecretRow): boolean;
  deleteSecret(name: string): boolean;
  saveKey(key: VaultKeyRow): boolean;
}

/** Prepares the statements, once for the connection that writes. */
export function prepareVaultWrites(database: Database): VaultWrites {
  const saveSecret = database.prepare(saveSecretSql);
  const deleteSecret = database.prepare('DELETE FROM secrets WHERE name = ?');
  const saveKey = database.prepare(saveVaultKeySql);
  return {
    saveSecret: ({ name, ciphertext, lastFour, savedAtMs }) =>
      saveSecret.run(name, Buffer.from(ciphertext), lastFour, savedAtMs).changes > 0,
    deleteSecret: (name) => deleteSecret.run(name).changes > 0,
    saveKey: ({ keyId, keptIn, checkValue }) => saveKey.run(keyId, keptIn, Buffer.from(checkValue), keyId).changes > 0,
  };
}

const saveSecretSql = `
INSERT INTO secrets (name, ciphertext, lastFour, savedAtMs) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET ciphertext = excluded.ciphertext, lastFour = excluded.lastFour, savedAtMs = excluded.savedAtMs`;

/** A second key is never put over a vault that holds something: then nothing changes. The same key may move. */
const saveVaultKeySql = `
INSERT INTO vaultKey (id, keyId, keptIn, checkValue) SELECT 1, ?, ?, ?
WHERE NOT EXISTS (SELECT 1 FROM secrets) OR EXISTS (SELECT 1 FROM vaultKey WHERE keyId = ?)
ON CONFLICT (id) DO UPDATE SET keyId = excluded.keyId, keptIn = excluded.keptIn, checkValue = excluded.checkValue`;
