/** How long is waited before the same target is asked again. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pauseBeforeRetry } from '../../../../gateway/exchange/attempts/retry.ts';

describe('the pause before another attempt', () => {
  const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('lies anywhere below a bound that doubles with every failure and stops at 8 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), randoms, (failures, random) => {
        const bound = Math.min(500 * 2 ** (failures - 1), 8_000);
        expect(pauseBeforeRetry(failures, null, random)).toBe(Math.round(random * bound));
      }),
    );
    expect([1, 2, 3, 4, 5, 6].map((failures) => pauseBeforeRetry(failures, null, 0.999_999))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 8_000,
    ]);
  });

  test('is never shorter than what the provider asked for, and nothing is waited for beyond 30 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 60_000 }), randoms, (failures, retryAfterMs, random) => {
        const pauseMs = pauseBeforeRetry(failures, retryAfterMs, random);
        if (retryAfterMs > 30_000) expect(pauseMs).toBeNull();
        else expect(pauseMs).toBeGreaterThanOrEqual(retryAfterMs);
      }),
    );
    expect(pauseBeforeRetry(1, 30_000, 0)).toBe(30_000);
    expect(pauseBeforeRetry(1, 30_001, 0)).toBeNull();
  });

  test('never ends at the deadline or after it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 30_000 }), fc.nat({ max: 30_000 }), randoms, (retryAfterMs, leftMs, random) => {
        const pauseMs = pauseBeforeRetry(1, retryAfterMs, random, leftMs);
        expect(pauseMs === null || pauseMs < leftMs).toBe(true);
        if (retryAfterMs >= leftMs) expect(pauseMs).toBeNull();
      }),
    );
  });
});
