/** Writes a little, reads it, closes, says what it read, and leaves it to the process to end by itself. */
import { openStorage } from '../../../gateway/storage/open-storage.ts';
import { finishRow, startRow } from '../../support/request-rows.ts';

const ignore = (): void => undefined;
const storage = openStorage({ dataDir: String(process.argv[2]), now: Date.now });
const handles = [1, 2, 3, 4].map((key) => storage.recorder.start(startRow(key), ignore));
for (const started of handles.slice(2)) storage.recorder.finish(started, finishRow(started.start.key), ignore);
storage.clients.touch('nobody', 1);
const { items } = await storage.listRequests({ limit: 10 });
storage.recorder.start(startRow(5), ignore);
await storage.close();
process.stdout.write(`${items.map(({ state }) => state).join(' ')}\n`);
