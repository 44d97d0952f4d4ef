/** How long a provider asks to be left alone, in every form that providers use. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRetryAfter } from '../../../../gateway/exchange/attempts/retry-after.ts';

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
    [
      'a date in the oldest form of the standard, whatever the zone of this machine',
      { 'retry-after': 'Fri Nov 20 10:00:09 2026' },
      9_000,
    ],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['parts of a millisecond', { 'retry-after-ms': '1500.2' }, 1_501],
    ['milliseconds in the way of Azure', { 'x-ms-retry-after-ms': '800' }, 800],
    ['milliseconds before seconds', { 'retry-after': '9', 'retry-after-ms': '8500' }, 8_500],
    ['seconds, where the milliseconds are senseless', { 'retry-after': '9', 'retry-after-ms': 'soon' }, 9_000],
    ['the first of several', { 'retry-after': ['3', '9'] }, 3_000],
  ])('is read from %s', (_form, headers, expected) => {
    expect(readRetryAfter(headers, now, true)).toBe(expected);
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
    expect(readRetryAfter({ 'retry-after': value }, now, true)).toBeNull();
  });

  test('is unknown where no header tells it', () => {
    expect(
      readRetryAfter({ date: 'Fri, 20 Nov 2026 10:00:00 GMT', 'x-ratelimit-remaining-requests': '0' }, now, true),
    ).toBeNull();
  });

  test('is never negative and never no number, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          'retry-after',
          'retry-after-ms',
          'x-ms-retry-after-ms',
          'x-ratelimit-reset',
          'anthropic-ratelimit-tokens-reset',
        ),
        (value, name) => {
          const waitMs = readRetryAfter({ [name]: value }, now, true) ?? 0;
          expect(waitMs >= 0 && Number.isFinite(waitMs)).toBe(true);
        },
      ),
    );
  });
});

describe("a date is compared to the provider's own clock", () => {
  const date = 'Fri, 20 Nov 2026 12:00:00 GMT';

  test.each([
    ['a date', { 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30_000],
    ['a unix timestamp', { 'x-ratelimit-reset': String(Date.UTC(2026, 10, 20, 12, 0, 5) / 1_000) }, 5_000],
    ['a moment', { 'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:10Z' }, 10_000],
  ])('%s', (_form, headers, expected) => {
    expect(readRetryAfter({ ...headers, date }, now, true)).toBe(expected);
  });

  test('one that only this clock takes for future has passed', () => {
    expect(readRetryAfter({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT', date }, now, true)).toBeNull();
  });

  test('a senseless clock of the provider is not believed', () => {
    const headers = { 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT', date: 'soon' };
    expect(readRetryAfter(headers, now, true)).toBe(30_000);
  });
});

describe('when a limit begins anew', () => {
  const read = (value: string, name = 'x-ratelimit-reset-requests') => readRetryAfter({ [name]: value }, now, true);

  test.each([
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['30s', 30_000],
    ['2m30s', 150_000],
    ['24h', 86_400_000],
    ['6m0s', 360_000],
    ['7.66s', 7_660],
    ['120ms', 120],
    ['1h2m3.5s', 3_723_500],
    ['250us', 1],
    ['0s', 0],
    ['120', 120_000],
    ['1234', 1_234_000],
    ['33011.38', 33_011_380],
    ['11.1', 11_100],
  ])('%s', (value, expected) => {
    expect(read(value)).toBe(expected);
    expect(read(value, 'x-ratelimit-reset-tokens-minute')).toBe(expected);
    expect(read(value, 'x-ratelimit-reset')).toBe(expected);
  });

  test.each([
    ['a unix timestamp to come', String(now / 1_000 + 90), 90_000],
    ['one in milliseconds (OpenRouter)', String(now + 90_000), 90_000],
    ['one that has passed', String(now / 1_000 - 90), null],
    ['a moment to come', '2026-11-20T10:01:00.5Z', 60_500],
    ['a moment with an offset', '2026-11-20T12:01:00+02:00', 60_000],
    ['a moment that has passed', '2026-11-20T09:59:00Z', null],
    ['no number', 'invalid', null],
    ['a unit that nobody has', '5x', null],
    ['a half one', '5m3', null],
    ['nothing', '', null],
    ['a negative one', '-5s', null],
    ['without end', `${'1s'.repeat(64)}`, null],
  ])('%s', (_form, value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test('of several limits the one that is used up counts, be it the longer', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    };
    expect(readRetryAfter(headers, now, true)).toBe(360_000);
  });

  test('of several that are used up the last to begin anew counts', () => {
    const headers = {
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-20T10:00:20Z',
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-20T10:00:50Z',
      'anthropic-ratelimit-requests-remaining': '12',
      'anthropic-ratelimit-requests-reset': '2026-11-20T10:09:00Z',
    };
    expect(readRetryAfter(headers, now, true)).toBe(50_000);
  });

  test('where no remainder is told, the first to begin anew is taken', () => {
    expect(readRetryAfter({ 'x-ratelimit-reset-tokens': '9s', 'x-ratelimit-reset-requests': '4s' }, now, true)).toBe(4_000);
  });

  test('where something is left of every limit, none of them was met', () => {
    expect(readRetryAfter({ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '9s' }, now, true)).toBeNull();
  });

  test('what the provider asks for outright goes before it, even when that has passed', () => {
    const reset = { 'x-ratelimit-reset': '600' };
    expect(readRetryAfter({ ...reset, 'retry-after': '2' }, now, true)).toBe(2_000);
    expect(readRetryAfter({ ...reset, 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, now, true)).toBeNull();
  });

  test('an answer that met no limit is not made to wait for one', () => {
    expect(readRetryAfter({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '9s' }, now, false)).toBeNull();
  });
});
