/** Electron's safeStorage as one kind of key store: its asynchronous half where the runtime has it, else the other. */
import { safeStorage } from 'electron';
import type { KeyStore } from './data-key.ts';

const linuxNames: Readonly<Record<string, string>> = {
  gnome_libsecret: 'the GNOME keyring',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
};

function storeName(): string {
  if (process.platform === 'darwin') return 'the macOS Keychain';
  if (process.platform === 'win32') return 'Windows data protection';
  return linuxNames[safeStorage.getSelectedStorageBackend()] ?? 'the keyring of this desktop';
}

/** Call it after Electron is ready: before, the store is asked under a wrong name. */
export function openKeyStore(): KeyStore {
  const name = storeName();
  return typeof safeStorage.encryptStringAsync === 'function' ? asynchronousStore(name) : synchronousStore(name);
}

function asynchronousStore(name: string): KeyStore {
  return {
    name,
    isAvailable: () => safeStorage.isAsyncEncryptionAvailable(),
    encrypt: (text) => safeStorage.encryptStringAsync(text),
    async decrypt(wrapped) {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(wrapped);
      return { text: result, renew: shouldReEncrypt };
    },
  };
}

function synchronousStore(name: string): KeyStore {
  return {
    name,
    isAvailable: async () => safeStorage.isEncryptionAvailable(),
    encrypt: async (text) => safeStorage.encryptString(text),
    decrypt: async (wrapped) => ({ text: safeStorage.decryptString(wrapped), renew: false }),
  };
}
