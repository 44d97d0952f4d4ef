/** The data key: found, made once, and never read from a file that others can read. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DataKeySearch, findDataKey, importDataKey } from '../../../gateway/secrets/data-key.ts';

let folder: string;
let keyFolder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'data-key-'));
  keyFolder = path.join(folder, 'config', 'gatehouse', 'keys');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function find(search: Partial<DataKeySearch> = {}) {
  return findDataKey({ given: null, vaultKey: null, holdsSecrets: false, keyFolder, ...search });
}

describe('making', () => {
  test('a first key is 32 new bytes in a private file named after it, in private folders', async () => {
    const made = await find();
    const file = path.join(keyFolder, `${made.id}.key`);
    expect(made.keptIn).toBe(`key file ${file}`);
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toEqual(made.key.export());
    expect(made.key.export()).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const made of [keyFolder, path.dirname(keyFolder)]) expect((await stat(made)).mode & 0o777).toBe(0o700);
  });

  test('two data folders get two keys side by side', async () => {
    const [first, second] = [await find(), await find()];
    expect(first.id).not.toBe(second.id);
    expect(await readdir(keyFolder)).toHaveLength(2);
  });

  test('a key folder that others may write to is refused with the command that closes it', async () => {
    await mkdir(keyFolder, { recursive: true });
    await chmod(keyFolder, 0o777);
    await expect(find()).rejects.toThrow(`chmod 700 "${keyFolder}"`);
    expect(await readdir(keyFolder)).toEqual([]);
  });

  test('where no file can be made, the refusal names the way without one', async () => {
    await writeFile(path.join(folder, 'config'), '');
    await expect(find()).rejects.toThrow(/GATEHOUSE_KEY/);
  });
});

describe('finding', () => {
  test('the vault that was made with a key file finds that file again', async () => {
    const made = await find();
    await find();
    const found = await find({ vaultKey: { keyId: made.id, keptIn: made.keptIn }, holdsSecrets: true });
    expect(found).toEqual(made);
    expect(found.key.equals(made.key)).toBe(true);
    expect(await readdir(keyFolder)).toHaveLength(2);
  });

  test('a given key wins, makes no file, and has the same id wherever it is kept', async () => {
    const made = await find();
    const given = await find({ given: made.key.export(), vaultKey: { keyId: made.id, keptIn: made.keptIn }, holdsSecrets: true });
    expect(given).toMatchObject({ id: made.id, keptIn: 'GATEHOUSE_KEY' });
    expect(await readdir(keyFolder)).toHaveLength(1);
  });

  test.each([0o640, 0o604, 0o622])('a key file with mode %o is refused with the command that closes it', async (mode) => {
    const made = await find();
    const file = path.join(keyFolder, `${made.id}.key`);
    await chmod(file, mode);
    const again = find({ vaultKey: { keyId: made.id, keptIn: made.keptIn }, holdsSecrets: true });
    await expect(again).rejects.toThrow(`chmod 600 "${file}"`);
  });

  test.each(['', 'not a key', randomBytes(32).toString('base64'), randomBytes(31).toString('base64')])(
    'a key file that holds %j is refused and left alone',
    async (content) => {
      const made = await find();
      const file = path.join(keyFolder, `${made.id}.key`);
      await writeFile(file, content);
      await expect(find({ vaultKey: { keyId: made.id, keptIn: made.keptIn } })).rejects.toThrow(
        /does not hold the key it is named after/,
      );
      expect(await readFile(file, 'utf8')).toBe(content);
    },
  );

  test('a key id that is no id never becomes a path', async () => {
    await expect(find({ vaultKey: { keyId: '../../../etc/passwd', keptIn: '' }, holdsSecrets: true })).rejects.toThrow(/key id/);
  });
});

describe('a full vault whose key is missing', () => {
  const keyId = '0123456789abcdef';

  test.each([
    [
      'key file /elsewhere/0123456789abcdef.key',
      /kept in key file \/elsewhere.*Put the file back as .*keys\/0123456789abcdef\.key/,
    ],
    ['GATEHOUSE_KEY', /kept in GATEHOUSE_KEY.*Set GATEHOUSE_KEY/],
    ['desktop keychain', /kept in desktop keychain/],
  ])('kept in %s: the refusal says so, and no second key is made', async (keptIn, words) => {
    await expect(find({ vaultKey: { keyId, keptIn }, holdsSecrets: true })).rejects.toThrow(words);
    await expect(readdir(keyFolder)).rejects.toThrow('ENOENT');
  });

  test('a vault that does not even know its key is refused as well', async () => {
    await expect(find({ holdsSecrets: true })).rejects.toThrow(/lost the name of its key/);
  });

  test('an emptied vault gets a new key file', async () => {
    const made = await find();
    await rename(path.join(keyFolder, `${made.id}.key`), path.join(folder, 'away'));
    expect((await find({ vaultKey: { keyId: made.id, keptIn: made.keptIn } })).id).not.toBe(made.id);
  });
});

test('a key of any other length is refused by where it came from', () => {
  expect(() => importDataKey(Buffer.alloc(31), 'desktop keychain')).toThrow(/desktop keychain.*31/);
});

describe('a key that the starting program offers', () => {
  const offered = { bytes: randomBytes(32), keptIn: 'the keychain of a test' };
  const { id: offeredId } = importDataKey(offered.bytes, offered.keptIn);

  test('is taken for an empty vault and for the one it filled, and no key file is made', async () => {
    expect(await find({ offered })).toMatchObject({ id: offeredId, keptIn: offered.keptIn });
    const vaultKey = { keyId: offeredId, keptIn: offered.keptIn };
    expect(await find({ offered, vaultKey, holdsSecrets: true })).toMatchObject({ id: offeredId });
    await expect(readdir(keyFolder)).rejects.toThrow(/ENOENT/);
  });

  test('gives way to the key file of a vault that was filled without it', async () => {
    const made = await find();
    const vaultKey = { keyId: made.id, keptIn: made.keptIn };
    expect(await find({ offered, vaultKey, holdsSecrets: true })).toEqual(made);
  });

  test('is never laid over a vault whose own key is missing', async () => {
    const vaultKey = { keyId: '0123456789abcdef', keptIn: 'GATEHOUSE_KEY' };
    await expect(find({ offered, vaultKey, holdsSecrets: true })).rejects.toThrow(/0123456789abcdef.*Set GATEHOUSE_KEY/);
  });
});
