/** When models are loaded beforehand: at their times, when their clients come, and not more often. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Prewarm } from '../../../../gateway/contract/prewarm.ts';
import { nextTime, Prewarming } from '../../../../gateway/exchange/local/prewarm.ts';

// A Friday, by this machine's own clock.
const friday = new Date(2026, 10, 20, 8, 0).getTime();
const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: friday }));
afterEach(() => vi.useRealTimers());

const entry = (change: Partial<Prewarm>): Prewarm => ({ model: 'near/m', at: [], clients: [], keepAliveMinutes: 30, ...change });

function start(...entries: readonly Prewarm[]) {
  const loaded: string[] = [];
  const prewarming = new Prewarming({ now: Date.now, load: (model, minutes) => void loaded.push(`${model} ${minutes}`) });
  prewarming.use(entries);
  return { loaded, prewarming };
}

describe('the next time', () => {
  const at = (day: number, hours: number, minutes = 0) => new Date(2026, 10, day, hours, minutes).getTime();

  test.each<[string, Pick<Prewarm, 'at' | 'days'>, number]>([
    ['later today', { at: ['08:30', '12:00'] }, at(20, 8, 30)],
    ['not this very moment again', { at: ['08:00'] }, at(21, 8)],
    ['on the next of its days', { at: ['07:00'], days: ['mon', 'thu'] }, at(23, 7)],
    ['in a week', { at: ['08:00'], days: ['fri'] }, at(27, 8)],
    ['never', { at: [] }, Number.POSITIVE_INFINITY],
  ])('is %s', (_when, times, expected) => expect(nextTime(times, friday)).toBe(expected));
});

describe('by the clock', () => {
  test('a model is loaded at each of its times, day after day', async () => {
    const { loaded } = start(entry({ at: ['09:00', '20:00'], keepAliveMinutes: 120 }));
    await vi.advanceTimersByTimeAsync(hour - 1);
    expect(loaded).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(loaded).toEqual(['near/m 120']);
    await vi.advanceTimersByTimeAsync(24 * hour);
    expect(loaded).toHaveLength(3);
  });

  test('a machine that slept for long through the time lets it pass, and one that slept for a moment does not', async () => {
    const { loaded } = start(entry({ at: ['08:10', '12:00'] }));
    vi.setSystemTime(friday + 14 * 60_000);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(loaded).toHaveLength(1);
    vi.setSystemTime(friday + 6 * hour);
    await vi.advanceTimersByTimeAsync(hour);
    expect(loaded).toHaveLength(1);
  });

  test('nothing is loaded by a config that is not in force any more', async () => {
    const { loaded, prewarming } = start(entry({ at: ['09:00'] }));
    prewarming.use([]);
    await vi.advanceTimersByTimeAsync(48 * hour);
    expect([loaded, vi.getTimerCount()]).toEqual([[], 0]);
  });
});

describe('when a client comes', () => {
  test('its models are loaded, and not again before it was away for ten minutes', () => {
    const { loaded, prewarming } = start(
      entry({ clients: ['editor'] }),
      entry({ model: 'near/n', clients: ['editor', 'other'] }),
    );
    prewarming.clientCame('editor');
    expect(loaded).toEqual(['near/m 30', 'near/n 30']);
    for (let minutes = 9; minutes <= 27; minutes += 9) {
      vi.setSystemTime(friday + minutes * 60_000);
      prewarming.clientCame('editor');
    }
    expect(loaded).toHaveLength(2);
    vi.setSystemTime(friday + 37 * 60_000);
    prewarming.clientCame('editor');
    expect(loaded).toHaveLength(4);
  });

  test('another one’s coming loads nothing', () => {
    const { loaded, prewarming } = start(entry({ clients: ['editor'] }));
    prewarming.clientCame('script');
    expect(loaded).toEqual([]);
  });
});
