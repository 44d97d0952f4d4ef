/** Providers that failed are asked for free whether they are back: not at once, not often, and not those that are forgotten. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../../../gateway/contract/config.ts';
import { LiveState } from '../../../../gateway/exchange/live-state/live-state.ts';
import { KeyPool } from '../../../../gateway/providers/key-pool.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
afterEach(() => vi.useRealTimers());

function configOf(change: object = {}) {
  const provider = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', keys: ['env:KEY'] };
  const parsed = parseConfig({ version: 1, providers: [{ id: 'lab', ...provider }], ...change });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

function start({ isBack = true, healthChecks = true } = {}) {
  const config = configOf({ reliability: { healthChecks } });
  const checked: string[] = [];
  let changes = 0;
  const state = new LiveState({
    loadedModels: { isLoaded: () => null },
    now: Date.now,
    monotonic: () => performance.now(),
    settings: () => config.reliability,
    keyPool: new KeyPool(Date.now),
    checkProvider: async (id) => {
      checked.push(id);
      if (!isBack) throw new Error('not there');
      return true;
    },
    onChange: () => void (changes += 1),
  });
  const place = { provider: 'lab', model: 'm', key: 'env:KEY' };
  const fail = (times = 5) => {
    for (let count = 0; count < times; count += 1)
      state.breakers.enterAnyway(place, config.reliability.breaker).failed('answered 500');
  };
  return { state, checked, place, fail, config, changes: () => changes };
}

const stateOf = ({ state, place }: ReturnType<typeof start>) => state.breakers.state(place);

test('a provider that is back takes probes halfway through its rest, and is closed by no check', async () => {
  const lab = start();
  lab.fail();
  await vi.advanceTimersByTimeAsync(14_999);
  expect([stateOf(lab), lab.checked]).toEqual(['open', []]);
  await vi.advanceTimersByTimeAsync(1);
  expect([stateOf(lab), lab.checked, lab.changes()]).toEqual(['half-open', ['lab'], 2]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([stateOf(lab), lab.checked]).toEqual(['half-open', ['lab']]);
});

test('one that is not back rests for its whole time, and is asked no more often than that', async () => {
  const lab = start({ isBack: false });
  lab.fail();
  await vi.advanceTimersByTimeAsync(29_999);
  expect([stateOf(lab), lab.checked]).toEqual(['open', ['lab']]);
  await vi.advanceTimersByTimeAsync(1);
  lab.state.breakers.enter(lab.place, lab.config.reliability.breaker)?.failed('answered 500');
  await vi.advanceTimersByTimeAsync(14_999);
  expect(lab.checked).toEqual(['lab']);
  await vi.advanceTimersByTimeAsync(1);
  expect(lab.checked).toEqual(['lab', 'lab']);
});

test('nobody is asked where that is switched off, nor after the end, nor who is not in the config any more', async () => {
  const off = start({ healthChecks: false });
  off.fail();
  const ended = start();
  ended.fail();
  ended.state.stop();
  const forgotten = start();
  forgotten.fail();
  forgotten.state.keep(configOf({ providers: [] }));
  await vi.advanceTimersByTimeAsync(600_000);
  expect([off.checked, ended.checked, forgotten.checked]).toEqual([[], [], []]);
});

describe('what a decision is told of a target', () => {
  const keys = [
    { reference: 'env:KEY', weight: 1 },
    { reference: 'env:OTHER', weight: 1 },
  ];

  test('is the best of its keys: one that is open says nothing of the other', () => {
    const { state, fail } = start();
    fail();
    expect(state.stateOf('lab', 'm', keys, true)).toMatchObject({ breaker: 'closed', key: 'ready', samples: 0, inFlight: 0 });
    expect(state.stateOf('lab', 'm', keys.slice(0, 1), true).breaker).toBe('open');
    expect(state.stateOf('lab', 'n', keys.slice(0, 1), true).breaker).toBe('closed');
  });

  test('survives a config that still names it, with its key', () => {
    const { state, fail } = start();
    fail();
    state.keep(configOf());
    expect(state.stateOf('lab', 'm', keys.slice(0, 1), true).breaker).toBe('open');
    state.keep(configOf({ providers: [{ id: 'lab', kind: 'openai', keys: ['env:NEW'] }] }));
    expect(state.stateOf('lab', 'm', keys.slice(0, 1), true).breaker).toBe('closed');
  });

  test('tells keys that are missing from those that are not needed', () => {
    const { state } = start();
    expect(state.stateOf('lab', 'm', [], true).key).toBe('none');
    expect(state.stateOf('lab', 'm', [], false).key).toBe('missing');
    expect(state.stateOf('lab', 'm', keys, false).key).toBe('missing');
  });
});
