/** Holds the form for reliability to the contract's own limits and defaults. */
import { describe, expect, test } from 'vitest';
import { reliabilitySchema } from '../../../../../gateway/contract/reliability.ts';
import {
  afterTyping,
  numberProblem,
  numberSettings,
  shownValue,
} from '../../../../../renderer/screens/settings/reliability-form.ts';
import { getAt, setAt } from '../../../../../renderer/stores/json-value.ts';

const usual = reliabilitySchema.parse({});

describe('each setting', () => {
  test.each(numberSettings)('"$label" has the usual value and the limits of the gateway', (one) => {
    expect(getAt(usual, one.place)).toBe(one.usual);
    const accepts = (value: number) => reliabilitySchema.safeParse(setAt({}, one.place, value)).success;
    expect([accepts(one.least), accepts(one.most), accepts(one.least - 1), accepts(one.most + 1)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(numberProblem(one, String(one.most / one.scale))).toBe(null);
    expect(numberProblem(one, String((one.most + 1) / one.scale))).not.toBe(null);
  });

  test.each(['x', '-1', '1e99'])('%s is refused beside its field, and an empty one asks for the usual value', (text) => {
    for (const one of numberSettings)
      expect([numberProblem(one, text), numberProblem(one, '')]).toEqual([expect.any(String), null]);
  });
});

test('what was typed is written in the gateway’s units, and an emptied field is left out', () => {
  const document = { attempts: 5, breaker: { openMs: 9_000 }, healthChecks: false };
  expect(afterTyping(document, { 'breaker.openMs': '1,5', attempts: '', 'retryBudget.percent': '12.5' })).toEqual({
    breaker: { openMs: 1_500 },
    healthChecks: false,
    retryBudget: { percent: 12.5 },
  });
  expect(reliabilitySchema.safeParse(afterTyping(undefined, { attempts: '2' })).success).toBe(true);
});

test('what nobody typed follows what is in force', () => {
  const [, , window] = numberSettings;
  if (!window) throw new Error('there are three settings');
  expect(shownValue(usual, window, {})).toBe('60');
  expect(shownValue(usual, window, { 'breaker.windowMs': '' })).toBe('');
});
