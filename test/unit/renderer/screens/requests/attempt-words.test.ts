/** Holds the waterfall of a request's attempts to its axis, and their causes to words. */
import { describe, expect, test } from 'vitest';
import { attemptCauses } from '../../../../../gateway/contract/records.ts';
import {
  attemptsTitle,
  axisMs,
  barOf,
  causeWords,
  leftOutWords,
} from '../../../../../renderer/screens/requests/attempt-words.ts';
import { sampleDetail } from '../../../../support/routing-samples.ts';

const detail = sampleDetail('req_1');
const [first, second, third] = detail.attemptList;

describe('the bar of an attempt', () => {
  test('begins after the pause that came before it, and is as long as the attempt', () => {
    expect(second && barOf(second, detail.startedAtMs, 10_000)).toEqual({
      left: expect.closeTo(3.8),
      waited: expect.closeTo(8.2),
      head: 9,
      rest: 0,
    });
    expect(third && barOf(third, detail.startedAtMs, 10_000)).toEqual({
      left: 21.5,
      waited: 0,
      head: expect.closeTo(6.1),
      rest: expect.closeTo(35.9),
    });
  });

  test('never leaves the axis, whatever the clocks did', () => {
    for (const startedAtMs of [detail.startedAtMs - 5_000, detail.startedAtMs + 50_000]) {
      const bar = first && barOf({ ...first, startedAtMs, waitedMs: 90_000, headMs: 90_000 }, detail.startedAtMs, 1_000);
      const parts = Object.values(bar ?? {});
      expect(parts.every((part) => part >= 0)).toBe(true);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(100);
    }
  });
});

test('what was left out is no attempt, and told as what it is', () => {
  const [sent, budget, limit] = [{ errorKind: 'upstream-failed' }, { errorKind: 'over-budget' }, { errorKind: 'provider-limit' }];
  expect(attemptsTitle([sent])).toBe('1 attempt');
  expect(attemptsTitle([sent, budget, sent, limit])).toBe('2 attempts, 2 targets left out');
  expect(attemptsTitle([budget])).toBe('0 attempts, 1 target left out');
  expect([leftOutWords(budget), leftOutWords(limit)]).toEqual([
    'A budget had no room for it: nothing was sent',
    'Its provider’s limit was used up: nothing was sent',
  ]);
});

test('the axis is as long as the request and as its last attempt', () => {
  expect(axisMs(detail)).toBe(6_400);
  expect(axisMs({ ...detail, durationMs: null })).toBe(6_350);
  expect(axisMs({ ...detail, durationMs: 0, attemptList: [] })).toBe(1);
});

test('every cause has words, and a key is called as in the config, without its carrier', () => {
  expect(new Set(attemptCauses.map((cause) => causeWords({ cause, key: null }))).size).toBe(attemptCauses.length);
  expect(causeWords({ cause: 'next-key', key: 'vault:openai-2' })).toBe('With the next key, key openai-2');
});
