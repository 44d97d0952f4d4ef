/** The small reads (client keys, secrets, config versions): a few rows by their key, asked on the main thread. */
import type { Database } from 'better-sqlite3';
import { prepareClientRead } from './client-rows.ts';
import type { ClientRow, ConfigVersionRow, SecretRow, VaultKeyRow } from './settings-writes.ts';

/** The list of versions shows at most this many, newest first. */
const listedVersions = 500;

export interface SettingsQueries {
  clients(): ClientRow[];
  secrets(): Omit<SecretRow, 'ciphertext'>[];
  secret(name: string): SecretRow | null;
  vaultKey(): VaultKeyRow | null;
  configVersions(): Omit<ConfigVersionRow, 'documentJson'>[];
  configVersion(version: number): ConfigVersionRow | null;
  latestConfigVersion(): ConfigVersionRow | null;
}

/** Prepares the questions, once for each connection. */
export function prepareSettingsQueries(database: Database): SettingsQueries {
  const secrets = database.prepare<[], Omit<SecretRow, 'ciphertext'>>(
    'SELECT name, lastFour, savedAtMs FROM secrets ORDER BY name',
  );
  const secret = database.prepare<[string], SecretRow>(
    'SELECT name, ciphertext, lastFour, savedAtMs FROM secrets WHERE name = ?',
  );
  const vaultKey = database.prepare<[], VaultKeyRow>('SELECT keyId, keptIn, checkValue FROM vaultKey');
  const versions = database.prepare<[number], Omit<ConfigVersionRow, 'documentJson'>>(
    'SELECT version, savedAtMs, source FROM configVersions ORDER BY version DESC LIMIT ?',
  );
  const version = database.prepare<[number], ConfigVersionRow>(
    'SELECT version, documentJson, savedAtMs, source FROM configVersions WHERE version = ?',
  );
  const latest = database.prepare<[], ConfigVersionRow>(
    'SELECT version, documentJson, savedAtMs, source FROM configVersions ORDER BY version DESC LIMIT 1',
  );
  return {
    clients: prepareClientRead(database),
    secrets: () => secrets.all(),
    secret: (name) => secret.get(name) ?? null,
    vaultKey: () => vaultKey.get() ?? null,
    configVersions: () => versions.all(listedVersions),
    configVersion: (number) => version.get(number) ?? null,
    latestConfigVersion: () => latest.get() ?? null,
  };
}
