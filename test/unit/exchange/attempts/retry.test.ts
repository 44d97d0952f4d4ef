/** How long a provider asks to be left alone, in every form that providers use, and how long is waited in the end. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../../gateway/chat/error.ts';
import { attemptLimit, nextPlace, pauseBeforeRetry, readRetryAfter } from '../../../../gateway/exchange/attempts/retry.ts';
import { provider } from '../../discovery/scripted-send.ts';

/** Fri, 20 Nov 2026 10:00:00 GMT */
const now = Date.UTC(2026, 10, 20, 10, 0, 0);

describe('the wait that a provider asks for', () => {
  test.each([
    ['seconds', { 'retry-after': '120' }, 120_000],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['parts of a second', { 'retry-after': '0.25' }, 250],
    ['seconds with space around them', { 'retry-after': ' 7 ' }, 7_000],
    ['a date to come', { 'retry-after': 'Fri, 20 Nov 2026 10:01:30 GMT' }, 90_000],
    ['a date in the older form of the standard', { 'retry-after': 'Friday, 20-Nov-26 10:00:05 GMT' }, 5_000],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['parts of a millisecond', { 'retry-after-ms': '1500.2' }, 1_501],
    ['milliseconds in the way of Azure', { 'x-ms-retry-after-ms': '800' }, 800],
    ['milliseconds before seconds', { 'retry-after': '9', 'retry-after-ms': '8500' }, 8_500],
    ['seconds, where the milliseconds are senseless', { 'retry-after': '9', 'retry-after-ms': 'soon' }, 9_000],
    ['the first of several', { 'retry-after': ['3', '9'] }, 3_000],
  ])('is read from %s', (_form, headers, expected) => {
    expect(readRetryAfter(headers, now)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    '120s',
    'invalid',
    '-5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '٣',
    '9'.repeat(40),
    'Fri, 20 Nov 2026 09:59:59 GMT',
    'Mon, 99 Xyz 2026',
    '2026-11-20T10:01:00Z',
  ])('is ignored when it is senseless or past: %j', (value) => {
    expect(readRetryAfter({ 'retry-after': value }, now)).toBeNull();
  });

  test('is unknown where no header tells it', () => {
    expect(readRetryAfter({ date: 'Fri, 20 Nov 2026 10:00:00 GMT', 'x-ratelimit-remaining-requests': '0' }, now)).toBeNull();
  });

  test('is never negative and never no number, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('retry-after', 'retry-after-ms', 'x-ms-retry-after-ms'),
        (value, name) => {
          const waitMs = readRetryAfter({ [name]: value }, now) ?? 0;
          expect(waitMs >= 0 && Number.isFinite(waitMs)).toBe(true);
        },
      ),
    );
  });
});

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
});

describe('whom to ask after a failure', () => {
  const first = { provider: provider({ kind: 'openai', id: 'first' }), model: 'm' };
  const second = { provider: provider({ kind: 'openai', id: 'second' }), model: 'm' };
  const fourKeysAndAnother = [first, first, first, first, second];

  /** Plays the attempts of a request whose every attempt fails in this way. */
  const askedAfter = (kind: ErrorKind, candidates = fourKeysAndAnother): number[] => {
    const asked = [0];
    while (asked.length < attemptLimit) {
      const next = nextPlace(candidates, asked.at(-1) ?? 0, new GatewayError(kind, 'no'), asked.length);
      if (next === null) break;
      asked.push(next);
    }
    return asked;
  };

  test.each<ErrorKind>([
    'upstream-connect',
    'upstream-connect-timeout',
    'upstream-dns',
    'upstream-tls',
    'upstream-failed',
    'upstream-first-byte-timeout',
    'upstream-stalled',
    'upstream-redirect',
    'upstream-protocol',
  ])('%s is the same with every key: the next target is asked', (kind) => {
    expect(askedAfter(kind)).toEqual([0, 4]);
  });

  test.each<ErrorKind>(['upstream-auth', 'upstream-quota', 'upstream-rate-limit'])(
    '%s may go away with another key, but the last attempt is left for the next target',
    (kind) => {
      expect(askedAfter(kind)).toEqual([0, 1, 4]);
      expect(askedAfter(kind, [first, first, first, first])).toEqual([0, 1, 2]);
    },
  );

  test('another model of the same provider is another target', () => {
    expect(askedAfter('upstream-failed', [first, first, { ...first, model: 'n' }])).toEqual([0, 2]);
  });

  test('what the client is to blame for is asked of nobody else', () => {
    expect(askedAfter('upstream-refused')).toEqual([0]);
  });
});
