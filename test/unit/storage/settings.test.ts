/** Client keys, the vault and config versions: kept, refused, found again. */
import { expect, test } from 'vitest';
import { clientItemSchema } from '../../../gateway/contract/records.ts';
import type { ClientRow } from '../../../gateway/storage/settings-writes.ts';
import { clientRow } from '../../support/client-rows.ts';
import { makeFolder, openForTest } from './rows.ts';

const client = (id: string, hash = id): ClientRow => clientRow(id, {}, hash);

test('clients survive a restart with their hash, their strictness, their sensitivity, their end and when they were last seen', async () => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  await storage.clients.create(client('a'));
  await storage.clients.create(client('b'));
  expect(await storage.clients.update('a', { strict: true })).toBe(true);
  expect(await storage.clients.update('a', { sensitivity: 'private' })).toBe(true);
  expect(await storage.clients.revoke('b')).toBe(true);
  expect(await storage.clients.update('b', { strict: true })).toBe(false);
  expect(await storage.clients.update('c', { strict: true })).toBe(false);
  expect(await storage.clients.revoke('b')).toBe(false);
  storage.clients.touch('a', 50);
  storage.clients.touch('a', 60);
  expect(storage.clients.list().map(({ lastSeenAtMs }) => lastSeenAtMs)).toEqual([60, null]);
  await storage.close();
  const again = openForTest(dataDir);
  expect(again.clients.loadAll()).toEqual([
    { ...client('a'), strict: true, sensitivity: 'private', lastSeenAtMs: 60 },
    { ...client('b'), revokedAtMs: 1_700_000_000_000 },
  ]);
});

test('the list of clients never holds a hash', async () => {
  const storage = openForTest(makeFolder());
  await storage.clients.create(client('a', 'secret-hash'));
  const [item] = storage.clients.list();
  expect(clientItemSchema.strict().parse(item)).toEqual(item);
});

test('two clients cannot have one key', async () => {
  const storage = openForTest(makeFolder());
  await storage.clients.create(client('a', 'same'));
  await expect(storage.clients.create(client('b', 'same'))).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
});

test('an older note of when a client was seen does not overwrite a newer one', async () => {
  const dataDir = makeFolder();
  const storage = openForTest(dataDir);
  await storage.clients.create({ ...client('a'), lastSeenAtMs: 100 });
  storage.clients.touch('a', 50);
  await storage.close();
  expect(openForTest(dataDir).clients.loadAll()[0]?.lastSeenAtMs).toBe(100);
});

test('a secret keeps its bytes, is replaced under its name, and is gone when deleted', async () => {
  const storage = openForTest(makeFolder());
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  await storage.secrets.save({ name: 'lab', ciphertext: Buffer.from([1]), lastFour: 'aaaa', savedAtMs: 1 });
  await storage.secrets.save({ name: 'lab', ciphertext: bytes, lastFour: 'bbbb', savedAtMs: 2 });
  expect(storage.secrets.list()).toEqual([{ name: 'lab', lastFour: 'bbbb', savedAtMs: 2 }]);
  expect(Buffer.from(storage.secrets.get('lab')?.ciphertext ?? []).equals(bytes)).toBe(true);
  expect(await storage.secrets.delete('lab')).toBe(true);
  expect(await storage.secrets.delete('lab')).toBe(false);
  expect(storage.secrets.get('lab')).toBeNull();
});

test('a second data key is never put over a vault that holds something', async () => {
  const storage = openForTest(makeFolder());
  const key = (keyId: string) => ({ keyId, keptIn: 'a key file', checkValue: Buffer.from(keyId) });
  expect(storage.vaultKey.get()).toBeNull();
  expect(await storage.vaultKey.save(key('first'))).toBe(true);
  expect(await storage.vaultKey.save(key('second'))).toBe(true);
  await storage.secrets.save({ name: 'lab', ciphertext: Buffer.from([1]), lastFour: 'aaaa', savedAtMs: 1 });
  expect(await storage.vaultKey.save(key('third'))).toBe(false);
  expect(await storage.vaultKey.save({ ...key('second'), keptIn: 'elsewhere' })).toBe(true);
  expect(storage.vaultKey.get()).toEqual({ ...key('second'), keptIn: 'elsewhere' });
});

test('config versions are kept as written, listed newest first, and never overwritten', async () => {
  const storage = openForTest(makeFolder());
  const version = (number: number) => ({ version: number, documentJson: `{"n":${number}.0}`, savedAtMs: number, source: 'call' });
  expect(storage.configVersions.latest()).toBeNull();
  await storage.configVersions.save(version(1));
  await storage.configVersions.save(version(2));
  await expect(storage.configVersions.save({ ...version(2), documentJson: '{}' })).rejects.toMatchObject({
    code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  });
  expect(storage.configVersions.latest()).toEqual(version(2));
  expect(storage.configVersions.get(1)).toEqual(version(1));
  expect(storage.configVersions.list()).toEqual([2, 1].map((number) => ({ version: number, savedAtMs: number, source: 'call' })));
});
