/** A changed file is noticed, however it was saved. */
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, open, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchFile } from '../../../gateway/config/watch-file.ts';

const times = { settleMs: 20, pollMs: 100 };
let folder: string;
let file: string;
let close: () => void;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'watch-file-'));
  file = path.join(folder, 'config.json');
  await writeFile(file, 'one');
  close = () => undefined;
});

afterEach(async () => {
  close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a watch and waits for its first report, so that each test counts only what it causes. */
async function startWatch(onSettled: () => Promise<void> = async () => undefined, watchTimes = times) {
  const settled = vi.fn(onSettled);
  close = watchFile(file, settled, watchTimes).close;
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(1), 2000);
  return settled;
}

async function replace(content: string): Promise<void> {
  await writeFile(`${file}~`, content);
  await rename(`${file}~`, file);
}

test.each<[string, () => Promise<void>]>([
  ['written in place', () => writeFile(file, 'two')],
  ['replaced by a rename', () => replace('two')],
  ['moved away and written anew', async () => rename(file, `${file}.bak`).then(() => writeFile(file, 'two'))],
  ['deleted', () => unlink(file)],
])('a file that is %s is reported once', async (_how, change) => {
  const settled = await startWatch();
  await change();
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(2), 2000);
  await delay(3 * times.pollMs);
  expect(settled).toHaveBeenCalledTimes(2);
});

test('after a rename over it, a deletion and a return, later changes are still noticed', async () => {
  const settled = await startWatch();
  let reports = 1;
  const steps = [
    () => replace('two'),
    () => writeFile(file, 'three'),
    () => unlink(file),
    () => writeFile(file, 'four'),
    () => appendFile(file, '!'),
  ];
  for (const step of steps) {
    await step();
    reports += 1;
    await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(reports), 2000);
  }
});

test('a file that is not there yet is reported when it comes', async () => {
  await unlink(file);
  const settled = await startWatch();
  await writeFile(file, 'late');
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(2), 2000);
});

test('the system tells of a change long before the next poll would', async () => {
  const settled = await startWatch(undefined, { settleMs: 20, pollMs: 60_000 });
  await delay(100);
  await writeFile(file, 'two');
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(2), 2000);
  await replace('three');
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(3), 2000);
});

test('a link that is pointed elsewhere is noticed by the poll', async () => {
  const link = path.join(folder, 'link.json');
  await writeFile(path.join(folder, 'other'), 'other');
  await symlink('config.json', link);
  const settled = vi.fn(async () => undefined);
  close = watchFile(link, settled, times).close;
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(1), 2000);
  await symlink('other', `${link}~`);
  await rename(`${link}~`, link);
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(2), 2000);
});

test('a file that is being written is not reported before it rests', async () => {
  const settled = await startWatch(undefined, { settleMs: 200, pollMs: 250 });
  const handle = await open(file, 'w');
  for (let piece = 0; piece < 30; piece += 1) {
    await handle.write(`piece ${piece}\n`);
    await delay(25);
  }
  const duringTheWriting = settled.mock.calls.length;
  await handle.close();
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(duringTheWriting + 1), 2000);
  expect(duringTheWriting).toBe(1);
});

test('a change during a report is reported after it, never beside it', async () => {
  let running = 0;
  let most = 0;
  const settled = await startWatch(async () => {
    running += 1;
    most = Math.max(most, running);
    await delay(60);
    running -= 1;
  });
  await writeFile(file, 'two');
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(2), 2000);
  await writeFile(file, 'three');
  await vi.waitFor(() => expect(settled).toHaveBeenCalledTimes(3), 2000);
  expect(most).toBe(1);
});

test('after close nothing is reported any more', async () => {
  const settled = await startWatch();
  await writeFile(file, 'two');
  close();
  await utimes(file, 1, 1);
  await delay(2 * times.pollMs);
  expect(settled).toHaveBeenCalledTimes(1);
});

test('a watch alone keeps no process alive', async () => {
  const source = new URL('../../../gateway/config/watch-file.ts', import.meta.url).href;
  const program = `import { watchFile } from ${JSON.stringify(source)}; watchFile(${JSON.stringify(file)}, async () => undefined);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore', timeout: 5000 });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(0);
});
