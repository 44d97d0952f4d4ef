/** The key pool: shares by weight, rests that end, and never a request without a key. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exhaustedRestMs,
  firstRestMs,
  KeyPool,
  lastRestMs,
  longestAskedMs,
  setAsideMs,
} from '../../../gateway/providers/key-pool.ts';

const a = { reference: 'vault:a', weight: 3 };
const b = { reference: 'vault:b', weight: 1 };
const keys = [a, b];
const name = (reference: string | undefined) => reference?.slice('vault:'.length);

function poolAt(startMs = 1_000_000) {
  const clock = { now: startMs };
  const pool = new KeyPool(() => clock.now);
  const firsts = (count: number) => Array.from({ length: count }, () => name(pool.order('p', keys)[0])).join('');
  const standing = (reference: string) => pool.standings('p', keys).find((one) => one.reference === reference);
  return { clock, pool, firsts, standing };
}

describe('turns', () => {
  test('follow the weights smoothly, and every other key stands behind the first', () => {
    const { pool, firsts } = poolAt();
    expect(firsts(8)).toBe('aabaaaba');
    expect(pool.order('p', keys).toSorted()).toEqual(['vault:a', 'vault:b']);
  });

  test('of one provider are not those of another with the same key', () => {
    const { pool } = poolAt();
    expect([1, 2].map(() => pool.order('one', keys)[0])).toEqual([1, 2].map(() => pool.order('other', keys)[0]));
  });

  test('give each key its share over any number of full rounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const own = weights.map((weight, index) => ({ reference: `vault:${index}`, weight }));
        const pool = new KeyPool(() => 0);
        const counts = new Map<string | undefined, number>();
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let turn = 0; turn < total; turn += 1) {
          const [first] = pool.order('p', own);
          counts.set(first, (counts.get(first) ?? 0) + 1);
        }
        expect(own.map(({ reference }) => counts.get(reference))).toEqual(weights);
      }),
    );
  });
});

describe('a key that took too much', () => {
  test('rests as long as the provider asked for, and is then ready of itself', () => {
    const { clock, pool, firsts, standing } = poolAt();
    pool.rest('p', 'vault:a', clock.now, 40_000);
    expect(firsts(3)).toBe('bbb');
    expect(standing('vault:a')).toMatchObject({ state: 'resting', untilMs: clock.now + 40_000 });
    clock.now += 40_000;
    expect(standing('vault:a')).toMatchObject({ state: 'ready', untilMs: null, reason: null });
    expect(firsts(4)).toContain('a');
  });

  test('rests longer each time when the provider does not say how long, up to five minutes', () => {
    const { clock, pool, standing } = poolAt();
    const rests = Array.from({ length: 7 }, () => {
      pool.rest('p', 'vault:a', clock.now, null);
      const restMs = (standing('vault:a')?.untilMs ?? 0) - clock.now;
      clock.now += restMs;
      return restMs;
    });
    expect(rests).toEqual([1, 2, 4, 8, 16, 20, 20].map((times) => times * firstRestMs));
    expect(rests.at(-1)).toBe(lastRestMs);
    pool.restored('p', 'vault:a', clock.now);
    pool.rest('p', 'vault:a', clock.now, null);
    expect(standing('vault:a')?.untilMs).toBe(clock.now + firstRestMs);
  });

  test('is not punished again for requests that were under way when it began to rest', () => {
    const { clock, pool, standing } = poolAt();
    const sentAtMs = clock.now;
    clock.now += 500;
    for (let request = 0; request < 20; request += 1) pool.rest('p', 'vault:a', sentAtMs, null);
    expect(standing('vault:a')?.untilMs).toBe(clock.now + firstRestMs);
    pool.restored('p', 'vault:a', sentAtMs);
    expect(standing('vault:a')?.state).toBe('resting');
    pool.restored('p', 'vault:a', clock.now);
    expect(standing('vault:a')?.state).toBe('ready');
  });

  test('is not put away for ever by a senseless wish', () => {
    const { clock, pool, standing } = poolAt();
    pool.rest('p', 'vault:a', clock.now, Number.MAX_SAFE_INTEGER);
    expect(standing('vault:a')?.untilMs).toBe(clock.now + longestAskedMs);
  });
});

test('a key without credit rests for longer than one that is only too fast', () => {
  const { clock, pool, standing } = poolAt();
  pool.rest('p', 'vault:a', clock.now, null);
  pool.exhaust('p', 'vault:a', null);
  expect(standing('vault:a')).toMatchObject({ state: 'resting', untilMs: clock.now + exhaustedRestMs });
});

test('a refused key is set aside until its secret changes or a quarter of an hour has passed', () => {
  const { clock, pool, firsts, standing } = poolAt();
  pool.setAside('p', 'vault:a', 'was refused (401)');
  expect(standing('vault:a')).toEqual({
    reference: 'vault:a',
    state: 'set-aside',
    untilMs: clock.now + setAsideMs,
    reason: 'was refused (401)',
  });
  expect(firsts(2)).toBe('bb');
  pool.secretChanged('vault:other');
  expect(standing('vault:a')?.state).toBe('set-aside');
  pool.secretChanged('vault:a');
  expect(standing('vault:a')?.state).toBe('ready');
  pool.setAside('p', 'vault:a', 'was refused (401)');
  clock.now += setAsideMs;
  expect(standing('vault:a')?.state).toBe('ready');
});

test('when every key rests, the one that is back soonest is tried first', () => {
  const { clock, pool } = poolAt();
  pool.setAside('p', 'vault:a', 'was refused (401)');
  pool.rest('p', 'vault:b', clock.now, 60_000);
  expect(pool.order('p', keys)).toEqual(['vault:b', 'vault:a']);
});

test('a key that the config names no more is forgotten, with what was held against it', () => {
  const { pool, standing } = poolAt();
  pool.setAside('p', 'vault:a', 'was refused (401)');
  pool.setAside('p', 'vault:b', 'was refused (401)');
  pool.keep(new Map([['p', [b]]]));
  expect([standing('vault:a')?.state, standing('vault:b')?.state]).toEqual(['ready', 'set-aside']);
});

test('whatever happens, every key is offered exactly once and the ready ones come first', () => {
  const event = fc.record({
    what: fc.constantFrom('rest', 'exhaust', 'setAside', 'restored', 'secretChanged', 'wait', 'order'),
    key: fc.integer({ min: 0, max: 3 }),
    ms: fc.integer({ min: 0, max: 2_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const clock = { now: 0 };
      const pool = new KeyPool(() => clock.now);
      const own = [1, 2, 5, 9].map((weight, index) => ({ reference: `vault:${index}`, weight }));
      for (const { what, key, ms } of events) {
        const reference = `vault:${key}`;
        if (what === 'rest') pool.rest('p', reference, clock.now - (ms % 1_000), ms % 2 === 0 ? ms : null);
        if (what === 'exhaust') pool.exhaust('p', reference, ms);
        if (what === 'setAside') pool.setAside('p', reference, 'refused');
        if (what === 'restored') pool.restored('p', reference, clock.now);
        if (what === 'secretChanged') pool.secretChanged(reference);
        if (what === 'wait') clock.now += ms;
        const states = new Map(pool.standings('p', own).map((one) => [one.reference, one]));
        const order = pool.order('p', own);
        expect(order.toSorted()).toEqual(own.map((one) => one.reference));
        const held = order.map((one) => states.get(one)?.untilMs ?? 0);
        expect(held).toEqual(held.toSorted((one, other) => one - other));
      }
    }),
  );
});
