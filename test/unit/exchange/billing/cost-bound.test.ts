/** How dear a request may become by the way in which it is served. */
import { expect, test } from 'vitest';
import type { Price } from '../../../../gateway/contract/money/price.ts';
import { dialects } from '../../../../gateway/dialects/index.ts';
import { boundCost } from '../../../../gateway/exchange/billing/cost-bound.ts';

const price: Price = {
  rates: { inputPerMillionUsd: 1, outputPerMillionUsd: 10 },
  longContext: [],
  serviceTiers: { priority: 2, flex: 0.5, fast: 6, us: 1.1 },
  source: 'catalog',
  version: 'test',
  url: null,
};

function boundFor(body: object, priced: Price = price) {
  const dialect = dialects.get('openai-chat');
  if (!dialect) throw new Error('There is no such format.');
  const text = JSON.stringify({ model: 'm', max_tokens: 1_000, messages: [{ role: 'user', content: 'hi' }], ...body });
  const request = dialect.readRequest([Buffer.from(text)], { model: null, stream: null });
  const candidate = { provider: { kind: 'openai', builtIn: false }, model: 'm' } as Parameters<typeof boundCost>[0]['candidate'];
  const found = boundCost({
    candidate,
    price: priced,
    dialect,
    request,
    askedTokens: 1_000,
    inputTokens: null,
    contextTokens: null,
    maxOutputTokens: null,
  });
  return { bound: found?.bounds[0]?.nanoUsd ?? 0, estimate: found?.estimateNanoUsd ?? 0 };
}

test('a request that names no service tier is held at the usual one, one that names any at the dearest', () => {
  const usual = boundFor({ metadata: { note: 'x'.repeat(20) } }).bound;
  const untiered = { ...price, serviceTiers: {} };
  for (const field of ['service_tier', 'speed', 'inference_geo']) {
    const { bound } = boundFor({ [field]: 'anything' });
    expect(bound / boundFor({ [field]: 'anything' }, untiered).bound).toBeCloseTo(2 * 6 * 1.1, 3);
  }
  expect(usual).toBe(boundFor({ metadata: { note: 'x'.repeat(20) } }, untiered).bound);
});

test('what is likely is reckoned at the usual tier, whatever the bound', () => {
  const body = { service_tier: 'auto' };
  expect(boundFor(body).estimate).toBe(boundFor(body, { ...price, serviceTiers: {} }).estimate);
});

test('what a provider asks for its searches is in the bound: the fee of each call, and of searches whose price nobody tells', () => {
  const feeOf = (priced: Price, body: object = {}) =>
    boundFor(body, priced).bound - boundFor(body, { ...priced, source: 'config', rates: price.rates }).bound;
  expect(feeOf({ ...price, rates: { ...price.rates, perRequestUsd: 0.025 } })).toBe(25_000_000);
  expect(feeOf(price)).toBe(0);
  const searching = { web_search_options: { search_context_size: 'low' } };
  expect(feeOf(price, searching)).toBe(20 * 25_000_000);
  expect(feeOf({ ...price, rates: { ...price.rates, perSearchUsd: 0.01 } }, searching)).toBe(20 * 10_000_000);
});
