/** Holds what people read of budgets to what they stand at: a bar never leaves its place, and a verdict never flatters. */
import { describe, expect, test } from 'vitest';
import {
  budgetParts,
  budgetSentence,
  budgetVerdict,
  rateNames,
  resetWords,
  scopeWords,
  tierWords,
  wordsOfRate,
} from '../../../../renderer/components/money-words.ts';
import { sampleBudget } from '../../../support/money-samples.ts';

describe('a budget', () => {
  test.each([
    [
      { settledUsd: 1, reservedUsd: 1, limitUsd: 4 },
      { settled: 0.25, reserved: 0.25 },
    ],
    [
      { settledUsd: 3, reservedUsd: 3, limitUsd: 4 },
      { settled: 0.75, reserved: 0.25 },
    ],
    [
      { settledUsd: 9, reservedUsd: 1, limitUsd: 4 },
      { settled: 1, reserved: 0 },
    ],
    [
      { settledUsd: 0, reservedUsd: 0, limitUsd: 0 },
      { settled: 1, reserved: 0 },
    ],
  ])('of %o fills %o of its bar', (budget, parts) => {
    expect(budgetParts(budget)).toEqual(parts);
  });

  test.each([
    [{ settledUsd: 1 }, 'Within its limit'],
    [{ settledUsd: 2.5 }, 'Warning'],
    [{ settledUsd: 5 }, 'Spent'],
    [{ settledUsd: 4.9, reservedUsd: 0.1 }, 'Spent'],
    [{ settledUsd: 5, mode: 'soft' as const }, 'Over its limit'],
    [{ settledUsd: 0, closed: 'over its bound' }, 'Closed'],
    [{ period: 'call' as const }, 'For each call'],
    [{ settledUsd: 4.9, reservedUsd: 0, warnAt: [] }, 'Within its limit'],
  ])('with %o is called: %s', (changes, word) => {
    expect(budgetVerdict(sampleBudget({ reservedUsd: 0, ...changes })).word).toBe(word);
  });

  test('says how much of what in which time, and when it begins anew', () => {
    expect(budgetSentence(sampleBudget())).toBe('$1.23 of $5.00 a day');
    expect(budgetSentence(sampleBudget({ period: 'call', limitUsd: 0.01 }))).toBe('at most $0.01 for one call');
    const endsAtMs = new Date(2026, 10, 21).getTime();
    expect(resetWords({ endsAtMs }, endsAtMs - 5_400_000)).toBe('begins anew in 1 h 30 min, 21 Nov 2026 00:00');
    expect(resetWords({ endsAtMs: null }, 0)).toBeNull();
  });

  test('names whose spending counts', () => {
    expect(scopeWords({ kind: 'all', of: null, name: null })).toBe('everything');
    expect(scopeWords({ kind: 'client', of: 'client_1', name: 'editor' })).toBe('the key “editor”');
    expect(scopeWords({ kind: 'model', of: 'openai/gpt-5', name: null })).toBe('the model openai/gpt-5');
    expect(tierWords('low')).toBe('low: $0.002 a call, $0.10 a day');
  });
});

test('every rate has words, for a million where its name says so, and an unknown one keeps its name', () => {
  for (const name of rateNames) expect([name, wordsOfRate(name).per]).toEqual([name, name.includes('Million') ? 1e6 : 1]);
  expect(wordsOfRate('perDreamUsd')).toEqual({ label: 'perDreamUsd', per: 1 });
  expect(wordsOfRate('toString').label).toBe('toString');
});
