/** Where the data folder is and who may look into it. */
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultDataFolder, openDataFolder } from '../../../gateway/config/data-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'data-folder-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test.each<[NodeJS.Platform, Record<string, string>, string, string]>([
  ['linux', {}, '/home/ada', '/home/ada/.local/share/gatehouse'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/home/ada', '/data/gatehouse'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada', '/home/ada/.local/share/gatehouse'],
  ['linux', { XDG_DATA_HOME: '' }, '/home/ada', '/home/ada/.local/share/gatehouse'],
  ['darwin', { XDG_DATA_HOME: '/data' }, '/Users/ada', '/Users/ada/Library/Application Support/Gatehouse'],
  ['win32', { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' }, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Roaming\\Gatehouse'],
  ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Roaming\\Gatehouse'],
])('on %s with %j it is where that system expects it', (platform, environment, homeFolder, expected) => {
  expect(defaultDataFolder({ platform, environment, homeFolder })).toBe(expected);
});

test('a new folder and its new parents are open to their owner only', async () => {
  const inner = path.join(folder, 'a', 'b');
  expect(await openDataFolder(inner)).toEqual({ path: inner, warning: null });
  for (const made of [inner, path.join(folder, 'a')]) expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test('a folder that others may read is taken as it is, with the command that closes it', async () => {
  const open = path.join(folder, 'open');
  await mkdir(open);
  await chmod(open, 0o755);
  expect((await openDataFolder(open)).warning).toContain(`chmod 700 "${open}"`);
  expect((await stat(open)).mode & 0o777).toBe(0o755);
});

test('a file in its place is refused with its path', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await expect(openDataFolder(file)).rejects.toThrow(file);
  await expect(openDataFolder(path.join(file, 'inner'))).rejects.toThrow(/--data/);
});
