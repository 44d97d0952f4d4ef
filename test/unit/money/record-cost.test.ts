/** What the log keeps of a cost: how much, and on what it stands. */
import { expect, test } from 'vitest';
import { unknownUsage, type Usage } from '../../../gateway/chat/usage.ts';
import type { Price } from '../../../gateway/contract/money/price.ts';
import { decodeUsage } from '../../../gateway/dialects/openai/usage.ts';
import { localPrice } from '../../../gateway/money/prices/said-prices.ts';
import { holdsWrongCount } from '../../../gateway/money/raw-usage.ts';
import { type CostInput, recordCost } from '../../../gateway/money/record-cost.ts';

const price: Price = {
  rates: { inputPerMillionUsd: 3, cachedInputPerMillionUsd: 0.3, cacheWritePerMillionUsd: 3.75, outputPerMillionUsd: 15 },
  longContext: [],
  serviceTiers: { batch: 0.5 },
  source: 'catalog',
  version: 'genai-prices 0.1.8',
  url: null,
};
const usage: Usage = { ...unknownUsage, inputTokens: 1_000, outputTokens: 100 };
const record = (change: Partial<CostInput>) =>
  recordCost({ price, comparedPrice: null, usage, estimated: false, rawUsageJson: null, ...change });
/** As a provider of OpenAI's format is read. */
const told = (raw: object) => record({ usage: decodeUsage(raw), rawUsageJson: JSON.stringify(raw) });

test('a cost from a usage and a price is computed, and the price is kept with it', () => {
  expect(record({})).toEqual({ nanoUsd: 4_500_000, basis: 'computed', price, cacheSavedNanoUsd: 0, localSavedNanoUsd: 0 });
});

test('what the provider states is the cost, with a price and without', () => {
  const stated = { prompt_tokens: 1_000, completion_tokens: 100, cost: 0.0123 };
  expect(told(stated)).toMatchObject({ nanoUsd: 12_300_000, basis: 'stated', price });
  expect(record({ price: null, rawUsageJson: JSON.stringify(stated) })).toMatchObject({
    nanoUsd: 12_300_000,
    basis: 'stated',
    price: null,
  });
});

test('xAI’s ticks are a stated cost above a dollar too, and no doubtful count', () => {
  const stated = { prompt_tokens: 1_000, completion_tokens: 100, cost_in_usd_ticks: 25_000_000_000 };
  expect(told(stated)).toMatchObject({ nanoUsd: 2_500_000_000, basis: 'stated' });
  expect(holdsWrongCount(stated)).toBe(false);
  expect(told({ ...stated, cost_in_usd_ticks: '25' })).toMatchObject({ nanoUsd: 4_500_000, basis: 'estimated' });
});

test.each([
  ['less than nothing', -0.01],
  ['text', '0.01'],
  ['beyond all reason', 1e300],
])('a stated cost that is %s is not believed: the cost is computed, and marked', (_what, cost) => {
  expect(told({ prompt_tokens: 1_000, completion_tokens: 100, cost })).toMatchObject({ nanoUsd: 4_500_000, basis: 'estimated' });
});

test('a usage that we counted makes an estimate', () => {
  expect(record({ estimated: true })).toMatchObject({ nanoUsd: 4_500_000, basis: 'estimated' });
});

test('without a price, or without a count, nobody knows the cost', () => {
  expect(record({ price: null })).toMatchObject({ nanoUsd: null, basis: 'unknown', price: null });
  expect(record({ usage: null })).toMatchObject({ nanoUsd: null, basis: 'unknown', price });
  expect(record({ price: null, rawUsageJson: '{"prompt_tokens":5,"note":"no cost"}' })).toMatchObject({
    nanoUsd: null,
    basis: 'unknown',
  });
});

test('what runs here is free, and tells what the compared model would have cost', () => {
  const local = record({ price: localPrice, comparedPrice: price, rawUsageJson: 'not even JSON' });
  expect(local).toEqual({ nanoUsd: 0, basis: 'free', price: localPrice, cacheSavedNanoUsd: 0, localSavedNanoUsd: 4_500_000 });
  expect(record({ price: localPrice, comparedPrice: price, usage: null }).localSavedNanoUsd).toBe(0);
});

