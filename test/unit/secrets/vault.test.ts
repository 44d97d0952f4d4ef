/** The vault: what it gives back, and what it refuses after tampering or under another key. */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { importDataKey } from '../../../gateway/secrets/data-key.ts';
import { Secret } from '../../../gateway/secrets/secret.ts';
import { openVault, type Vault, VaultError } from '../../../gateway/secrets/vault.ts';
import type { SecretRow } from '../../../gateway/secrets/vault-store.ts';
import { createMemoryVaultStore, type MemoryVaultStore } from './memory-vault-store.ts';

const canary = 'sk-canary-äöü-0123456789';
const key = importDataKey(randomBytes(32), 'key file /keys/first.key');
let store: MemoryVaultStore;
let vault: Vault;

beforeEach(async () => {
  store = createMemoryVaultStore();
  vault = await openVault({ key, store, now: () => 1_700_000_000_000 });
});

function rowOf(name: string): SecretRow {
  const row = store.rows.get(name);
  if (!row) throw new Error(`no row ${name}`);
  return row;
}

describe('keeping', () => {
  test('a secret comes back as it was, also after a restart', async () => {
    await vault.set('lab', new Secret(canary));
    const reopened = await openVault({ key, store, now: () => 0 });
    expect(reopened.get('lab')?.reveal()).toBe(canary);
    expect(vault.get('other')).toBeNull();
  });

  test('neither the rows nor anything printed of vault and key hold the secret or the key', async () => {
    await vault.set('lab', new Secret(canary));
    const stored = Buffer.concat([...store.rows.values()].map((row) => Buffer.from(row.ciphertext)));
    for (const bytes of [Buffer.from(canary), Buffer.from('canary'), key.key.export()])
      expect(stored.includes(bytes)).toBe(false);
    const printed = inspect([vault, key, store.keyRow, vault.get('lab')], { depth: null, showHidden: true });
    expect(printed).not.toContain('canary');
    expect(JSON.stringify(key)).not.toContain(key.key.export().toString('base64'));
  });

  test('the same secret saved twice gives two blobs, so that rows do not tell which keys are equal', async () => {
    await vault.set('a', new Secret(canary));
    await vault.set('b', new Secret(canary));
    expect(Buffer.from(rowOf('a').ciphertext).subarray(13)).not.toEqual(Buffer.from(rowOf('b').ciphertext).subarray(13));
    const nonces = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      await vault.set('a', new Secret(canary));
      nonces.add(Buffer.from(rowOf('a').ciphertext).subarray(1, 13).toString('hex'));
    }
    expect(nonces.size).toBe(200);
  });

  test('the list tells names, times and last four characters, and a deleted secret is gone', async () => {
    await vault.set('lab', new Secret(canary));
    expect(vault.list()).toEqual([{ name: 'lab', lastFour: '6789', savedAtMs: 1_700_000_000_000 }]);
    expect([await vault.delete('lab'), await vault.delete('lab')]).toEqual([true, false]);
    expect(vault.list()).toEqual([]);
  });
});

describe('tampering', () => {
  test('a blob with any one bit flipped is refused by the name of its secret, and stays as it is', async () => {
    await vault.set('lab', new Secret('0123456789'));
    const good = Buffer.from(rowOf('lab').ciphertext);
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const ciphertext = Buffer.from(good);
      ciphertext[bit >> 3] = (ciphertext[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      store.rows.set('lab', { ...rowOf('lab'), ciphertext });
      expect(() => vault.get('lab')).toThrow(VaultError);
      expect(rowOf('lab').ciphertext).toEqual(ciphertext);
    }
    store.rows.set('lab', { ...rowOf('lab'), ciphertext: good });
    expect(vault.get('lab')?.reveal()).toBe('0123456789');
  });

  test('a blob cut at any length is refused', async () => {
    await vault.set('lab', new Secret('0123456789'));
    const { ciphertext } = rowOf('lab');
    for (let length = 0; length < ciphertext.length; length += 1) {
      store.rows.set('lab', { ...rowOf('lab'), ciphertext: ciphertext.subarray(0, length) });
      expect(() => vault.get('lab')).toThrow('"lab"');
    }
  });

  test('two rows swapped are both refused: a key never goes to another provider', async () => {
    await vault.set('openai', new Secret('first'));
    await vault.set('lab', new Secret('second'));
    const [openai, lab] = [rowOf('openai'), rowOf('lab')];
    store.rows.set('openai', { ...openai, ciphertext: lab.ciphertext });
    store.rows.set('lab', { ...lab, ciphertext: openai.ciphertext });
    expect(() => vault.get('openai')).toThrow('"openai"');
    expect(() => vault.get('lab')).toThrow('"lab"');
  });

  test('a damaged row is still listed, and can be replaced or deleted', async () => {
    await vault.set('lab', new Secret(canary));
    store.rows.set('lab', { ...rowOf('lab'), ciphertext: Buffer.alloc(64) });
    expect(vault.list()).toMatchObject([{ name: 'lab', lastFour: '6789' }]);
    await vault.set('lab', new Secret('new'));
    expect(vault.get('lab')?.reveal()).toBe('new');
  });

  test('the check value cannot pose as a secret', async () => {
    store.rows.set(key.id, { name: key.id, lastFour: '', ciphertext: store.keyRow?.checkValue ?? Buffer.alloc(0), savedAtMs: 0 });
    expect(() => vault.get(key.id)).toThrow(VaultError);
  });
});

describe('the one key', () => {
  const other = importDataKey(randomBytes(32), 'GATEHOUSE_KEY');

  test('a vault that holds something refuses another key and names who keeps the first', async () => {
    await vault.set('lab', new Secret(canary));
    const before = JSON.stringify([store.keyRow, [...store.rows]]);
    await expect(openVault({ key: other, store, now: () => 0 })).rejects.toThrow(
      /kept in key file \/keys\/first\.key, but GATEHOUSE_KEY/,
    );
    expect(JSON.stringify([store.keyRow, [...store.rows]])).toBe(before);
  });

  test('a vault that holds nothing takes another key', async () => {
    const reopened = await openVault({ key: other, store, now: () => 0 });
    await reopened.set('lab', new Secret(canary));
    expect(store.keyRow).toMatchObject({ keyId: other.id, keptIn: 'GATEHOUSE_KEY' });
    await expect(openVault({ key, store, now: () => 0 })).rejects.toThrow(/kept in GATEHOUSE_KEY/);
  });

  test('the same key given in another way opens the vault, which remembers the new keeper', async () => {
    await vault.set('lab', new Secret(canary));
    const moved = importDataKey(key.key.export(), 'GATEHOUSE_KEY');
    expect((await openVault({ key: moved, store, now: () => 0 })).keptIn).toBe('GATEHOUSE_KEY');
    expect(store.keyRow?.keptIn).toBe('GATEHOUSE_KEY');
  });

  test('a vault that lost the row about its key is not given a new one over its secrets', async () => {
    await vault.set('lab', new Secret(canary));
    store.keyRow = null;
    await expect(openVault({ key, store, now: () => 0 })).rejects.toThrow(/lost the name of its key/);
    expect(store.keyRow).toBeNull();
  });

  test('a key that storage would not take is not used', async () => {
    const refusing = { secrets: store.secrets, vaultKey: { get: () => null, save: async () => false } };
    await expect(openVault({ key, store: refusing, now: () => 0 })).rejects.toThrow(/lost the name of its key/);
  });

  test('a key that only has the right id fails at the check value', async () => {
    const forged = { ...other, id: key.id };
    await expect(openVault({ key: forged, store, now: () => 0 })).rejects.toThrow(/check value/);
  });
});
