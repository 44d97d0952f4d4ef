/** The background thread: checkpoints that are in nobody's way, and what happens when it fails. */
import { renameSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createBackground, type LogBackground, ReadFailedError } from '../../../gateway/storage/background.ts';
import { databaseFile } from '../../../gateway/storage/open-database.ts';
import { makeFolder, openForTest, openWriterForTest, startInLog } from './rows.ts';

function openBackground(file: string): LogBackground {
  const background = createBackground(file);
  onTestFinished(() => background.close());
  return background;
}

test('a checkpoint neither fails nor waits for a reader, and bounds the journal once nobody reads', async () => {
  const { database, file } = openWriterForTest();
  const background = openBackground(file);
  const insert = database.prepare("INSERT INTO configVersions VALUES (?, 1, 'call', ?)");
  let version = 0;
  const writeTwentyMegabytes = (): number => {
    for (let count = 0; count < 20; count += 1) insert.run(++version, 'x'.repeat(1 << 20));
    return statSync(`${file}-wal`).size;
  };
  database.pragma('wal_autocheckpoint = 0');
  writeTwentyMegabytes();
  const reader = new Database(file, { readonly: true });
  reader.exec('BEGIN');
  expect(reader.prepare('SELECT count(*) FROM configVersions').pluck().get()).toBe(20);
  const beforeReader = writeTwentyMegabytes();
  const begun = performance.now();
  await background.checkpoint();
  expect(performance.now() - begun).toBeLessThan(1_500);
  const withReader = writeTwentyMegabytes();
  expect(withReader).toBeGreaterThan(beforeReader);
  expect(reader.prepare('SELECT count(*) FROM configVersions').pluck().get()).toBe(20);
  reader.exec('COMMIT');
  reader.close();
  for (let round = 0; round < 3; round += 1) {
    await background.checkpoint();
    expect(writeTwentyMegabytes()).toBe(withReader);
  }
  expect(database.prepare('SELECT count(*) FROM configVersions').pluck().get()).toBe(120);
});

test('a journal is begun anew although writes never pause, and none of them fails for it', async () => {
  const { writer, database, file } = openWriterForTest();
  database.pragma('wal_autocheckpoint = 0');
  const background = openBackground(file);
  let version = 0;
  let size = 0;
  let writesIntoOldSpace = 0;
  const write = async (length: number): Promise<void> => {
    version += 1;
    const written = { version, documentJson: 'x'.repeat(length), savedAtMs: 1, source: 'call' };
    await writer.write({ type: 'save-config-version', version: written });
    const newSize = statSync(`${file}-wal`).size;
    writesIntoOldSpace = newSize === size ? writesIntoOldSpace + 1 : 0;
    size = newSize;
  };
  while (version < 20) await write(1 << 20);
  let checkpoint: Promise<void> | null = null;
  const until = performance.now() + 7_000;
  // A journal that is written a hundred times without growing was begun anew; one that was not grows with every write.
  while (writesIntoOldSpace < 100 && performance.now() < until) {
    checkpoint ??= background.checkpoint().finally(() => {
      checkpoint = null;
    });
    await write(4_000);
    // Some thousand writes a second: shorter pauses than any checkpoint takes.
    const next = performance.now() + 0.2;
    while (performance.now() < next) await turn();
  }
  expect(writesIntoOldSpace).toBe(100);
});

test('a checkpoint while another program writes does what it can and does not fail', async () => {
  const { writer, file } = openWriterForTest();
  const background = openBackground(file);
  await startInLog(writer, 1);
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  await Promise.all([background.checkpoint(), background.checkpoint()]);
  other.close();
});

test.skipIf(process.platform === 'win32')(
  'a thread that cannot read fails the question, not the program, and the next question starts another',
  async () => {
    const dataDir = makeFolder();
    const file = databaseFile(dataDir);
    const storage = openForTest(dataDir);
    await startInLog(storage.recorder, 1);
    renameSync(file, `${file}.away`);
    await expect(storage.listRequests({ limit: 1 })).rejects.toThrow(ReadFailedError);
    renameSync(`${file}.away`, file);
    expect((await storage.listRequests({ limit: 1 })).items).toHaveLength(1);
  },
);

test('closing answers what was asked before and refuses what is asked after', async () => {
  const storage = openForTest(makeFolder());
  await startInLog(storage.recorder, 1);
  const before = storage.listRequests({ limit: 1 });
  const closing = storage.close();
  await expect(storage.listRequests({ limit: 1 })).rejects.toThrow(/is stopping/);
  expect((await before).items).toHaveLength(1);
  await closing;
});
