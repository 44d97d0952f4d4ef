/** The key of the secrets is made once, wrapped where that protects it, never replaced, and never said to be safer than it is. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type KeyPlace, type KeyStore, openDataKey, type StoredKey } from '../../../electron/data-key.ts';

interface Disk extends KeyPlace {
  stored: StoredKey | null;
  writes: number;
}

function disk(stored: StoredKey | null = null): Disk {
  const place: Disk = {
    file: '/home/me/data-key.json',
    stored,
    writes: 0,
    read: () => place.stored,
    write: (key) => {
      place.stored = key;
      place.writes += 1;
    },
  };
  return place;
}

/** A store that turns text around behind a prefix. */
function keyring(changes: Partial<KeyStore> = {}, prefix = 'v11'): KeyStore {
  const reverse = (text: string) => [...text].reverse().join('');
  return {
    name: 'the GNOME keyring',
    isAvailable: () => Promise.resolve(true),
    encrypt: (text) => Promise.resolve(Buffer.from(prefix + reverse(text))),
    decrypt: (wrapped) => Promise.resolve({ text: reverse(wrapped.toString().slice(3)), renew: false }),
    ...changes,
  };
}

const locked = keyring({ isAvailable: () => Promise.resolve(false) });
const open = (store: KeyStore, place: KeyPlace, platform: NodeJS.Platform = 'linux') =>
  openDataKey({ platform, store, place, given: null });

describe('a first key', () => {
  test('is 32 new bytes, wrapped by the keyring, and opened again by the next start', async () => {
    const place = disk();
    const first = await open(keyring(), place);
    expect(Buffer.from(first.key ?? '', 'base64')).toHaveLength(32);
    expect(first.protection).toMatchObject({ state: 'protected', keptIn: 'the GNOME keyring' });
    expect(JSON.stringify(place.stored)).not.toContain(first.key);
    expect(await open(keyring(), place)).toEqual(first);
    expect(place.writes).toBe(1);
  });

  test('without a keyring is kept as it is, and that is said with the file and the cure', async () => {
    const place = disk();
    const { key, protection } = await open(locked, place);
    expect(place.stored).toEqual({ form: 'plain', value: key });
    expect(protection.state).toBe('unprotected');
    expect(protection.message).toMatch(/not protected.*\/home\/me\/data-key\.json.*Start a keyring/);
  });

  test('wrapped with the password that is printed in Chromium’s source counts as not protected', async () => {
    const place = disk();
    expect((await open(keyring({}, 'v10'), place)).protection.state).toBe('unprotected');
    expect(place.stored?.form).toBe('plain');
    expect((await open(keyring({}, 'v10'), disk(), 'win32')).protection.state).toBe('protected');
  });

  test('is not trusted to a store that cannot give it back', async () => {
    const place = disk();
    const forgetful = keyring({ decrypt: () => Promise.reject(new Error('no')) });
    expect((await open(forgetful, place)).protection.state).toBe('unprotected');
    expect(place.stored?.form).toBe('plain');
  });
});

describe('a kept key', () => {
  const key = randomBytes(32).toString('base64');

  test('moves into the keyring as soon as there is one, unchanged', async () => {
    const place = disk({ form: 'plain', value: key });
    expect(await open(keyring(), place)).toMatchObject({ key, protection: { state: 'protected' } });
    expect(place.stored?.form).toBe('wrapped');
  });

  test('stays as it is while there is none, and is not written again', async () => {
    const place = disk({ form: 'plain', value: key });
    expect(await open(locked, place)).toMatchObject({ key, protection: { state: 'unprotected' } });
    expect(place.writes).toBe(0);
  });

  test('is wrapped anew when the store asks for it', async () => {
    const place = disk({ form: 'wrapped', value: (await keyring({}, 'old').encrypt(key)).toString('base64') });
    const renewing = keyring({ decrypt: async (wrapped) => ({ ...(await keyring().decrypt(wrapped)), renew: true }) });
    expect(await open(renewing, place)).toMatchObject({ key });
    expect(Buffer.from(place.stored?.value ?? '', 'base64').toString()).toMatch(/^v11/);
  });

  test.each<[string, KeyStore, RegExp]>([
    ['the keyring is locked', locked, /does not answer; unlock or start it/],
    [
      'the keyring refuses it',
      keyring({ decrypt: () => Promise.reject(new Error('no')) }),
      /could not be read from the GNOME keyring/,
    ],
    ['the keyring gives back something else', keyring({ decrypt: () => Promise.resolve({ text: 'x', renew: true }) }), /is none/],
    ['the keyring breaks', keyring({ isAvailable: () => Promise.reject(new Error('The bus is gone.')) }), /The bus is gone/],
  ])('is unavailable and untouched while %s', async (_why, store, words) => {
    const place = disk({ form: 'wrapped', value: (await keyring().encrypt(key)).toString('base64') });
    const before = place.stored;
    const { key: found, protection } = await open(store, place);
    expect([found, protection.state]).toEqual([null, 'unavailable']);
    expect(protection.message).toMatch(words);
    expect([place.stored, place.writes]).toEqual([before, 0]);
  });

  test('in a damaged file is never overwritten', async () => {
    const place = {
      ...disk(),
      read: () => {
        throw new Error('The file is damaged.');
      },
      write: () => {
        throw new Error('It was written to.');
      },
    };
    expect(await open(keyring(), place)).toMatchObject({
      key: null,
      protection: { state: 'unavailable', message: 'The file is damaged.' },
    });
  });
});

test('a key from the environment is used and nothing is kept', async () => {
  const place = disk();
  const given = randomBytes(32).toString('base64');
  expect(await openDataKey({ platform: 'linux', store: locked, place, given })).toMatchObject({
    key: given,
    protection: { state: 'given' },
  });
  expect(place.writes).toBe(0);
});
