/** Holds the figures to one writing: unknown is never 0, an estimate is marked, units change where people change them. */
import { describe, expect, test } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatElapsed,
  formatLeft,
  formatShare,
  formatShortly,
  formatTime,
  formatUntil,
  formatUsage,
  formatUsd,
  formatUsdExactly,
  formatUsdInColumn,
  tokensPerSecond,
} from '../../../../renderer/components/formats.ts';

const usage = {
  inputTokens: 1_204,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens: 318,
  reasoningTokens: null,
  estimated: false,
};

describe('figures', () => {
  test.each([
    [null, '–'],
    [0, '0 ms'],
    [212.6, '213 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_240.4, '1.24 s'],
    [59_994, '59.99 s'],
    [59_996, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ])('a duration of %s ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test.each([
    [-5, '0 s'],
    [59_900, '59 s'],
    [61_000, '1 min 01 s'],
  ])('a running time of %s ms counts whole seconds: %s', (milliseconds, text) => {
    expect(formatElapsed(milliseconds)).toBe(text);
  });

  test.each([
    [null, '–'],
    [0, '$0.00'],
    [0.000_021, '$0.000021'],
    [0.0042, '$0.0042'],
    [0.01, '$0.01'],
    [0.0149, '$0.0149'],
    [12.345, '$12.35'],
  ])('%s dollars are %s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text);
  });

  test.each([
    [0.001_042, 'computed', '$0.001042'],
    [0.042, 'estimated', '~$0.042'],
    [0.3, 'stated', '$0.30'],
    [null, 'unknown', 'unknown'],
    [0, 'unknown', 'unknown'],
    [0, 'free', 'free'],
    [0, 'none', '–'],
  ] as const)('a cost of %s that is %s is %s', (amount, basis, text) => {
    expect(formatCost(amount, basis)).toBe(text);
  });

  test('money in columns has six places, exact money all nine, and neither writes something as nothing', () => {
    expect([formatUsdInColumn(1.5), formatUsdInColumn(1e-9), formatUsdInColumn(0)]).toEqual([
      '$1.500000',
      'under $0.000001',
      '$0.000000',
    ]);
    expect([formatUsdExactly(1e-9), formatUsdExactly(1_208.1)]).toEqual(['$0.000000001', '$1,208.10']);
    expect([formatShortly(9_999), formatShortly(12_500), formatShortly(2e6)]).toEqual(['9,999', '12.5 k', '2 M']);
    expect([formatShare(0.8), formatShare(0.125)]).toEqual(['80 %', '12.5 %']);
  });

  test.each([
    [30_000, 'in 1 min'],
    [5_400_000, 'in 1 h 30 min'],
    [7_200_000, 'in 2 h'],
    [10 * 86_400_000, 'in 10 days'],
    [-5, 'in 0 min'],
  ])('what comes in %s ms comes %s', (milliseconds, text) => {
    expect(formatUntil(milliseconds, 0)).toBe(text);
  });

  test.each([
    [null, '–'],
    [1_023, '1023 B'],
    [2_048, '2.0 KiB'],
    [5 * 1_024 * 1_024, '5.0 MiB'],
    [5_225_388_164, '4.9 GiB'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0.2, '1 s left'],
    [59.4, '59 s left'],
    [59.5, '1 min left'],
    [222, '4 min left'],
    [3_600, '1 h left'],
    [4_800, '1 h 20 min left'],
  ])('of work that takes %s s more it is said %s', (seconds, text) => {
    expect(formatLeft(seconds)).toBe(text);
  });

  test('tokens are grouped, an estimate has a tilde, and one unknown side does not hide the other', () => {
    expect(formatUsage(usage)).toBe('1,204 / 318');
    expect(formatUsage({ ...usage, estimated: true })).toBe('~1,204 / ~318');
    expect(formatUsage({ ...usage, outputTokens: null })).toBe('1,204 / –');
    expect(formatUsage({ ...usage, inputTokens: null, outputTokens: null })).toBe('–');
    expect(formatCount(null)).toBe('–');
  });
});

describe('speed', () => {
  test('counts the tokens after the first over the time after the first', () => {
    expect(tokensPerSecond({ ...usage, outputTokens: 101 }, 2_500, 500)).toBe(50);
  });

  test.each([
    ['no first token is known', 101, 2_500, null],
    ['only one token came', 1, 2_500, 500],
    ['the count is unknown', null, 2_500, 500],
    ['everything came at once', 101, 500, 500],
  ])('is unknown when %s', (_why, outputTokens, durationMs, firstTokenMs) => {
    expect(tokensPerSecond({ ...usage, outputTokens }, durationMs, firstTokenMs)).toBeNull();
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 20, 14, 3, 22).getTime();

  test.each([
    [new Date(2026, 10, 20, 9, 5, 1), '09:05:01'],
    [new Date(2026, 10, 19, 9, 5, 1), '19 Nov 09:05'],
    [new Date(2026, 8, 9, 9, 5, 1), '9 Sep 09:05'],
    [new Date(2025, 10, 19, 9, 5, 1), '19 Nov 2025'],
  ])('%s is told as %s', (at, text) => {
    expect(formatTime(at.getTime(), now)).toBe(text);
  });

  test.each([
    [5_000, 'just now'],
    [-5_000, 'just now'],
    [65_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [30 * 3_600_000, '1 day ago'],
    [3 * 86_400_000, '3 days ago'],
    [30 * 86_400_000, '21 Oct 2026'],
  ])('%s ms before now is %s', (beforeMs, text) => {
    expect(formatAgo(now - beforeMs, now)).toBe(text);
  });
});
