/** Holds a shown list of requests to its promises: order, last word, filters, pausing, paging and what comes meanwhile. */
import { describe, expect, test } from 'vitest';
import type { CallArgument, CallOutput } from '../../../../gateway/contract/calls.ts';
import type { RequestItem } from '../../../../gateway/contract/records.ts';
import { readQuery } from '../../../../gateway/contract/requests/query.ts';
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
  const list = createRequestList({ ask, terms: [], pageSize: 3, maximum: 100, ...changes });
  return { list, asked, state: () => list.store.getState(), shown: () => numbers(list.store.getState().items) };
}

function termsOf(query: string) {
  const reading = readQuery(query, 0);
  if (!reading.ok) throw new Error(reading.message);
  return reading.terms;
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
    const { list, shown } = openList(() => page([running(1)]), { terms: termsOf('status:running') });
    await list.load();
    list.report([running(2), item(3), running(4)]);
    expect(shown()).toEqual([4, 2, 1]);
    list.report([item(1), item(2)]);
    expect(shown()).toEqual([4]);
  });

  test.each([
    ['provider:demo', { provider: 'lab' }],
    ['model:demo/hello', { model: 'tools', requestedModel: 'demo/tools' }],
    ['client:client_1', { clientId: null }],
  ])('the query %s keeps out %o', async (query, other) => {
    const { list, shown } = openList(() => page([]), { terms: termsOf(query) });
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

describe('a search for what is rare', () => {
  const atMs = 1_780_000_000_000;
  const partial = (number: number, items: readonly RequestItem[] = []): ListOutput => ({
    items: [...items],
    nextCursor: item(number).id,
    searchedBackToMs: atMs + number,
  });

  test('goes on by itself until a page was found, and says how far it looked', async () => {
    const answers = [partial(90), partial(80, [item(85)]), partial(70, [item(75), item(74), item(73)]), partial(60)];
    const { list, asked, shown, state } = openList(() => answers.shift() ?? page([]), { terms: termsOf('model:*') });
    await list.load();
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, item(90).id, item(80).id]);
    expect([shown(), state().older, state().searchedBackToMs]).toEqual([[85, 75, 74, 73], 'stopped', atMs + 70]);
  });

  test('stops after a while, and goes on when it is told to', async () => {
    let number = 1_000;
    const { list, asked, state } = openList(() => ((number -= 10) > 500 ? partial(number) : page([item(1)])));
    await list.load();
    expect([asked.length, state().older]).toEqual([21, 'stopped']);
    await list.loadOlder();
    expect(asked).toHaveLength(21);
    await list.goOn();
    await list.goOn();
    expect([state().older, state().nextCursor, state().items.length]).toEqual(['idle', null, 1]);
  });

  test('takes in at once what happens meanwhile', async () => {
    const { list, shown } = openList(() => partial(5), { terms: termsOf('status:ok') });
    await list.load();
    list.report([item(9), item(10, { state: 'rejected' })]);
    expect(shown()).toEqual([9]);
  });
});
