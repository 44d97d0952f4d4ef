/** Who failed too often is left alone, and then tried by exactly as many requests as may try it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BreakerSettings } from '../../../../gateway/contract/reliability.ts';
import {
  type BreakerPass,
  type BreakerPlace,
  CircuitBreakers,
} from '../../../../gateway/exchange/live-state/circuit-breakers.ts';

const place: BreakerPlace = { provider: 'lab', model: 'm', key: 'env:KEY' };
const usual: BreakerSettings = { failures: 3, windowMs: 60_000, openMs: 30_000, probes: 1 };

function start(settings: BreakerSettings = usual) {
  let at = 1_000;
  const changes: string[] = [];
  const breakers = new CircuitBreakers({
    monotonic: () => at,
    now: () => 5_000_000 + at,
    onChange: ({ provider, model }, state) => changes.push(`${provider}/${model} ${state}`),
  });
  const enter = (where = place): BreakerPass | null => breakers.enter(where, settings);
  const fail = (times: number, where = place): void => {
    for (let count = 0; count < times; count += 1) breakers.enterAnyway(where, settings).failed('answered 500');
  };
  return { breakers, changes, enter, fail, pass: (ms: number) => void (at += ms) };
}

describe('a breaker opens', () => {
  test('by so many failures within the window, and not by fewer', () => {
    const { breakers, changes, enter, fail } = start();
    fail(2);
    expect([breakers.state(place), enter() !== null]).toEqual(['closed', true]);
    fail(1);
    expect([breakers.state(place), enter(), changes]).toEqual(['open', null, ['lab/m open']]);
  });

  test('not by failures that lie further apart than its window', () => {
    const { breakers, fail, pass } = start();
    for (let count = 0; count < 20; count += 1) {
      fail(1);
      pass(30_001);
    }
    expect(breakers.state(place)).toBe('closed');
  });

  test('for its provider, key and model alone', () => {
    const { enter, fail } = start();
    fail(3);
    for (const other of [{ provider: 'spare' }, { model: 'n' }, { key: 'env:OTHER' }, { key: null }])
      expect(enter({ ...place, ...other })).not.toBeNull();
  });

  test('by the settings of the moment: a new config needs no new breaker', () => {
    const { breakers, fail } = start();
    fail(2);
    breakers.enterAnyway(place, { ...usual, failures: 2, openMs: 5 }).failed('answered 500');
    expect(breakers.standings(usual)).toMatchObject([{ state: 'open', untilMs: 5_001_005 }]);
  });
});

describe('an open breaker', () => {
  test('lets exactly one probe through after its rest, whoever else asks, until that one is over', () => {
    const { breakers, enter, fail, pass } = start();
    fail(3);
    pass(29_999);
    expect([breakers.state(place), enter()]).toEqual(['open', null]);
    pass(1);
    const probe = enter();
    expect([breakers.state(place), probe !== null, enter(), enter()]).toEqual(['half-open', true, null, null]);
    probe?.succeeded();
    expect([breakers.state(place), enter() !== null, enter() !== null]).toEqual(['closed', true, true]);
  });

  test('rests anew when its probe fails', () => {
    const { breakers, changes, enter, fail, pass } = start();
    fail(3);
    pass(30_000);
    enter()?.failed('answered 503');
    expect([breakers.state(place), enter(), changes]).toEqual(['open', null, ['lab/m open', 'lab/m open']]);
    expect(breakers.standings(usual)).toMatchObject([{ reason: 'answered 503', untilMs: 5_061_000 }]);
  });

  test('gets its probe back from a client that left, and gives it to the next', () => {
    const { enter, fail, pass } = start();
    fail(3);
    pass(30_000);
    const probe = enter();
    probe?.gaveBack();
    const second = enter();
    expect(second).not.toBeNull();
    probe?.gaveBack();
    probe?.failed('answered 500');
    expect(enter()).toBeNull();
  });

  test('is closed by an answer to whoever was sent all the same, but not to one that was sent before', () => {
    const { breakers, fail, pass } = start();
    const before = breakers.enterAnyway(place, usual);
    pass(1);
    fail(3);
    pass(1);
    before.succeeded();
    expect(breakers.state(place)).toBe('open');
    breakers.enterAnyway(place, usual).succeeded();
    expect(breakers.state(place)).toBe('closed');
  });

  test('is not kept open for longer by failures of requests that were sent before it opened', () => {
    const { breakers, enter, fail, pass } = start();
    const before = breakers.enterAnyway(place, usual);
    fail(3);
    pass(30_000);
    before.failed('answered 500');
    expect([breakers.state(place), enter() !== null]).toEqual(['half-open', true]);
  });

  test('counts its own probes alone: one of the breaker before it, over late, makes no room', () => {
    const settings = { ...usual, probes: 2 };
    const { breakers, fail, pass } = start(settings);
    const enter = () => breakers.enter(place, settings);
    fail(3);
    pass(30_000);
    const [first, late] = [enter(), enter()];
    first?.succeeded();
    fail(3);
    pass(30_000);
    expect([enter() !== null, enter() !== null, enter()]).toEqual([true, true, null]);
    late?.gaveBack();
    expect(enter()).toBeNull();
  });

  test('takes probes at once when a check found its provider, and says so', () => {
    const { breakers, changes, enter, fail } = start();
    fail(3);
    breakers.halfOpen('other');
    expect(enter()).toBeNull();
    breakers.halfOpen('lab');
    expect([breakers.state(place), enter() !== null, enter(), changes]).toEqual([
      'half-open',
      true,
      null,
      ['lab/m open', 'lab/m half-open'],
    ]);
  });
});

test('nothing is kept of targets that never failed, nor of failures that are out of the window, nor of what the config forgot', () => {
  const { breakers, enter, fail, pass } = start();
  enter()?.succeeded();
  expect(breakers.isQuiet).toBe(true);
  fail(1);
  expect([breakers.isQuiet, breakers.isFailing(place, usual)]).toEqual([false, false]);
  fail(1);
  expect(breakers.isFailing(place, usual)).toBe(true);
  pass(60_001);
  enter();
  expect(breakers.isQuiet).toBe(true);
  fail(3);
  breakers.keep(({ provider }) => provider === 'lab');
  expect(breakers.state(place)).toBe('open');
  breakers.keep(({ provider }) => provider !== 'lab');
  expect([breakers.isQuiet, breakers.state(place)]).toEqual([true, 'closed']);
});

test('what a target failed with is no reason any more once it is out of the window', () => {
  const { breakers, fail, pass } = start();
  fail(1);
  expect(breakers.standings(usual)).toMatchObject([{ failures: 1, reason: 'answered 500' }]);
  pass(60_001);
  expect(breakers.standings(usual)).toMatchObject([{ failures: 0, reason: null }]);
});

test('who refuses opens nothing, but counts as failing until it answers', () => {
  const { breakers, changes, enter, fail, pass } = start();
  for (let count = 0; count < 20; count += 1) enter()?.refused();
  expect([breakers.isFailing(place, usual), changes]).toEqual([true, []]);
  expect(breakers.standings(usual)).toMatchObject([{ state: 'closed', failures: 0, reason: null }]);
  enter()?.succeeded();
  expect(breakers.isFailing(place, usual)).toBe(false);
  enter()?.refused();
  enter()?.refused();
  pass(60_001);
  expect([breakers.isFailing(place, usual), enter() !== null, breakers.isQuiet]).toEqual([false, true, true]);
  fail(3);
  pass(30_000);
  enter()?.refused();
  expect([breakers.state(place), enter() !== null]).toEqual(['half-open', true]);
});

test('names that clients invent do not fill the memory', () => {
  const { breakers, fail } = start();
  for (let number = 0; number < 3_000; number += 1) fail(1, { ...place, model: `m${number}` });
  expect(breakers.standings(usual).length).toBeLessThanOrEqual(2_000);
});

test('never more probes are under way than there may be, in any order of things', () => {
  const acts = fc.constantFrom('enter', 'succeed', 'fail', 'give back', 'wait');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(acts, { maxLength: 200 }), (probes, steps) => {
      const settings = { ...usual, probes };
      const { breakers, enter, fail, pass } = start(settings);
      fail(3);
      const out: BreakerPass[] = [];
      for (const step of steps) {
        const wasHalfOpen = breakers.state(place) === 'half-open';
        const oldest = step === 'enter' || step === 'wait' ? undefined : out.shift();
        if (step === 'wait') pass(10_000);
        else if (step === 'succeed') oldest?.succeeded();
        else if (step === 'fail') oldest?.failed('answered 500');
        else if (step === 'give back') oldest?.gaveBack();
        else {
          const entered = enter();
          if (entered) out.push(entered);
          if (breakers.state(place) === 'open') expect(entered).toBeNull();
        }
        if (breakers.state(place) === 'closed') out.length = 0;
        else if (wasHalfOpen) expect(out.length).toBeLessThanOrEqual(probes);
      }
    }),
    { numRuns: 300 },
  );
});
