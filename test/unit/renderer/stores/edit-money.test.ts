/** Holds edits of money to the document: what was not edited stays as it was written, by hand too. */
import { expect, test } from 'vitest';
import {
  budgetField,
  priceField,
  putAlertSetting,
  putBudget,
  putPrice,
  putProviderLimits,
  removeBudget,
} from '../../../../renderer/stores/edit-money.ts';
import { mergeAlerts } from '../../../../renderer/stores/money.ts';
import { sampleAlerts } from '../../../support/money-samples.ts';

const one = { name: 'one', period: 'day', limitUsd: 1 };
const two = { name: 'two', period: 'month', limitUsd: 2 };

test('a budget takes the place of the one that was edited, under another name too; a new one comes last', () => {
  const document = { version: 1, budgets: [one, two], aliases: {} };
  expect(putBudget(document, 'one', { ...one, name: 'uno' }).budgets).toEqual([{ ...one, name: 'uno' }, two]);
  expect(putBudget({ version: 1 }, null, one)).toEqual({ version: 1, budgets: [one] });
  expect(putBudget({ version: 1, budgets: [two] }, 'one', one).budgets).toEqual([two, one]);
  expect(removeBudget(document, 'one')).toEqual({ version: 1, budgets: [two], aliases: {} });
});

test('a price stands under its model, dots, slashes and all, and nothing empty is left when it goes', () => {
  const priced = putPrice({ version: 1, prices: { compareLocalWith: 'a/b' } }, 'lab/qwen2.5/x', { perRequestUsd: 1 });
  expect(priced.prices).toEqual({ compareLocalWith: 'a/b', overrides: { 'lab/qwen2.5/x': { perRequestUsd: 1 } } });
  expect(putPrice(priced, 'lab/qwen2.5/x', undefined)).toEqual({ version: 1, prices: { compareLocalWith: 'a/b' } });
  expect(putProviderLimits({ limits: { providers: { a: { concurrent: 1 } } } }, 'a', undefined)).toEqual({});
  expect(putAlertSetting({}, 'desktop', false)).toEqual({ alerts: { desktop: false } });
});

test('a refused field is found by what the form calls it', () => {
  expect(budgetField('budgets.3.warnAt.0')).toBe('warnAt');
  expect(budgetField('providers.3.id')).toBeNull();
  expect(priceField('prices.overrides.lab/qwen2.5.inputPerMillionUsd', 'lab/qwen2.5')).toBe('inputPerMillionUsd');
  expect(priceField('prices.overrides.lab/qwen2.5', 'lab/qwen2.5')).toBe('');
  expect(priceField(undefined, 'a/b')).toBeNull();
});

test('alerts stand newest first, each once, and one that was seen stays seen', () => {
  const [newest, middle, oldest] = sampleAlerts;
  if (!newest || !middle || !oldest) throw new Error('three alerts are needed');
  const seen = { ...newest, seenAtMs: 5 };
  expect(mergeAlerts([oldest, newest], [middle, seen]).map(({ id, seenAtMs }) => [id, seenAtMs])).toEqual([
    [newest.id, 5],
    [middle.id, null],
    [oldest.id, oldest.seenAtMs],
  ]);
});
