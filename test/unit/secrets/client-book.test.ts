/** The client keys in force: found by their key alone, with what they are held to, and gone when revoked. */
import { expect, test } from 'vitest';
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
    revoke: (id) => change(id, { revokedAtMs: 5 }),
    touch: () => undefined,
  };
  return { store, state };
}

const now = () => 4;

test('a key that is switched to strict is strict from the next request on, and after a restart', async () => {
  const { store } = memoryStore();
  const book = openClientBook(store, now);
  const { id, key } = await book.create('agent');
  expect(book.find(key)).toEqual({ id, name: 'agent', strict: false, sensitivity: 'normal' });
  expect(await book.update(id, { strict: true })).toBe(true);
  expect(book.find(key)).toEqual({ id, name: 'agent', strict: true, sensitivity: 'normal' });
  expect(openClientBook(store, now).find(key)).toEqual({ id, name: 'agent', strict: true, sensitivity: 'normal' });
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
