/** Holds the forms of budgets and prices to what the config takes. */
import { describe, expect, test } from 'vitest';
import { configBudgetSchema } from '../../../../../gateway/contract/money/budget.ts';
import { priceOverrideSchema } from '../../../../../gateway/contract/money/price.ts';
import { draftOfConfigBudget, newConfigBudget, readConfigBudget } from '../../../../../renderer/screens/usage/budget-form.ts';
import { draftOfPrice, extrasOf, readPriceDraft } from '../../../../../renderer/screens/usage/price-form.ts';
import { extrasWords, findPrices, lacksPrice } from '../../../../../renderer/screens/usage/price-words.ts';
import { samplePrices } from '../../../../support/money-samples.ts';

describe('a budget of the config', () => {
  test('that is only opened comes back as it was, whatever it is for', () => {
    for (const scope of [{}, { provider: 'openai' }, { model: 'openai/gpt-5' }, { rule: 'night' }]) {
      const budget = configBudgetSchema.parse({ name: 'a', period: 'month', limitUsd: 3, ...scope });
      expect(readConfigBudget(draftOfConfigBudget(budget), [])).toEqual({ entry: budget, problems: new Map() });
    }
  });

  test.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'taken' }, 'name'],
    [{ scope: 'rule' as const }, 'rule'],
    [{ scope: 'model' as const, of: 'gpt-5' }, 'model'],
  ])('with %o is refused at %s', (changes, field) => {
    const { entry, problems } = readConfigBudget({ ...newConfigBudget, name: 'a', limitUsd: '1', ...changes }, ['taken']);
    expect([entry, [...problems.keys()]]).toEqual([null, [field]]);
  });
});

describe('a price', () => {
  const [sonnet] = samplePrices;
  const price = sonnet?.price ?? null;

  test('that is only opened comes back as it was, tiers included', () => {
    const read = readPriceDraft(draftOfPrice(price), extrasOf(price));
    const { rates, longContext, serviceTiers } = price ?? {};
    expect(read).toEqual({ price: { ...rates, longContext, serviceTiers }, problems: new Map() });
    expect(priceOverrideSchema.parse(read.price)).toEqual(read.price);
    expect(extrasWords(extrasOf(price))).toBe('above 200,000 tokens read $6.00 / $22.50; batch 50 %');
  });

  test('is written without exponents, and says something', () => {
    const tiny = price && { ...price, rates: { inputPerMillionUsd: 1e-7, perRequestUsd: 10 } };
    expect(draftOfPrice(tiny)).toEqual({ inputPerMillionUsd: '0.0000001', perRequestUsd: '10' });
    expect([...readPriceDraft({}, {}).problems.keys()]).toEqual(['inputPerMillionUsd']);
    expect(readPriceDraft({ inputPerMillionUsd: '0' }, {}).price).toEqual({ inputPerMillionUsd: 0 });
    expect([...readPriceDraft({ outputPerMillionUsd: '-1' }, {}).problems.keys()]).toEqual(['outputPerMillionUsd']);
  });

  test('is found by parts of its name, and by who says it', () => {
    const names = (search: string, show: 'all' | 'unknown' | 'own') =>
      findPrices(samplePrices, search, show).map(({ model }) => model);
    expect(names('OPEN mini', 'all')).toEqual(['gpt-5-mini']);
    expect(names('', 'unknown')).toEqual(['qwen3-coder:480b']);
    expect(names('', 'own')).toEqual(['deepseek/deepseek-chat']);
  });

  test.each([
    ['gpt-5', { inputPerMillionUsd: 1 }, true],
    ['gpt-5', { outputPerMillionUsd: 1 }, true],
    ['gpt-5', { perRequestUsd: 1 }, true],
    ['gpt-5', { inputPerMillionUsd: 0, outputPerMillionUsd: 0 }, false],
    ['text-embedding-3-small', { inputPerMillionUsd: 1 }, false],
    ['whisper-1', { perAudioMinuteUsd: 1 }, false],
    ['gpt-image-1', { inputPerMillionUsd: 1, imageOutputPerMillionUsd: 1 }, false],
  ])('of %s that says only %o is counted as unknown: %s', (model, rates, isUnknown) => {
    const listed = { provider: 'openai', model, price: price && { ...price, rates } };
    expect(lacksPrice(listed)).toBe(isUnknown);
    expect(findPrices([listed], '', 'unknown')).toEqual(isUnknown ? [listed] : []);
  });
});
