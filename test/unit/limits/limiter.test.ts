/** Rate limits: what is let through, what is not and when it may come again; whatever the clock does, and however many come at once. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { RateLimits } from '../../../gateway/contract/money/rate-limits.ts';
import { type EstimatedCall, Limiter, type OpenCounts, type Overrun, type Pass } from '../../../gateway/limits/limiter.ts';
import { windowAt } from '../../../gateway/limits/windows.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let clock = noon;
let limiter: Limiter;

beforeEach(() => {
  clock = noon;
  limiter = new Limiter(() => clock);
});

const plain: EstimatedCall = { inputTokens: () => 0, costUsd: () => null };
const tokens = (count: number): EstimatedCall => ({ ...plain, inputTokens: () => count });
const costing = (usd: number | null): EstimatedCall => ({ ...plain, costUsd: () => usd });

const enter = (limits: RateLimits, call = plain, scope = 'me') => limiter.enter(scope, limits, call);
const isPass = (entered: Pass | Overrun): entered is Pass => 'leave' in entered;
async function passOf(limits: RateLimits, call = plain): Promise<Pass> {
  const entered = await enter(limits, call);
  if (!isPass(entered)) throw new Error('refused');
  return entered;
}
const usedOf = (limits: RateLimits, counted: string) =>
  limiter.read('me', limits).flatMap((one) => (one.counted === counted ? [one.used] : []));

describe('requests', () => {
  test('beyond the limit are refused until the window ends, and the next one begins at nothing', async () => {
    const limits = { requestsPerMinute: 2 };
    clock = noon + 15_000;
    expect([isPass(await enter(limits)), isPass(await enter(limits))]).toEqual([true, true]);
    expect(await enter(limits)).toEqual({
      counted: 'requests',
      window: 'minute',
      limit: 2,
      aboveUsd: null,
      resetsAtMs: noon + minuteMs,
    });
    clock = noon + minuteMs;
    expect(isPass(await enter(limits))).toBe(true);
    expect(usedOf(limits, 'requests')).toEqual([1]);
  });

  test('a thousand at once are let through to the number, and what was refused is not counted', async () => {
    const limits = { requestsPerMinute: 100, requestsPerDay: 60 };
    const entered = await Promise.all(Array.from({ length: 1_000 }, () => enter(limits)));
    expect(entered.filter(isPass)).toHaveLength(60);
    expect(usedOf(limits, 'requests')).toEqual([60, 60]);
  });

  test('of several windows that are full, the one that lasts longest says when to come again', async () => {
    const limits = { requestsPerMinute: 1, requestsPerHour: 1 };
    await enter(limits);
    expect(await enter(limits)).toMatchObject({ window: 'hour', resetsAtMs: noon + hourMs });
  });

  test('of one client are not those of another', async () => {
    const limits = { requestsPerMinute: 1 };
    await enter(limits, plain, 'one');
    expect(isPass(await enter(limits, plain, 'other'))).toBe(true);
  });

  test('count for a limit that is set later in the day', async () => {
    await enter({ requestsPerMinute: 10 });
    await enter({ requestsPerMinute: 10 });
    expect(await enter({ requestsPerDay: 2 })).toMatchObject({ window: 'day', limit: 2 });
  });
});

describe('a clock that jumps', () => {
  test('an hour on and back finds every count as it was: nothing is reset twice, nothing is below nothing', async () => {
    const limits = { requestsPerMinute: 2, requestsPerHour: 3, requestsPerDay: 10 };
    await enter(limits);
    await enter(limits);
    clock = noon + hourMs;
    await enter(limits);
    clock = noon;
    expect(isPass(await enter(limits))).toBe(false);
    expect(usedOf(limits, 'requests')).toEqual([2, 2, 3]);
    clock = noon + hourMs;
    expect(usedOf(limits, 'requests')).toEqual([1, 1, 3]);
  });

  test('a year on begins everything once, and back again nothing is forgotten', async () => {
    const limits = { requestsPerDay: 2 };
    await enter(limits);
    clock = Date.UTC(2027, 10, 20, 12);
    expect(usedOf(limits, 'requests')).toEqual([0]);
    await enter(limits);
    clock = noon;
    expect(usedOf(limits, 'requests')).toEqual([1]);
  });

  test('an hour back after an hour of requests in every minute finds the last sixty minutes', async () => {
    const limits = { requestsPerMinute: 1 };
    for (let minute = 0; minute <= 60; minute += 1) {
      clock = noon + minute * minuteMs;
      await enter(limits);
    }
    for (let minute = 0; minute <= 60; minute += 1) {
      clock = noon + minute * minuteMs;
      expect(isPass(await enter(limits))).toBe(false);
    }
  });
});

describe('tokens', () => {
  const limits = { tokensPerMinute: 100 };

  test('are counted as they were said beforehand, and as they really were when the request is over', async () => {
    const pass = await passOf(limits, tokens(30));
    expect(usedOf(limits, 'tokens')).toEqual([30]);
    pass.leave(75);
    await Promise.resolve();
    pass.leave(75);
    expect(usedOf(limits, 'tokens')).toEqual([75]);
    expect(isPass(await enter(limits, tokens(26)))).toBe(false);
    expect(isPass(await enter(limits, tokens(25)))).toBe(true);
  });

  test('that are used up refuse even a request of none, and one whose answer never came gives back what was taken for it', async () => {
    (await passOf(limits, tokens(10))).leave(500);
    await Promise.resolve();
    expect(isPass(await enter(limits, tokens(0)))).toBe(false);
    clock += minuteMs;
    (await passOf(limits, tokens(60))).leave(null);
    await Promise.resolve();
    expect(usedOf(limits, 'tokens')).toEqual([0]);
  });

  test('beyond the whole limit pass once in an empty window: else they never could', async () => {
    const entered = await Promise.all([enter(limits, tokens(300)), enter(limits, tokens(300))]);
    expect(entered.map(isPass)).toEqual([true, false]);
  });

  test('of a request that ends in a later window count where it began', async () => {
    const pass = await passOf(limits, tokens(10));
    clock += minuteMs;
    pass.leave(50);
    await Promise.resolve();
    expect(usedOf(limits, 'tokens')).toEqual([0]);
    clock -= minuteMs;
    expect(usedOf(limits, 'tokens')).toEqual([50]);
  });
});

describe('calls at the same time', () => {
  test('are no more than the limit, and each that ends makes room for one', async () => {
    const limits = { concurrent: 2 };
    const [one] = await Promise.all([passOf(limits), passOf(limits)]);
    expect(await enter(limits)).toMatchObject({ counted: 'concurrent', window: null, resetsAtMs: noon + 1_000 });
    one.leave(null);
    one.leave(null);
    expect((await Promise.all([enter(limits), enter(limits)])).map(isPass)).toEqual([true, false]);
  });

  test('one that another limit refuses takes no place', async () => {
    const limits = { concurrent: 1, requestsPerMinute: 1 };
    (await passOf(limits)).leave(null);
    await enter(limits);
    expect(limiter.running('me')).toBe(0);
  });
});

test('expensive calls have a limit of their own, and one whose price nobody knows is none', async () => {
  const limits = { expensive: { aboveUsd: 0.5, perHour: 1 } };
  for (const call of [costing(0.5), costing(null), costing(0.51), costing(0.1)])
    expect(isPass(await enter(limits, call))).toBe(true);
  expect(await enter(limits, costing(0.9))).toMatchObject({ counted: 'expensive', window: 'hour', limit: 1, aboveUsd: 0.5 });
  expect(isPass(await enter(limits, costing(0.2)))).toBe(true);
});

describe('what the log has', () => {
  const windows = () => ({ minute: windowAt('minute', clock), hour: windowAt('hour', clock), day: windowAt('day', clock) });
  const none = { requests: 0, tokens: 0, expensive: 0 };
  const counts: OpenCounts = { minute: none, hour: { ...none, requests: 1 }, day: { requests: 4, tokens: 90, expensive: 0 } };

  test('is where a scope goes on, which is told once to be unknown', async () => {
    const limits = { requestsPerDay: 5, tokensPerDay: 1_000 };
    expect(limiter.keep(new Set(['me', 'other']))).toEqual(['me', 'other']);
    limiter.restore('me', counts, windows());
    expect(limiter.keep(new Set(['me', 'other']))).toEqual(['other']);
    expect(isPass(await enter(limits))).toBe(true);
    expect(isPass(await enter(limits))).toBe(false);
    expect([usedOf(limits, 'requests'), usedOf(limits, 'tokens')]).toEqual([[5], [90]]);
  });

  test('of a scope that is limited no more is forgotten, and what still runs of it cannot count below nothing', async () => {
    const limits = { tokensPerDay: 1_000 };
    limiter.restore('me', counts, windows());
    const pass = await passOf(limits, tokens(50));
    limiter.keep(new Set());
    pass.leave(1);
    await Promise.resolve();
    expect(usedOf(limits, 'tokens')).toEqual([0]);
    expect(limiter.keep(new Set(['me']))).toEqual(['me']);
  });
});
