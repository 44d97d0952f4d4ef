/** Provider keys at rest: every row encrypted and bound to its name, under one data key that never changes under a full vault. */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { type DataKey, DataKeyError } from './data-key.ts';
import { Secret } from './secret.ts';
import type { SecretRow, VaultKeyRow, VaultStore } from './vault-store.ts';

/** A row cannot be decrypted. It stays as it is: only a person replaces a secret. */
export class VaultError extends Error {
  readonly secretName: string;

  constructor(secretName: string, cause: unknown) {
    super(`The secret "${secretName}" in the vault is damaged or was encrypted with another key; enter it again to replace it.`, {
      cause,
    });
    this.name = 'VaultError';
    this.secretName = secretName;
  }
}

export type VaultItem = Omit<SecretRow, 'ciphertext'>;

export interface Vault {
  /** Where the data key is kept, in words. */
  readonly keptIn: string;
  /** Null when there is no such secret. @throws VaultError when it is there and cannot be decrypted */
  get(name: string): Secret | null;
  /** Resolves when the secret is safe; one of the same name is replaced. */
  set(name: string, value: Secret): Promise<void>;
  list(): readonly VaultItem[];
  /** False when there was none of that name. */
  delete(name: string): Promise<boolean>;
}

const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const checkText = 'gatehouse';

/**
 * Opens the vault with its key; a vault that holds nothing takes the key as its own.
 * @throws DataKeyError when the vault is encrypted with another key, naming who keeps that one
 */
export async function openVault(options: {
  readonly key: DataKey;
  readonly store: VaultStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): Promise<Vault> {
  const { key, store, now } = options;
  await agreeOnKey(key, store);
  return {
    keptIn: key.keptIn,
    get: (name) => {
      const row = store.secrets.get(name);
      return row && decryptSecret(key.key, row);
    },
    set: async (name, value) => {
      const ciphertext = encrypt(key.key, 'secret', name, value.reveal());
      await store.secrets.save({ name, ciphertext, lastFour: value.lastFour, savedAtMs: now() });
    },
    list: () => store.secrets.list(),
    delete: (name) => store.secrets.delete(name),
  };
}

/** Makes sure that every row of a vault is encrypted with one key, and that this is the one. */
async function agreeOnKey(key: DataKey, { secrets, vaultKey }: VaultStore): Promise<void> {
  const known = vaultKey.get();
  if (known?.keyId === key.id) {
    requireCheck(key, known);
    if (known.keptIn !== key.keptIn) await vaultKey.save({ ...known, keptIn: key.keptIn });
    return;
  }
  const row = { keyId: key.id, keptIn: key.keptIn, checkValue: encrypt(key.key, 'check', key.id, checkText) };
  const taken = secrets.list().length === 0 && (await vaultKey.save(row));
  if (!taken) throw new DataKeyError(describeForeignKey(key, known));
}

function requireCheck(key: DataKey, known: VaultKeyRow): void {
  try {
    if (decrypt(key.key, 'check', known.keyId, known.checkValue) === checkText) return;
  } catch (error) {
    throw new DataKeyError(
      `The vault's check value does not answer to its key ${known.keyId}; restore the data folder from a backup.`,
      error,
    );
  }
  throw new DataKeyError(
    `The vault's check value is not the expected one for key ${known.keyId}; restore the data folder from a backup.`,
  );
}

function describeForeignKey(key: DataKey, known: VaultKeyRow | null): string {
  if (!known) return 'The vault holds secrets but has lost the name of its key; restore the data folder from a backup.';
  return (
    `The secrets in the vault are encrypted with key ${known.keyId}, kept in ${known.keptIn}, but ${key.keptIn} holds key ${key.id}. ` +
    'Give the first key again; a second one is never laid over it.'
  );
}

function decryptSecret(key: KeyObject, row: SecretRow): Secret {
  try {
    return new Secret(decrypt(key, 'secret', row.name, row.ciphertext));
  } catch (error) {
    throw new VaultError(row.name, error);
  }
}

/** What a blob is bound to: moved to another name or purpose, it no longer decrypts. */
function associatedData(purpose: 'secret' | 'check', name: string): Buffer {
  return Buffer.from(`gatehouse-vault\0${formatVersion}\0${purpose}\0${name}`);
}

/** AES-256-GCM. The blob is: format version (1 byte), nonce (12), tag (16), ciphertext. */
function encrypt(key: KeyObject, purpose: 'secret' | 'check', name: string, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(purpose, name));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(formatVersion), nonce, cipher.getAuthTag(), ciphertext]);
}

function decrypt(key: KeyObject, purpose: 'secret' | 'check', name: string, stored: Uint8Array): string {
  const blob = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (blob.length < 1 + nonceBytes + tagBytes) throw new Error('The blob is too short.');
  if (blob[0] !== formatVersion) throw new Error(`The blob has format ${blob[0]}, not ${formatVersion}.`);
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(associatedData(purpose, name));
  decipher.setAuthTag(blob.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(blob.subarray(1 + nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
}
