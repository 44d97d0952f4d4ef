/** Ends what an engine of a run that crashed has left behind, known by what was written down of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readJsonFile, removeFile } from '../json-file.ts';
import { type EngineRecord, findOrphans } from './orphans.ts';
import { readProcesses } from './process-table.ts';

const processSchema = z.object({
  pid: z.number().int().positive(),
  parentPid: z.number().int(),
  groupId: z.number().int().nullable(),
  startedAt: z.string(),
  executable: z.string(),
});

const recordSchema = z.object({ leader: processSchema, engine: processSchema, binary: z.string() });

/** @returns null where nothing is written down */
export async function readRecord(file: string): Promise<EngineRecord | null> {
  const read = recordSchema.safeParse(await readJsonFile(file));
  return read.success ? read.data : null;
}

/** Looks in so many milliseconds whether they have ended. */
const lookMs = 50;

/**
 * @param graceMs how long they may take to end
 * @returns how many processes were ended; the record is gone then
 */
export async function reapOrphans(recordFile: string, graceMs: number): Promise<number> {
  const record = await readRecord(recordFile);
  if (record === null) return 0;
  const orphans = findOrphans(record, await readProcesses());
  for (const { pid } of orphans) signal(pid, 'SIGTERM');
  let left = orphans;
  for (const endAtMs = performance.now() + graceMs; left.length > 0 && performance.now() < endAtMs; ) {
    await delay(lookMs);
    left = findOrphans(record, await readProcesses());
  }
  for (const { pid } of left) signal(pid, 'SIGKILL');
  await removeFile(recordFile);
  return orphans.length;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
