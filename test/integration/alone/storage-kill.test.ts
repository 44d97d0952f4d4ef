/** What a `kill -9` leaves behind: every acknowledged row, no open one, summaries that add up to the rows, and a folder that can be taken again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { RequestItem } from '../../../gateway/contract/records.ts';
import { DataFolderInUseError } from '../../../gateway/storage/lock.ts';
import { openStorage, type Storage } from '../../../gateway/storage/open-storage.ts';
import { sumsOfRows, sumsOfSummaries } from '../../support/usage-sums.ts';

const program = path.join(import.meta.dirname, 'storage-kill-child.ts');
const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';

/** Runs the child until it has acknowledged enough, kills it, and returns what it had acknowledged. */
async function writeUntilKilled(dataDir: string, lines: number): Promise<{ started: Set<string>; finished: Set<string> }> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > lines * 18) child.kill('SIGKILL');
  });
  await Promise.all([gone, once(child.stdout, 'close')]);
  // The last line may have been cut by the kill.
  const whole = text.split('\n').slice(0, -1);
  const idsOf = (mark: string): Set<string> =>
    new Set(whole.filter((line) => line.startsWith(mark)).map((line) => line.slice(2)));
  return { started: idsOf('s'), finished: idsOf('f') };
}

async function readAll(storage: Storage): Promise<RequestItem[]> {
  const items: RequestItem[] = [];
  let cursor: string | null = null;
  do {
    const page = await storage.listRequests({ limit: 500, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

test('after kill -9 nothing acknowledged is missing, every row left open becomes interrupted, and summaries add up to the rows', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'gatehouse-kill-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const started = new Set<string>();
  const finished = new Set<string>();
  let interrupted = 0;
  for (let round = 0; round < (isFull ? 40 : 4); round += 1) {
    const acknowledged = await writeUntilKilled(dataDir, 400 + round * 300);
    for (const id of acknowledged.started) started.add(id);
    for (const id of acknowledged.finished) finished.add(id);
    const begun = performance.now();
    const storage = openStorage({ dataDir, now: Date.now });
    expect(performance.now() - begun).toBeLessThan(2_000);
    interrupted += storage.interruptedCount;
    const items = await readAll(storage);
    const log = new Database(path.join(dataDir, 'gatehouse.db'), { readonly: true });
    expect(sumsOfSummaries(log)).toEqual(sumsOfRows(log));
    log.close();
    await storage.close();
    const states = new Map(items.map(({ id, state }) => [id, state]));
    expect([...started].filter((id) => !states.has(id))).toEqual([]);
    expect([...finished].filter((id) => states.get(id) !== 'ok')).toEqual([]);
    expect(items.filter(({ state }) => state === 'started')).toEqual([]);
    expect(items.filter(({ state }) => state === 'interrupted')).toHaveLength(interrupted);
  }
  expect(finished.size).toBeGreaterThan(500);
  expect(interrupted).toBeGreaterThan(0);
});

test('another process holds the folder until it is killed, not a moment longer', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'gatehouse-kill-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.resume();
  const open = () => openStorage({ dataDir, now: Date.now });
  expect(open).toThrow(DataFolderInUseError);
  expect(open).toThrow(expect.objectContaining({ pid: child.pid }));
  child.kill('SIGKILL');
  await gone;
  await openStorage({ dataDir, now: Date.now }).close();
});

test('a process that has closed its storage ends by itself', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'gatehouse-kill-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const closer = path.join(import.meta.dirname, 'storage-close-child.ts');
  const child = spawn(process.execPath, [closer, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 });
  let text = '';
  let closedAt = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    closedAt = performance.now();
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(text).toBe('ok ok started started\n');
  expect(performance.now() - closedAt).toBeLessThan(1_500);
});
