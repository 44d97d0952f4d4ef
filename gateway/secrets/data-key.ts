/** The 256-bit key of the vault: from the environment, or from a key file of its own outside the data folder. */
import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../files/error-code.ts';
import { syncFolder, writeNewFile } from '../files/write-durably.ts';
import type { VaultKeyRow } from './vault-store.ts';

export interface DataKey {
  /** The first 16 hex digits of the key's SHA-256. */
  readonly id: string;
  /** Prints and serialises without its bytes. */
  readonly key: KeyObject;
  /** Where the key is kept, in words: `GATEHOUSE_KEY`, `key file /home/…/0123456789abcdef.key`. */
  readonly keptIn: string;
}

/** The key cannot be found or must not be used; the message says who keeps it or what to do. */
export class DataKeyError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DataKeyError';
  }
}

export const keyBytes = 32;

/**
 * Wraps the bytes of a key that someone else keeps.
 * @throws DataKeyError when there are not exactly 32
 */
export function importDataKey(bytes: Buffer, keptIn: string): DataKey {
  if (bytes.length !== keyBytes) throw new DataKeyError(`The key from ${keptIn} must have 32 bytes, not ${bytes.length}.`);
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), key: createSecretKey(bytes), keptIn };
}

/** A key that the program which started this one keeps. */
export interface OfferedKey {
  readonly bytes: Buffer;
  /** In words. */
  readonly keptIn: string;
}

export interface DataKeySearch {
  /** The 32 bytes of `GATEHOUSE_KEY`, null when it is not set. */
  readonly given: Buffer | null;
  /** Used unless the vault already holds secrets under another key. */
  readonly offered?: OfferedKey | null;
  /** What the vault says about its key, null when it never had one. */
  readonly vaultKey: Pick<VaultKeyRow, 'keyId' | 'keptIn'> | null;
  /** A vault that holds something never gets a second key. */
  readonly holdsSecrets: boolean;
  readonly keyFolder: string;
}

/**
 * Finds the vault's key, or makes one for a vault that holds nothing yet. Given bytes win; whether they fit the vault is
 * checked when it is opened. An offered key gives way to the key file of a vault that was filled without it.
 * @throws DataKeyError naming who keeps the key that is missing, or the command that closes an open key file
 */
export async function findDataKey({ given, offered, vaultKey, holdsSecrets, keyFolder }: DataKeySearch): Promise<DataKey> {
  if (given) return importDataKey(given, 'GATEHOUSE_KEY');
  const offeredKey = offered ? importDataKey(offered.bytes, offered.keptIn) : null;
  if (offeredKey && (!holdsSecrets || vaultKey?.keyId === offeredKey.id)) return offeredKey;
  const kept = vaultKey ? await readKeyFile(keyFolder, vaultKey.keyId) : null;
  if (kept) return kept;
  if (holdsSecrets) throw new DataKeyError(describeMissingKey(vaultKey, keyFolder));
  return makeKeyFile(keyFolder);
}

function describeMissingKey(vaultKey: DataKeySearch['vaultKey'], keyFolder: string): string {
  if (!vaultKey) return 'The vault holds secrets but has lost the name of its key; restore the data folder from a backup.';
  const { keyId, keptIn } = vaultKey;
  const first = `The secrets in the vault are encrypted with key ${keyId}, kept in ${keptIn}, and that key was not given.`;
  if (keptIn === 'GATEHOUSE_KEY') return `${first} Set GATEHOUSE_KEY to it.`;
  if (keptIn.startsWith('key file '))
    return `${first} Put the file back as ${keyFile(keyFolder, keyId)}, or set GATEHOUSE_KEY to its content.`;
  return `${first} Start Gatehouse the way it was started then, or choose another data folder.`;
}

function keyFile(keyFolder: string, keyId: string): string {
  return path.join(keyFolder, `${keyId}.key`);
}

/** Null when there is no such file. */
async function readKeyFile(keyFolder: string, keyId: string): Promise<DataKey | null> {
  if (!/^[0-9a-f]{16}$/.test(keyId)) throw new DataKeyError(`The vault names a key id that cannot be: "${keyId}".`);
  const file = keyFile(keyFolder, keyId);
  const text = await readPrivately(file);
  if (text === null) return null;
  const bytes = /^[A-Za-z0-9+/]{43}=\n?$/.test(text) ? Buffer.from(text, 'base64') : null;
  const found = bytes ? importDataKey(bytes, `key file ${file}`) : null;
  if (found?.id !== keyId)
    throw new DataKeyError(`The key file ${file} does not hold the key it is named after; restore it from a backup.`);
  return found;
}

/** Reads a file that only its owner may read; the check and the reading see the same file. */
async function readPrivately(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw new DataKeyError(`The key file ${file} cannot be read (${errorCode(error)}).`, error);
  });
  if (!handle) return null;
  try {
    refuseIfOpen((await handle.stat()).mode, 0o077, `The key file ${file} may be read by others`, `chmod 600 "${file}"`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Windows keeps access lists instead of modes; there the folder's own list, in the user's profile, protects the file. */
function refuseIfOpen(mode: number, others: number, what: string, command: string): void {
  if (process.platform !== 'win32' && (mode & others) !== 0) throw new DataKeyError(`${what}; close it with: ${command}`);
}

async function makeKeyFile(keyFolder: string): Promise<DataKey> {
  const bytes = randomBytes(keyBytes);
  const { id } = importDataKey(bytes, 'this start');
  const file = keyFile(keyFolder, id);
  try {
    await mkdir(keyFolder, { recursive: true, mode: 0o700 });
    const { mode } = await stat(keyFolder);
    refuseIfOpen(mode, 0o022, `The key folder ${keyFolder} may be written to by others`, `chmod 700 "${keyFolder}"`);
    // On disk, with its name, before anything is encrypted with it.
    await writeNewFile(file, `${bytes.toString('base64')}\n`);
    await syncFolder(keyFolder);
  } catch (error) {
    if (error instanceof DataKeyError) throw error;
    throw new DataKeyError(
      `The key file ${file} cannot be made (${errorCode(error)}); give a key in GATEHOUSE_KEY instead.`,
      error,
    );
  }
  return importDataKey(bytes, `key file ${file}`);
}
