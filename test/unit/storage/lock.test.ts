/** One process for each data folder, and nobody else's eyes in it. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DataFolderInUseError } from '../../../gateway/storage/lock.ts';
import { openStorage } from '../../../gateway/storage/open-storage.ts';
import { makeFolder, openForTest, startInLog } from './rows.ts';

test('a second opener is refused with the pid of the first, and gets the folder after it closed', async () => {
  const dataDir = makeFolder();
  const first = openForTest(dataDir);
  const reopen = () => openStorage({ dataDir, now: Date.now });
  expect(reopen).toThrow(DataFolderInUseError);
  expect(reopen).toThrow(expect.objectContaining({ dataDir, pid: process.pid }));
  await startInLog(first.recorder, 1);
  await first.close();
  const second = openForTest(dataDir);
  expect(second.lastRequestKey).toBe(1);
});

test('a refused opener does not loosen the lock of the first', () => {
  const dataDir = makeFolder();
  openForTest(dataDir);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(() => openStorage({ dataDir, now: Date.now })).toThrow(DataFolderInUseError);
  }
});

test('an opener that fails after taking the lock gives it back', () => {
  const dataDir = makeFolder();
  writeFileSync(path.join(dataDir, 'gatehouse.db'), 'no database');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(() => openStorage({ dataDir, now: Date.now })).toThrow(/is damaged/);
  }
});

test.skipIf(process.platform === 'win32')('every file is readable by its owner only, while open and after', async () => {
  const dataDir = path.join(makeFolder(), 'data');
  const modes = (): string[] =>
    readdirSync(dataDir).map((name) => `${name} ${(statSync(path.join(dataDir, name)).mode & 0o777).toString(8)}`);
  const umask = process.umask(0);
  try {
    const storage = openForTest(dataDir);
    await startInLog(storage.recorder, 1);
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