test('a cache saves what it read cheaper, less what writing it cost: the true net, below nothing where it was only written', () => {
  const read = { ...usage, cachedInputTokens: 800 };
  expect(record({ usage: read }).cacheSavedNanoUsd).toBe(800 * 2_700);
  expect(record({ usage: { ...read, cacheWriteTokens: 200 } }).cacheSavedNanoUsd).toBe(800 * 2_700 - 200 * 750);
  expect(record({ usage: { ...usage, cacheWriteTokens: 200 } }).cacheSavedNanoUsd).toBe(-200 * 750);
  const batch = JSON.stringify({ service_tier: 'batch' });
  expect(record({ usage: read, rawUsageJson: batch }).cacheSavedNanoUsd).toBe(400 * 2_700);
});

test('what a cache saves never goes beyond what is counted exactly, on either side of nothing', () => {
  const many = { ...unknownUsage, inputTokens: 9_000_000_000, outputTokens: 0 };
  const dear: Price = { ...price, rates: { inputPerMillionUsd: 1e6, cachedInputPerMillionUsd: 0, outputPerMillionUsd: 0 } };
  const cheap: Price = { ...price, rates: { inputPerMillionUsd: 0, cachedInputPerMillionUsd: 1e6, outputPerMillionUsd: 0 } };
  const cached = { ...many, cachedInputTokens: 9_000_000_000 };
  const dearTier = { batch: 100 };
  const rawUsageJson = JSON.stringify({ service_tier: 'batch' });
  const savedAt = (one: Price) =>
    record({ price: { ...one, serviceTiers: dearTier }, usage: cached, rawUsageJson }).cacheSavedNanoUsd;
  expect([savedAt(dear), savedAt(cheap)]).toEqual([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]);
});

test('a service tier that has no price is taken for the usual one, and marked', () => {
  expect(told({ prompt_tokens: 1_000, completion_tokens: 100, service_tier: 'batch' })).toMatchObject({
    nanoUsd: 2_250_000,
    basis: 'computed',
  });
  expect(told({ prompt_tokens: 1_000, completion_tokens: 100, service_tier: 'ultra' })).toMatchObject({
    nanoUsd: 4_500_000,
    basis: 'estimated',
  });
});

test('searches that have no price are marked, unless a person’s own price leaves them out', () => {
  const rawUsageJson = JSON.stringify({ server_tool_use: { web_search_requests: 2 } });
  expect(record({ rawUsageJson })).toMatchObject({ nanoUsd: 4_500_000, basis: 'estimated' });
  expect(record({ rawUsageJson, price: { ...price, source: 'config' } }).basis).toBe('computed');
  expect(record({ rawUsageJson, price: { ...price, rates: { ...price.rates, perSearchUsd: 0.01 } } })).toMatchObject({
    nanoUsd: 24_500_000,
    basis: 'computed',
  });
});

test.each<[string, object, number | null, string]>([
  [
    'more cached tokens than tokens',
    { prompt_tokens: 1_000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 5_000 } },
    300_000 + 1_500_000,
    'estimated',
  ],
  [
    'more reasoning than output',
    { prompt_tokens: 1_000, completion_tokens: 100, completion_tokens_details: { reasoning_tokens: 900 } },
    4_500_000,
    'estimated',
  ],
  [
    'a negative part',
    { prompt_tokens: 1_000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: -7 } },
    4_500_000,
    'estimated',
  ],
  [
    'a part of a token',
    { prompt_tokens: 1_000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 0.5 } },
    4_500_000,
    'estimated',
  ],
  [
    'a count as text',
    { prompt_tokens: 1_000, completion_tokens: 100, completion_tokens_details: { reasoning_tokens: '12' } },
    4_500_000,
    'estimated',
  ],
  [
    'a total that counts everything twice',
    { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 2_200 },
    4_500_000,
    'estimated',
  ],
  ['a negative input', { prompt_tokens: -1_000, completion_tokens: 100 }, null, 'unknown'],
  ['an output as text', { prompt_tokens: 1_000, completion_tokens: '100' }, null, 'unknown'],
  ['a count beyond all reason', { prompt_tokens: 1e300, completion_tokens: 100 }, null, 'unknown'],
  ['nothing at all', {}, null, 'unknown'],
])('%s never corrupts a sum', (_what, raw, nanoUsd, basis) => {
  expect(told(raw)).toMatchObject({ nanoUsd, basis });
});

test('raw usage that is no JSON object leaves the counts, and marks them', () => {
  for (const rawUsageJson of ['{"prompt_tok', '[1]', 'null', '"7"'])
    expect(record({ rawUsageJson })).toMatchObject({ nanoUsd: 4_500_000, basis: 'estimated' });
});
