/** Responses that are kept here, for each client apart. */
import { describe, expect, test } from 'vitest';
import { ResponseMemory } from '../../../../gateway/exchange/translation/response-memory.ts';

const megabyte = 1024 * 1024;
const turn = (bytes = 0) => ({ input: ['x'.repeat(bytes)], output: ['o'], response: { id: 'r' }, pinnedBy: null });

function kept(memory: ResponseMemory, client: string | null, count: number): number[] {
  return Array.from({ length: count }, (_each, index) => index).filter((index) => memory.find(client, `r${index}`) !== null);
}

test('a turn is found by the client it was kept for, whole and by its input', () => {
  const memory = new ResponseMemory();
  memory.keep('a', 'r', turn());
  memory.keep(null, 'n', turn());
  expect(memory.find('a', 'r')).toMatchObject(turn());
  expect(memory.show('a', 'r', 'whole')).toEqual({ id: 'r' });
  expect(memory.show('a', 'r', 'input')).toEqual({ object: 'list', data: [''], has_more: false });
  expect(memory.find(null, 'n')).toMatchObject(turn());
});

test.each([
  ['b', 'r'],
  [null, 'r'],
  ['a', 'other'],
  ['a', '__proto__'],
  ['__proto__', 'r'],
])('client %j finds no %j of another', (client, id) => {
  const memory = new ResponseMemory();
  memory.keep('a', 'r', turn());
  expect(memory.find(client, id)).toBeNull();
  expect(memory.show(client, id, 'whole')).toBeNull();
  expect(memory.delete(client, id)).toBeNull();
  expect(memory.find('a', 'r')).not.toBeNull();
});

test('what is deleted is gone, and its room is free', () => {
  const memory = new ResponseMemory();
  for (let round = 0; round < 50; round += 1) {
    memory.keep('a', 'r', turn(10 * megabyte));
    expect(memory.delete('a', 'r')).toEqual({ id: 'r', object: 'response', deleted: true });
  }
  expect([memory.find('a', 'r'), memory.delete('a', 'r')]).toEqual([null, null]);
  memory.keep('a', 'r0', turn(10 * megabyte));
  memory.keep('a', 'r1', turn(5 * megabyte));
  expect(kept(memory, 'a', 2)).toEqual([0, 1]);
});

describe('of one client are kept', () => {
  test('the latest five hundred', () => {
    const memory = new ResponseMemory();
    for (let index = 0; index < 510; index += 1) memory.keep('a', `r${index}`, turn());
    expect(kept(memory, 'a', 510)).toHaveLength(500);
    expect(kept(memory, 'a', 11)).toEqual([10]);
  });

  test('the latest sixteen megabytes', () => {
    const memory = new ResponseMemory();
    for (let index = 0; index < 6; index += 1) memory.keep('a', `r${index}`, turn(5 * megabyte));
    expect(kept(memory, 'a', 6)).toEqual([3, 4, 5]);
  });

  test('all others, when one comes that has no room alone', () => {
    const memory = new ResponseMemory();
    memory.keep('a', 'r0', turn());
    memory.keep('a', 'r1', turn(17 * megabyte));
    expect(kept(memory, 'a', 2)).toEqual([0]);
  });

  test('one that is told of twice, once', () => {
    const memory = new ResponseMemory();
    for (let round = 0; round < 10; round += 1) memory.keep('a', 'r0', turn(5 * megabyte));
    memory.keep('a', 'r1', turn(5 * megabyte));
    expect(kept(memory, 'a', 2)).toEqual([0, 1]);
  });
});

describe('of all clients are kept', () => {
  const clients = (memory: ResponseMemory, count: number) =>
    Array.from({ length: count }, (_each, index) => index).filter((index) => memory.find(`c${index}`, 'r'));

  test('the two hundred that asked last', () => {
    const memory = new ResponseMemory();
    for (let index = 0; index < 200; index += 1) memory.keep(`c${index}`, 'r', turn());
    memory.keep('c0', 'other', turn());
    memory.keep('c200', 'r', turn());
    expect(clients(memory, 3)).toEqual([0, 2]);
    expect(clients(memory, 201)).toHaveLength(200);
  });

  test('128 megabytes, of those that asked last', () => {
    const memory = new ResponseMemory();
    for (let index = 0; index < 12; index += 1) memory.keep(`c${index}`, 'r', turn(15 * megabyte));
    expect(clients(memory, 12)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

test('items are found by their ids, the newest of several, and a request that names very many of them is answered at once', () => {
  const memory = new ResponseMemory();
  const items = Array.from({ length: 1_000 }, (_each, index) => ({ id: `i${index}` }));
  for (let index = 0; index < 100; index += 1) {
    memory.keep('a', `r${index}`, {
      input: [],
      output: [...items, { id: 'same', index }],
      response: {},
      pinnedBy: `rule ${index}`,
    });
  }
  const { findItem } = memory.of('a');
  expect([findItem('i7'), findItem('same'), findItem('none')]).toEqual([
    { item: { id: 'i7' }, pinnedBy: 'rule 99' },
    { item: { id: 'same', index: 99 }, pinnedBy: 'rule 99' },
    null,
  ]);
  expect(memory.of('b').findItem('same')).toBeNull();
  const begun = performance.now();
  for (let count = 0; count < 100_000; count += 1) findItem('none');
  expect(performance.now() - begun).toBeLessThan(2_000);
});
