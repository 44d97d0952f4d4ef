/** Where key files are kept. */
import { expect, test } from 'vitest';
import { defaultDataFolder } from '../../../gateway/config/data-folder.ts';
import { defaultKeyFolder, keyFolderWarning } from '../../../gateway/secrets/key-folder.ts';

test.each<[NodeJS.Platform, Record<string, string>, string, string]>([
  ['linux', {}, '/home/ada', '/home/ada/.config/gatehouse/keys'],
  ['linux', { XDG_CONFIG_HOME: '/etc/ada' }, '/home/ada', '/etc/ada/gatehouse/keys'],
  ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/ada', '/home/ada/.config/gatehouse/keys'],
  ['darwin', {}, '/Users/ada', '/Users/ada/Library/Application Support/Gatehouse Keys'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\ada', 'D:\\Local\\Gatehouse\\keys'],
  ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Local\\Gatehouse\\keys'],
])('on %s with %j they are where that system expects them', (platform, environment, homeFolder, expected) => {
  expect(defaultKeyFolder({ platform, environment, homeFolder })).toBe(expected);
});

test.each<NodeJS.Platform>(['linux', 'darwin', 'win32'])('on %s they are outside the usual data folder', (platform) => {
  const place = { platform, environment: {}, homeFolder: platform === 'win32' ? 'C:\\Users\\ada' : '/home/ada' };
  expect(keyFolderWarning(defaultKeyFolder(place), defaultDataFolder(place))).toBeNull();
});

test('a key folder inside the data folder is said, one that only sounds alike is not', () => {
  expect(keyFolderWarning('/data/.config/gatehouse/keys', '/data')).toContain('/data');
  expect(keyFolderWarning('/data', '/data')).not.toBeNull();
  expect(keyFolderWarning('/data-keys', '/data')).toBeNull();
  expect(keyFolderWarning('/data/..keys', '/data')).not.toBeNull();
});
