/** Folders and writes for the storage tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Acknowledge, RequestFinish, RequestRecorder, RequestStart, StartedRow } from '../../../gateway/contract/records.ts';
import type { ShadowEnd, ShadowStart } from '../../../gateway/contract/shadows.ts';
import type { Outage } from '../../../gateway/storage/late-writes.ts';
import { createFollowers } from '../../../gateway/storage/commit-batch.ts';
import { databaseFile, openDatabase } from '../../../gateway/storage/open-database.ts';
import { openStorage, type Storage } from '../../../gateway/storage/open-storage.ts';
import { openWriter, type Writer } from '../../../gateway/storage/writer.ts';
import { finishRow, startRow } from '../../support/request-rows.ts';

export { attempt, finishRow, startRow } from '../../support/request-rows.ts';

/** A folder of this test's own, removed after it. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens storage and closes it after the test. */
export function openForTest(dataDir: string): Storage {
  const storage = openStorage({ dataDir, now: () => 1_700_000_000_000 });
  onTestFinished(() => storage.close());
  return storage;
}

/** Turns an acknowledgement into a promise of its error. */
export function acknowledged(write: (acknowledge: Acknowledge) => void): Promise<Error | null> {
  return new Promise((resolve) => write(resolve));
}

/** A start that was handed over: what its finish must name, and the error it was acknowledged with. */
export interface HandedOver {
  readonly started: StartedRow;
  readonly acknowledged: Promise<Error | null>;
}

export function start(recorder: RequestRecorder, key: number, change: Partial<RequestStart> = {}): HandedOver {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  return { started: recorder.start(startRow(key, change), resolve), acknowledged: promise };
}

/** Hands the second half over. A `key` stands for a start that the recorder never saw. */
export function finish(
  recorder: RequestRecorder,
  started: StartedRow | number,
  change: Partial<RequestFinish> = {},
): Promise<Error | null> {
  const row = typeof started === 'number' ? { start: startRow(started) } : started;
  return acknowledged((done) => recorder.finish(row, finishRow(row.start.key, change), done));
}

/** Hands a start over and waits until it is in the log. */
export async function startInLog(
  recorder: RequestRecorder,
  key: number,
  change: Partial<RequestStart> = {},
): Promise<StartedRow> {
  const { started, acknowledged: end } = start(recorder, key, change);
  recorder.flush();
  const error = await end;
  if (error) throw error;
  return started;
}

export interface OpenWriter {
  readonly writer: Writer;
  /** The writer's own connection. */
  readonly database: Database;
  readonly file: string;
  /** How often a checkpoint was due. */
  readonly checkpointsDue: () => number;
  /** What was told of outages, in order. */
  readonly outages: readonly (Outage | null)[];
}

/** A writer alone, as storage sets its connection up; closed after the test. */
export function openWriterForTest(): OpenWriter {
  const dataDir = makeFolder();
  const database = openDatabase(dataDir);
  database.pragma('busy_timeout = 0');
  let due = 0;
  const outages: (Outage | null)[] = [];
  const writer = openWriter(database, {
    followers: createFollowers(database),
    onCheckpointDue: () => (due += 1),
    now: () => 1_700_000_000_000,
    onOutage: (outage) => outages.push(outage),
  });
  onTestFinished(async () => {
    await writer.close();
    database.close();
  });
  return { writer, database, file: databaseFile(dataDir), checkpointsDue: () => due, outages };
}

/** A copy of a request that begins, and one that is over. */
export const shadowStart = (requestKey: number, change: Partial<ShadowStart> = {}): ShadowStart => ({
  requestKey,
  startedAtMs: 1_700_000_000_500,
  day: '2026-01-05',
  target: 'copy/m',
  rule: 'mirror',
  heldNanoUsd: 250,
  ...change,
});

export const shadowEnd = (requestKey: number, change: Partial<ShadowEnd> = {}): ShadowEnd => ({
  requestKey,
  status: 200,
  durationMs: 80.5,
  firstTokenMs: 12.25,
  usage: { inputTokens: 5, cachedInputTokens: 1, cacheWriteTokens: null, outputTokens: 6, reasoningTokens: 2, estimated: true },
  cost: { nanoUsd: 125, basis: 'computed', price: null, cacheSavedNanoUsd: 0, localSavedNanoUsd: 0 },
  settlement: null,
  rawUsageJson: '{"prompt_tokens":5}',
  errorKind: null,
  errorMessage: null,
  textLength: 40,
  ...change,
});

/** What the log holds, by key. */
export function rowsOf(database: Database): Record<string, unknown> {
  return Object.fromEntries(database.prepare<[], [number, string]>('SELECT key, state FROM requests').raw().all());
}
