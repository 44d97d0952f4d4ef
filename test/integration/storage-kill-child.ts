/** Writes requests without end, eight at a time, and prints each acknowledgement as it comes, until it is killed. */
import { writeSync } from 'node:fs';
import { createKeySource, formatRequestId } from '../../gateway/contract/request-id.ts';
import { openStorage } from '../../gateway/storage/open-storage.ts';
import { finishRow, startRow } from '../support/request-rows.ts';

const storage = openStorage({ dataDir: String(process.argv[2]), now: Date.now });
const nextKey = createKeySource(storage.lastRequestKey, Date.now);

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
  const started = storage.recorder.start(startRow(key), (error) => say('s', key, error));
  const end = (): void =>
    storage.recorder.finish(started, finishRow(key), (error) => {
      say('f', key, error);
      run();
    });
  if (key % 7 === 0) end();
  else setTimeout(end, key % 7);
}

for (let index = 0; index < 8; index += 1) run();
