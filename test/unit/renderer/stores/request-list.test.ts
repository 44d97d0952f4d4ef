/** Holds a shown list of requests to its promises: order, last word, filters, pausing, paging and what comes meanwhile. */
import { describe, expect, test } from 'vitest';
import type { CallArgument, CallOutput } from '../../../../gateway/contract/calls.ts';
import type { RequestItem } from '../../../../gateway/contract/records.ts';
import { createRequestList, type RequestListOptions } from '../../../../renderer/stores/request-list.ts';
import { sampleRequest } from '../../../support/fake-control.ts';

type ListInput = CallArgument<'requests.list'>;
type ListOutput = CallOutput<'requests.list'>;

const item = (number: number, changes: Partial<RequestItem> = {}) =>
  sampleRequest({ id: `req_${String(number).padStart(11, '0')}`, ...changes });
const running = (number: number) => item(number, { state: 'started', durationMs: null });
const numbers = (items: readonly RequestItem[]) => items.map(({ id }) => Number(id.slice(4)));

/** A list over pages that a test gives; every question is kept. */
function openList(answer: (input: ListInput) => Promise<ListOutput> | ListOutput, changes: Partial<RequestListOptions> = {}) {
  const asked: ListInput[] = [];
  const ask = async (input: ListInput) => {
    asked.push(input);
    return await answer(input);
  };
  const list = createRequestList({ ask, filter: {}, pageSize: 3, maximum: 100, ...changes });
  return { list, asked, state: () => list.store.getState(), shown: () => numbers(list.store.getState().items) };
}

const page = (items: readonly RequestItem[], nextCursor: string | null = null): ListOutput => ({ items: [...items], nextCursor });

describe('a shown list', () => {
  test('puts a new request first and finishes it in its own place', async () => {
    const { list, shown, state } = openList(() => page([item(2), item(1)]));
    await list.load();
    list.report([running(3), running(4)]);
    list.report([item(3)]);
    expect(shown()).toEqual([4, 3, 2, 1]);
    expect(state().items.map((one) => one.state)).toEqual(['started', 'ok', 'ok', 'ok']);
  });

  test('a late word that it runs does not undo that it ended', async () => {
    const { list, state } = openList(() => page([item(1)]));
    await list.load();
    list.report([running(1)]);
    list.report([item(2), running(2)]);
    expect(state().items.map((one) => one.state)).toEqual(['ok', 'ok']);
  });

  test('keeps what happened while the page was on its way', async () => {
    let answer: (output: ListOutput) => void = () => undefined;
    const { list, shown, state } = openList(() => new Promise((resolve) => (answer = resolve)));
    const loading = list.load();
    list.report([item(2), running(3)]);
    answer(page([running(2), item(1)]));
    await loading;
    expect(shown()).toEqual([3, 2, 1]);
    expect(state().items[1]?.state).toBe('ok');
  });

  test('reads as many rows anew as it showed, and forgets those that the gateway no longer has', async () => {
    let items = [running(5), item(4), item(3), item(2), item(1)];
    const { list, asked, state } = openList(() => page(items));
    await list.load();
    items = [item(5, { state: 'interrupted' }), item(4), item(3), item(2), item(1)];
    await list.load();
    expect(asked.map(({ limit }) => limit)).toEqual([3, 5]);
    expect(state().items[0]?.state).toBe('interrupted');
  });

  test('takes in only what its filter lets through, and lets go what no longer fits', async () => {
    const { list, shown } = openList(() => page([running(1)]), { filter: { state: ['started'] } });
    await list.load();
    list.report([running(2), item(3), running(4)]);
    expect(shown()).toEqual([4, 2, 1]);
    list.report([item(1), item(2)]);
    expect(shown()).toEqual([4]);
  });

  test.each([
    [{ provider: 'demo' }, { provider: 'lab' }],
    [{ model: 'hello' }, { model: 'tools' }],
    [{ clientId: 'client_1' }, { clientId: null }],
  ])('the filter %o keeps out %o', async (filter, other) => {
    const { list, shown } = openList(() => page([]), { filter });
    await list.load();
    list.report([item(1), item(2, other)]);
    expect(shown()).toEqual([1]);
  });
});

describe('a paused list', () => {
  test('holds back new rows, finishes those that are shown, and shows everything when it goes on', async () => {
    const { list, shown, state } = openList(() => page([running(1)]));
    await list.load();
    list.setPaused(true);
    list.report([running(2), running(3)]);
    list.report([item(1), item(2)]);
    expect([shown(), state().items[0]?.state, numbers(state().held)]).toEqual([[1], 'ok', [2, 3]]);
    list.setPaused(false);
    expect([shown(), state().held.length]).toEqual([[3, 2, 1], 0]);
    expect(state().items[1]?.state).toBe('ok');
  });
});

describe('paging', () => {
  test('goes on behind the last row, and stops at the end', async () => {
    const pages: Readonly<Record<string, ListOutput>> = {
      start: page([item(6), item(5), item(4)], item(4).id),
      [item(4).id]: page([item(3), item(2)]),
    };
    const { list, shown, asked } = openList(({ cursor }) => pages[cursor ?? 'start'] ?? page([]));
    await list.load();
    await Promise.all([list.loadOlder(), list.loadOlder()]);
    await list.loadOlder();
    expect(shown()).toEqual([6, 5, 4, 3, 2]);
    expect(asked).toHaveLength(2);
  });

  test('an older request that ends does not leave a hole before the pages in between', async () => {
    const { list, shown } = openList(() => page([item(6), item(5), item(4)], item(4).id));
    await list.load();
    list.report([item(1)]);
    expect(shown()).toEqual([6, 5, 4]);
  });

  test('lets the oldest rows go beyond its maximum, and can read them again', async () => {
    const { list, shown, state } = openList(() => page([]), { maximum: 10 });
    await list.load();
    list.report(Array.from({ length: 30 }, (_nothing, index) => item(index + 1)));
    expect(shown()).toEqual([30, 29, 28, 27, 26, 25, 24, 23, 22, 21]);
    expect(state().nextCursor).toBe(item(21).id);
  });

  test('a page that cannot be read is said, and what is shown stays', async () => {
    let broken = false;
    const { list, shown, state } = openList(() => {
      if (broken) throw new Error('The log cannot be read just now.');
      return page([item(2)], item(2).id);
    });
    await list.load();
    broken = true;
    await list.loadOlder();
    expect([shown(), state().older]).toEqual([[2], 'failed']);
    await list.load();
    expect([shown(), state().phase, state().error]).toEqual([[2], 'ready', 'The log cannot be read just now.']);
  });

  test('a first page that cannot be read is a failure with its reason', async () => {
    const { list, state } = openList(() => Promise.reject(new Error('no log')));
    await list.load();
    expect([state().phase, state().error]).toEqual(['failed', 'no log']);
  });
});
