/** The key of the stored secrets: made once, wrapped by the system's key store, never overwritten, and honest about how well it is kept. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { KeyProtection } from '../gateway/contract/desktop.ts';

/** The system's key store, as Electron gives it. */
export interface KeyStore {
  /** In words: `the GNOME keyring`. */
  readonly name: string;
  isAvailable(): Promise<boolean>;
  encrypt(text: string): Promise<Buffer>;
  /** @returns `renew` when the store asks to encrypt anew, because its own key changed */
  decrypt(wrapped: Buffer): Promise<{ readonly text: string; readonly renew: boolean }>;
}

/** What is kept on disk. */
export const storedKeySchema = z.strictObject({ form: z.enum(['wrapped', 'plain']), value: z.base64().min(1).max(4_096) });
export type StoredKey = z.infer<typeof storedKeySchema>;

export interface KeyPlace {
  /** The file, for words. */
  readonly file: string;
  /** Null when no key was ever kept. @throws when there is something that cannot be read: then nothing is written */
  read(): StoredKey | null;
  /** On disk when it returns. */
  write(key: StoredKey): void;
}

export type OpenedKey =
  /** `key` is 32 bytes in base64. */
  { readonly key: string; readonly protection: KeyProtection } | { readonly key: null; readonly protection: KeyProtection };

export interface DataKeySources {
  readonly platform: NodeJS.Platform;
  readonly store: KeyStore;
  readonly place: KeyPlace;
  /** From the environment; null when it is not there. */
  readonly given: string | null;
}

const keyPattern = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Opens the key, or makes the first one. A key that cannot be read now is `unavailable`; it is never replaced.
 * Never throws.
 */
export async function openDataKey(sources: DataKeySources): Promise<OpenedKey> {
  const { given, place, store } = sources;
  if (given !== null) return { key: given, protection: givenProtection };
  try {
    const stored = place.read();
    if (stored === null) return await keep(randomBytes(32).toString('base64'), sources);
    if (stored.form === 'plain') return await keep(requireKey(stored.value), sources);
    return await unwrap(stored, sources);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { key: null, protection: { state: 'unavailable', keptIn: store.name, message: reason } };
  }
}

/** Wraps the key if the store really protects it; else it is kept as it is, and that is said. */
async function keep(key: string, { platform, store, place }: DataKeySources): Promise<OpenedKey> {
  const wrapped = (await store.isAvailable()) ? await wrap(key, store, platform) : null;
  const next: StoredKey = wrapped ? { form: 'wrapped', value: wrapped.toString('base64') } : { form: 'plain', value: key };
  const known = place.read();
  if (known?.form !== next.form || next.form === 'wrapped') place.write(next);
  return { key, protection: wrapped ? protectedBy(store.name) : unprotected(place.file) };
}

/** Null when what came out protects nothing, or cannot be read back. */
async function wrap(key: string, store: KeyStore, platform: NodeJS.Platform): Promise<Buffer | null> {
  try {
    const wrapped = await store.encrypt(key);
    if (isPublicWrapping(wrapped, platform)) return null;
    return (await store.decrypt(wrapped)).text === key ? wrapped : null;
  } catch {
    return null;
  }
}

/** On Linux, Chromium writes `v10` before what it encrypted with a password that is printed in its source. */
function isPublicWrapping(wrapped: Buffer, platform: NodeJS.Platform): boolean {
  return platform === 'linux' && wrapped.subarray(0, 3).toString('latin1') === 'v10';
}

async function unwrap(stored: StoredKey, sources: DataKeySources): Promise<OpenedKey> {
  const { platform, store, place } = sources;
  if (!(await store.isAvailable()))
    throw new Error(`The key of your stored secrets is kept in ${store.name}, which does not answer; unlock or start it.`);
  const wrapped = Buffer.from(stored.value, 'base64');
  const { text, renew } = await store.decrypt(wrapped).catch((cause: unknown) => {
    throw new Error(`The key of your stored secrets could not be read from ${store.name}; unlock it, or restore what it held.`, {
      cause,
    });
  });
  const key = requireKey(text);
  if (renew) {
    const renewed = await wrap(key, store, platform);
    if (renewed) place.write({ form: 'wrapped', value: renewed.toString('base64') });
  }
  return { key, protection: isPublicWrapping(wrapped, platform) ? unprotected(place.file) : protectedBy(store.name) };
}

function requireKey(text: string): string {
  if (!keyPattern.test(text))
    throw new Error('What is kept as the key of your stored secrets is none; restore it from a backup.');
  return text;
}

const givenProtection: KeyProtection = {
  state: 'given',
  keptIn: 'GATEHOUSE_KEY',
  message: 'The key of your stored secrets comes from GATEHOUSE_KEY in the environment.',
};

function protectedBy(name: string): KeyProtection {
  return { state: 'protected', keptIn: name, message: `The key of your stored secrets is protected by ${name}.` };
}

function unprotected(file: string): KeyProtection {
  return {
    state: 'unprotected',
    keptIn: `${file} (not protected)`,
    message:
      `The key of your stored secrets is not protected: no keyring answered, so it lies in ${file}, and every program that you ` +
      'run can read it. Start a keyring (GNOME Keyring or KWallet), then start Gatehouse again.',
  };
}
