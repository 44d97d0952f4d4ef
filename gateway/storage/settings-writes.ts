/** The rare writes (client keys, secrets, config versions, shadows, alerts): one small object each, in the same order and transactions as the log. */
import type { Database } from 'better-sqlite3';
import type { ClientTerms } from '../contract/client-terms.ts';
import type { DeliveryTry } from '../contract/money/delivery.ts';
import type { ShadowEnd, ShadowStart } from '../contract/shadows.ts';
import { type AlertWrite, prepareAlertWrites } from './alert-rows.ts';
import { prepareClientWrites } from './client-rows.ts';
import { prepareForgetRequests } from './forget-requests.ts';
import { prepareShadowWrites, type ShadowFollowers } from './shadow-rows.ts';
import { prepareVaultWrites } from './vault-rows.ts';
import { prepareTokenRatioWrites, type TokenRatioRow } from './token-ratio-rows.ts';

/** A key as it is kept. `hash` is the SHA-256 of it, in hexadecimal; the key itself is nowhere. */
export interface ClientKeyRow {
  readonly hash: string;
  readonly prefix: string;
  readonly createdAtMs: number;
  /** From then on it opens nothing; null: it stays as long as its client. */
  readonly endsAtMs: number | null;
}

export interface ClientRow extends ClientTerms {
  readonly id: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
  readonly lastSeenAtMs: number | null;
  /** The newest first. */
  readonly keys: readonly ClientKeyRow[];
}

/** A row of the vault. `ciphertext` is whatever gateway/secrets made of the secret. */
export interface SecretRow {
  readonly name: string;
  readonly ciphertext: Uint8Array;
  readonly lastFour: string;
  readonly savedAtMs: number;
}

/** Which data key the vault was made with, who keeps it, and a value to recognise it by. */
export interface VaultKeyRow {
  readonly keyId: string;
  readonly keptIn: string;
  readonly checkValue: Uint8Array;
}

/** A config that was in force. `source` says who made it. */
export interface ConfigVersionRow {
  readonly version: number;
  readonly documentJson: string;
  readonly savedAtMs: number;
  readonly source: string;
}

/** What may be changed of a client while its key is in force; what is left out stays. */
export type ClientChanges = { readonly [T in keyof ClientTerms]?: ClientTerms[T] | undefined };

export type SettingsWrite =
  | { readonly type: 'create-client'; readonly client: ClientRow }
  | { readonly type: 'update-client'; readonly id: string; readonly changes: ClientChanges }
  /** The client's older keys end at a moment, if they do not end sooner. */
  | { readonly type: 'add-client-key'; readonly id: string; readonly key: ClientKeyRow; readonly olderEndAtMs: number }
  | { readonly type: 'revoke-client'; readonly id: string; readonly revokedAtMs: number }
  | { readonly type: 'touch-clients'; readonly seen: readonly (readonly [id: string, atMs: number])[] }
  | { readonly type: 'save-secret'; readonly secret: SecretRow }
  | { readonly type: 'delete-secret'; readonly name: string }
  | { readonly type: 'save-vault-key'; readonly key: VaultKeyRow }
  | { readonly type: 'save-config-version'; readonly version: ConfigVersionRow }
  | { readonly type: 'begin-shadow'; readonly start: ShadowStart }
  | { readonly type: 'end-shadow'; readonly end: ShadowEnd }
  | { readonly type: 'raise-alert'; readonly alert: AlertWrite }
  | { readonly type: 'see-alert'; readonly id: string; readonly atMs: number }
  | { readonly type: 'note-delivery'; readonly tried: DeliveryTry }
  | { readonly type: 'hasten-deliveries'; readonly url: string; readonly nowMs: number }
  | { readonly type: 'forget-alerts'; readonly beforeMs: number }
  | { readonly type: 'save-token-ratios'; readonly rows: readonly TokenRatioRow[] }
  /** The oldest that began before, so many at most. */
  | { readonly type: 'forget-requests'; readonly beforeMs: number; readonly most: number }
  /** Writes what is there already, to find out whether anything can be written. */
  | { readonly type: 'try-writing' };

/** Does one write and tells whether anything changed. */
export type ApplySettingsWrite = (write: SettingsWrite) => boolean;

/** Prepares the statements, once for each connection. */
export function prepareSettingsWrites(database: Database, followers: ShadowFollowers): ApplySettingsWrite {
  const clients = prepareClientWrites(database);
  const vault = prepareVaultWrites(database);
  const saveConfigVersion = database.prepare(
    'INSERT INTO configVersions (version, documentJson, savedAtMs, source) VALUES (?, ?, ?, ?)',
  );
  const shadows = prepareShadowWrites(database, followers);
  const alerts = prepareAlertWrites(database);
  const saveTokenRatios = prepareTokenRatioWrites(database);
  const forgetRequests = prepareForgetRequests(database);
  const tryWriting = database.prepare('UPDATE recoveryMark SET fromKey = fromKey');

  const changed = (result: { readonly changes: number }): boolean => result.changes > 0;

  return (write) => {
    switch (write.type) {
      case 'create-client':
        return clients.create(write.client);
      case 'update-client':
        return clients.update(write.id, write.changes);
      case 'add-client-key':
        return clients.addKey(write.id, write.key, write.olderEndAtMs);
      case 'revoke-client':
        return clients.revoke(write.id, write.revokedAtMs);
      case 'touch-clients':
        return write.seen.filter(([id, atMs]) => clients.touch(id, atMs)).length > 0;
      case 'save-secret':
        return vault.saveSecret(write.secret);
      case 'delete-secret':
        return vault.deleteSecret(write.name);
      case 'save-vault-key':
        return vault.saveKey(write.key);
      case 'save-config-version': {
        const { version, documentJson, savedAtMs, source } = write.version;
        return changed(saveConfigVersion.run(version, documentJson, savedAtMs, source));
      }
      case 'begin-shadow':
        shadows.begin(write.start);
        return true;
      case 'end-shadow':
        return shadows.end(write.end);
      case 'raise-alert':
        return alerts.raise(write.alert);
      case 'see-alert':
        return alerts.see(write.id, write.atMs);
      case 'note-delivery':
        return alerts.noteTry(write.tried);
      case 'hasten-deliveries':
        return alerts.hasten(write.url, write.nowMs);
      case 'forget-alerts':
        return alerts.forget(write.beforeMs);
      case 'save-token-ratios':
        return saveTokenRatios(write.rows);
      case 'forget-requests':
        return forgetRequests(write.beforeMs, write.most);
      case 'try-writing':
        return changed(tryWriting.run());
    }
  };
}
