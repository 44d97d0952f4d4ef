/** Folders and writes for the storage tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Acknowledge } from '../../../gateway/contract/records.ts';
import { openStorage, type Storage } from '../../../gateway/storage/open-storage.ts';

export { attempt, finishRow, startRow } from '../../support/request-rows.ts';

/** A folder of this test's own, removed after it. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens storage and closes it after the test. */
export async function openForTest(dataDir: string): Promise<Storage> {
  const storage = await openStorage({ dataDir, now: () => 1_700_000_000_000 });
  onTestFinished(() => storage.close());
  return storage;
}

/** Turns an acknowledgement into a promise of its error. */
export function acknowledged(write: (acknowledge: Acknowledge) => void): Promise<Error | null> {
  return new Promise((resolve) => write(resolve));
}
