/** The client keys in force: found by their key alone, with what they are held to, and gone when revoked. */
import { beforeEach, expect, test } from 'vitest';
import { plainTerms } from '../../../gateway/contract/client-terms.ts';
import { hashClientKey } from '../../../gateway/secrets/client-keys.ts';
import { type ClientEntry, type ClientStore, openClientBook } from '../../../gateway/secrets/client-book.ts';

/** A store in memory; `writable` false makes it refuse as a full disk does. */
function memoryStore() {
  const entries: ClientEntry[] = [];
  const state = { writable: true };
  const change = (id: string, changes: Partial<ClientEntry>): Promise<boolean> => {
    if (!state.writable) return Promise.reject(new Error('the disk is full'));
    const place = entries.findIndex((entry) => entry.id === id && entry.revokedAtMs === null);
    const found = entries[place];
    if (found) entries[place] = { ...found, ...changes };
    return Promise.resolve(found !== undefined);
  };
  const store: ClientStore = {
    loadAll: () => [...entries],
    create: async (entry) => void entries.push(entry),
    update: (id, changes) => change(id, JSON.parse(JSON.stringify(changes))),
    addKey(id, key, olderEndAtMs) {
      const older = entries.find((entry) => entry.id === id)?.keys ?? [];
      const ended = older.map((one) => ({ ...one, endsAtMs: Math.min(one.endsAtMs ?? olderEndAtMs, olderEndAtMs) }));
      return change(id, { keys: [key, ...ended] });
    },
    revoke: (id) => change(id, { revokedAtMs: 5 }),
    touch: () => undefined,
  };
  return { store, state };
}

let clock = 4;
const now = () => clock;

beforeEach(() => {
  clock = 4;
});

test('a key that is switched to strict is strict from the next request on, and after a restart', async () => {
  const { store } = memoryStore();
  const book = openClientBook(store, now);
  const { id, key } = await book.create('agent');
  const agent = { ...plainTerms, id, name: 'agent', keyEndsAtMs: null, keyHash: hashClientKey(key) };
  expect(book.find(key)).toEqual({ ...agent, strict: false });
  expect(await book.update(id, { strict: true })).toBe(true);
  expect(book.find(key)).toEqual({ ...agent, strict: true });
  expect(openClientBook(store, now).find(key)).toEqual({ ...agent, strict: true });
});

test('a key can be made strict, and switched back without touching another', async () => {
  const book = openClientBook(memoryStore().store, now);
  const one = await book.create('one', { strict: true });
  const other = await book.create('other', { strict: true });
  await book.update(one.id, { strict: false });
  expect([book.find(one.key), book.find(other.key)]).toMatchObject([{ strict: false }, { strict: true }]);
});

test('what cannot be written changes nothing, and a revoked or unknown key is not changed', async () => {
  const { store, state } = memoryStore();
  const book = openClientBook(store, now);
  const { id, key } = await book.create('agent', { strict: true });
  state.writable = false;
  await expect(book.update(id, { strict: false })).rejects.toThrow('full');
  expect(book.find(key)).toMatchObject({ strict: true });
  state.writable = true;
  await book.revoke(id);
  expect([await book.update(id, { strict: false }), await book.update('nobody', { strict: true }), book.find(key)]).toEqual([
    false,
    false,
    'unknown',
  ]);
});

test('a rotated key belongs to the same client, and the older one opens for as long as was said, after a restart too', async () => {
  const { store } = memoryStore();
  const book = openClientBook(store, now);
  const { id, key } = await book.create('agent', { tier: 'low' });
  const rotated = await book.rotate(id, 100);
  expect(rotated?.olderEndAtMs).toBe(104);
  for (const opened of [book, openClientBook(store, now)]) {
    expect([opened.find(key), opened.find(rotated?.key ?? '')]).toMatchObject([
      { id, tier: 'low', keyEndsAtMs: 104 },
      { id, tier: 'low', keyEndsAtMs: null },
    ]);
  }
  clock = 103;
  expect(book.find(key)).toMatchObject({ id });
  clock = 104;
  expect([book.find(key), openClientBook(store, now).find(key), book.find(rotated?.key ?? '')]).toMatchObject([
    'replaced',
    'replaced',
    { id },
  ]);
});

test('a second rotation never gives an older key more time, and without an overlap it is over at once', async () => {
  const book = openClientBook(memoryStore().store, now);
  const { id, key } = await book.create('agent');
  const second = await book.rotate(id, 10);
  const third = await book.rotate(id, 1_000);
  expect([book.find(key), book.find(second?.key ?? '')]).toMatchObject([{ keyEndsAtMs: 14 }, { keyEndsAtMs: 1_004 }]);
  await book.rotate(id, 0);
  expect([key, second?.key ?? '', third?.key ?? ''].map((one) => book.find(one))).toEqual(['replaced', 'replaced', 'replaced']);
});

test('a client whose time is over is refused with all its keys until it is given more, and its body is refused too', async () => {
  const book = openClientBook(memoryStore().store, now);
  const { id, key } = await book.create('guest', { expiresAtMs: 50 });
  const found = book.find(key);
  expect(found).toMatchObject({ id });
  clock = 50;
  const keyHash = hashClientKey(key);
  expect([book.find(key), book.current({ keyHash }), book.named('guest'), await book.rotate(id, 5)]).toEqual([
    'expired',
    null,
    null,
    null,
  ]);
  await book.update(id, { expiresAtMs: null });
  expect([book.find(key), book.current({ keyHash })]).toMatchObject([{ id }, { id }]);
});

test('a body that comes after its own key was replaced is refused, one by the newer key is not', async () => {
  const book = openClientBook(memoryStore().store, now);
  const { id, key } = await book.create('agent');
  const newer = (await book.rotate(id, 10))?.key ?? '';
  clock = 20;
  const [older, latest] = [key, newer].map((one) => book.current({ keyHash: hashClientKey(one) }));
  expect([older, latest]).toMatchObject([null, { id }]);
});

test('a body that was on its way when its key was replaced without an overlap is refused; other terms hold for it at once', async () => {
  const book = openClientBook(memoryStore().store, now);
  const { id, key } = await book.create('agent');
  const admitted = book.find(key);
  if (typeof admitted === 'string') throw new Error('the key is good');
  await book.update(id, { allowedModels: ['a/*'] });
  expect(book.current(admitted)).toMatchObject({ id, allowedModels: ['a/*'] });
  await book.rotate(id, 0);
  expect(book.current(admitted)).toBeNull();
});

test('revoking a client ends every key that it ever had, after a restart too', async () => {
  const { store } = memoryStore();
  const book = openClientBook(store, now);
  const { id, key } = await book.create('agent');
  const rotated = await book.rotate(id, 100);
  await book.revoke(id);
  for (const opened of [book, openClientBook(store, now)])
    expect([opened.find(key), opened.find(rotated?.key ?? '')]).toEqual(['unknown', 'unknown']);
  expect([await book.rotate(id, 5), book.list(), book.size]).toEqual([null, [], 1]);
});
