/**
 * Writes requests without end, eight at a time, and prints each acknowledgement as it comes, until it is killed. Now and then it asks
 * for what was spent, which brings the summaries up to date.
 */
import { writeSync } from 'node:fs';
import { createKeySource, formatRequestId } from '../../../gateway/contract/request-id.ts';
import { openStorage } from '../../../gateway/storage/open-storage.ts';
import { noCost, type RequestFinish } from '../../../gateway/contract/records.ts';
import { attempt, finishRow, startRow } from '../../support/request-rows.ts';

const storage = openStorage({ dataDir: String(process.argv[2]), now: Date.now });
const nextKey = createKeySource(storage.lastRequestKey, Date.now);
let ended = 0;

/** A third of them had an attempt elsewhere that cost something; some are of no known price. */
function endOf(key: number): RequestFinish {
  const cost = {
    ...noCost,
    nanoUsd: key % 11 === 0 ? null : 1_000 + (key % 997),
    basis: key % 11 === 0 ? 'unknown' : 'computed',
  } as const;
  const elsewhere = { ...attempt(1), provider: 'dear', costUsd: 0.000_000_2 };
  return finishRow(key, { cost, attempts: key % 3 === 0 ? [elsewhere, attempt(2)] : [attempt(1)] });
}

function say(mark: string, key: number, error: Error | null): void {
  if (error) throw error;
  const line = `${mark} ${formatRequestId(key)}\n`;
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (failure) {
      // The pipe is full while the parent does something else.
      if (!(failure instanceof Error && 'code' in failure && failure.code === 'EAGAIN')) throw failure;
    }
  }
}

/** Some end in the turn they begin in, some while their start still waits, some when it is long in the log. */
function run(): void {
  const key = nextKey();
  const started = storage.recorder.start(startRow(key, { startedAtMs: Date.now() }), (error) => say('s', key, error));
  const end = (): void =>
    storage.recorder.finish(started, endOf(key), (error) => {
      say('f', key, error);
      ended += 1;
      if (ended % 60 === 0) void storage.usage.spentHours({ scope: { kind: 'all', of: null }, fromMs: 0, toMs: Date.now() });
      run();
    });
  if (key % 7 === 0) end();
  else setTimeout(end, key % 7);
}

for (let index = 0; index < 8; index += 1) run();
