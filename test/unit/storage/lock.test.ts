/** One process for each data folder, and nobody else's eyes in it. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DataFolderInUseError } from '../../../gateway/storage/lock.ts';
import { openStorage } from '../../../gateway/storage/open-storage.ts';
import { acknowledged, makeFolder, openForTest, startRow } from './rows.ts';

test('a second opener is refused with the pid of the first, and gets the folder after it closed', async () => {
  const dataDir = makeFolder();
  const first = await openForTest(dataDir);
  const refused = await openStorage({ dataDir, now: Date.now }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DataFolderInUseError);
  expect(refused).toMatchObject({ dataDir, pid: process.pid });
  expect(await acknowledged((done) => first.recorder.start(startRow(1), done))).toBeNull();
  await first.close();
  const second = await openForTest(dataDir);
  expect(second.lastRequestKey).toBe(1);
});

test('a refused opener does not loosen the lock of the first', async () => {
  const dataDir = makeFolder();
  await openForTest(dataDir);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(openStorage({ dataDir, now: Date.now })).rejects.toBeInstanceOf(DataFolderInUseError);
  }
});

test('an opener that fails after taking the lock gives it back', async () => {
  const dataDir = makeFolder();
  writeFileSync(path.join(dataDir, 'gatehouse.db'), 'no database');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(openStorage({ dataDir, now: Date.now })).rejects.toThrow(/is damaged/);
  }
});

test.skipIf(process.platform === 'win32')('every file is readable by its owner only, while open and after', async () => {
  const dataDir = path.join(makeFolder(), 'data');
  const modes = (): string[] =>
    readdirSync(dataDir).map((name) => `${name} ${(statSync(path.join(dataDir, name)).mode & 0o777).toString(8)}`);
  const umask = process.umask(0);
  try {
    const storage = await openForTest(dataDir);
    await acknowledged((done) => storage.recorder.start(startRow(1), done));
    await storage.listRequests({ limit: 1 });
    expect(modes()).toContain('gatehouse.db-wal 600');
    expect(modes().filter((entry) => !entry.endsWith(' 600'))).toEqual([]);
    await storage.close();
  } finally {
    process.umask(umask);
  }
  expect(modes().filter((entry) => !entry.endsWith(' 600'))).toEqual([]);
  expect((statSync(dataDir).mode & 0o777).toString(8)).toBe('700');
});
