/** Holds the event bus to its order, its memory and its price. */
import { expect, test } from 'vitest';
import { createEventBus, type NumberedEvent } from '../../../gateway/control/event-bus.ts';

const changed = (version: number) => ({ type: 'config-changed', version }) as const;

function collect() {
  const items: NumberedEvent[] = [];
  const told = () => items.map(({ event }) => (event.type === 'config-changed' ? event.version : event.type));
  return { items, told, listener: (item: NumberedEvent) => void items.push(item) };
}

test('two listeners hear every event in order with the same ids, and one that left hears no more', () => {
  const bus = createEventBus({ capacity: 4, startedAtMs: 1 });
  const stays = collect();
  const leaves = collect();
  bus.subscribe(null, stays.listener);
  const leave = bus.subscribe(null, leaves.listener);
  bus.publish(changed(1));
  leave();
  bus.publish(changed(2));
  expect(stays.items.map(({ id }) => id)).toEqual([1001, 1002]);
  expect([stays.told(), leaves.told()]).toEqual([[1, 2], [1]]);
});

test('the same listener may be subscribed twice and ended once', () => {
  const bus = createEventBus({ capacity: 4 });
  const { told, listener } = collect();
  const end = bus.subscribe(null, listener);
  bus.subscribe(null, listener);
  end();
  bus.publish(changed(1));
  expect(told()).toEqual([1]);
});

test.each([
  [6, []],
  [5, [6]],
  [2, [3, 4, 5, 6]],
  [1, ['resync']],
  [0, ['resync']],
  [7, ['resync']],
])('with room for 4 of 6 events, coming back after event %i gives %j', (seen, expected) => {
  const bus = createEventBus({ capacity: 4, startedAtMs: 0 });
  for (let version = 1; version <= 6; version += 1) bus.publish(changed(version));
  const { told, items, listener } = collect();
  bus.subscribe(seen, listener);
  expect(told()).toEqual(expected);
  bus.publish(changed(7));
  expect(told()).toEqual([...expected, 7]);
  expect(items.at(-1)?.id).toBe(7);
});

test('an event nobody hears is not made, and who comes back after it is told to resync rather than left out', () => {
  const bus = createEventBus({ capacity: 4, startedAtMs: 0 });
  bus.publish(changed(1));
  bus.publishIfHeard(() => {
    throw new Error('made for nobody');
  });
  bus.publish(changed(3));
  const missed = collect();
  bus.subscribe(1, missed.listener);
  const current = collect();
  bus.subscribe(2, current.listener);
  bus.publishIfHeard(() => changed(4));
  expect(missed.told()).toEqual(['resync', 4]);
  expect(current.told()).toEqual([3, 4]);
});

test('ids of a later process are above those of an earlier one, so that a gap over a restart is seen', () => {
  const earlier = createEventBus({ capacity: 10, startedAtMs: 1_000 });
  for (let version = 0; version < 500; version += 1) earlier.publish(changed(version));
  const later = createEventBus({ capacity: 10, startedAtMs: 2_000 });
  later.publish(changed(1));
  const { told, listener } = collect();
  later.subscribe(earlier.lastId, listener);
  expect(told()).toEqual(['resync']);
});

test('a million events that nobody hears take well under a second', () => {
  const bus = createEventBus({ capacity: 1_000 });
  const startedAtMs = performance.now();
  for (let version = 0; version < 1_000_000; version += 1) bus.publishIfHeard(() => changed(version));
  expect(performance.now() - startedAtMs).toBeLessThan(500);
});
