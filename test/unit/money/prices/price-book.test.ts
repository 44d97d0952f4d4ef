/** Whose price is whose: the config's, the provider's, the catalog's, this machine's, or nobody's. */
import { expect, test } from 'vitest';
import { type PriceOverride, priceOverrideSchema } from '../../../../gateway/contract/money/price.ts';
import { PriceBook, type PricedProvider } from '../../../../gateway/money/prices/price-book.ts';
import { localPrice, priceOfOverride, type ToldModel } from '../../../../gateway/money/prices/said-prices.ts';

const now = Date.UTC(2026, 10, 20, 12);
const openai: PricedProvider = {
  id: 'openai',
  kind: 'openai',
  origin: 'https://api.openai.com',
  modelList: { origin: 'https://api.openai.com', path: '/v1/models' },
};
const ollama: PricedProvider = { id: 'ollama', kind: 'ollama', origin: 'http://127.0.0.1:11434', modelList: null };
const compatible = (id: string, origin: string): PricedProvider => ({ id, kind: 'openai-compatible', origin, modelList: null });

const overrides = (entries: Record<string, PriceOverride>, compareLocalWith = 'openai/gpt-5-mini') => ({
  overrides: entries,
  compareLocalWith,
});

function bookOver(lists: Record<string, readonly ToldModel[]> = {}, providers: readonly PricedProvider[] = [openai, ollama]) {
  const none: readonly ToldModel[] = [];
  const book = new PriceBook<PricedProvider>({
    listOf: (id) => lists[id] ?? none,
    isHere: ({ origin }) => origin.includes('127.0.0.1'),
    reportFailure: () => undefined,
    provider: (id) => providers.find((provider) => provider.id === id) ?? null,
  });
  book.use(overrides({}), 1);
  return book;
}

const told = (inputPerMillionUsd: number): ToldModel => ({
  id: 'gpt-5-mini',
  facts: { inputPerMillionUsd, outputPerMillionUsd: 9, cachedInputPerMillionUsd: null, priceSource: 'provider' },
});

test('the config goes before the provider’s own list, that before the catalog, whose edition is named', async () => {
  const lists: Record<string, readonly ToldModel[]> = { openai: [told(7)] };
  const book = bookOver(lists);
  expect(book.priceOf(openai, 'gpt-5-mini', now)).toEqual({
    rates: { inputPerMillionUsd: 7, outputPerMillionUsd: 9 },
    longContext: [],
    serviceTiers: {},
    source: 'provider',
    version: '2026-11-20',
    url: 'https://api.openai.com/v1/models',
  });
  book.use(overrides({ 'openai/gpt-5-mini': { inputPerMillionUsd: 1, serviceTiers: { flex: 0.5 } } }), 12);
  expect(book.priceOf(openai, 'gpt-5-mini', now)).toMatchObject({
    rates: { inputPerMillionUsd: 1 },
    serviceTiers: { flex: 0.5 },
    source: 'config',
    version: 'config 12',
  });
  book.use(overrides({}), 13);
  lists.openai = [];
  await book.load();
  expect(book.priceOf(openai, 'gpt-5-mini', now)).toMatchObject({
    rates: { inputPerMillionUsd: 0.25, outputPerMillionUsd: 2 },
    source: 'catalog',
    version: 'genai-prices 0.1.8',
  });
});

test('until the catalog has been read a model that it may know has no answer yet; one that it cannot know has', async () => {
  const book = bookOver();
  expect(book.priceOf(openai, 'gpt-5-mini', now)).toBeUndefined();
  expect(book.priceOf(ollama, 'qwen3:8b', now)).toBe(localPrice);
  await book.load();
  expect(book.priceOf(openai, 'gpt-5-mini', now)?.source).toBe('catalog');
  expect(book.priceOf(openai, 'no-such-model', now)).toBeNull();
});

test('the same price is the same object, until what says it changes', async () => {
  const lists: Record<string, readonly ToldModel[]> = { openai: [told(7)] };
  const book = bookOver(lists);
  const first = book.priceOf(openai, 'gpt-5-mini', now);
  expect(book.priceOf(openai, 'gpt-5-mini', now)).toBe(first);
  lists.openai = [told(7)];
  expect(book.priceOf(openai, 'gpt-5-mini', now + 86_400_000)).toBe(first);
  lists.openai = [told(8)];
  expect(book.priceOf(openai, 'gpt-5-mini', now)).not.toBe(first);
  await book.load();
  expect(book.priceOf(openai, 'gpt-5', now)).toBe(book.priceOf(openai, 'gpt-5-2025-08-07', now));
});

test('a config that says the same of a model leaves its price the one that it was', () => {
  const book = bookOver();
  const same = { 'openai/x': { inputPerMillionUsd: 1, outputPerMillionUsd: 2 } };
  book.use(overrides(same), 2);
  const first = book.priceOf(openai, 'x', now);
  book.use(overrides({ ...same, 'openai/y': { perRequestUsd: 1 } }), 3);
  expect(book.priceOf(openai, 'x', now)).toBe(first);
  book.use(overrides({ 'openai/x': { inputPerMillionUsd: 1, outputPerMillionUsd: 3 } }), 4);
  expect(book.priceOf(openai, 'x', now)?.version).toBe('config 4');
});

test('a price by the call leaves tokens free; one that says a rate of tokens leaves nothing to guess', () => {
  const book = bookOver();
  book.use(overrides({ 'openai/x': { perRequestUsd: 0.01 }, 'openai/y': { inputPerMillionUsd: 1 } }), 1);
  expect(book.priceOf(openai, 'x', now)?.rates).toEqual({ inputPerMillionUsd: 0, outputPerMillionUsd: 0, perRequestUsd: 0.01 });
  expect(book.priceOf(openai, 'y', now)?.rates).toEqual({ inputPerMillionUsd: 1 });
});

test('prices are of their moment: a day from which they hold, and hours of the day, to the minute', async () => {
  const book = bookOver({}, []);
  await book.load();
  const input = (kind: 'openai' | 'deepseek', model: string, at: string) =>
    book.priceOf({ ...openai, id: kind, kind }, model, Date.parse(at))?.rates.inputPerMillionUsd;
  expect(input('openai', 'gpt-5.6-sol', '2026-08-20T23:59:59Z')).toBe(5);
  expect(input('openai', 'gpt-5.6-sol', '2026-08-21T00:00:00Z')).toBe(4);
  expect(input('deepseek', 'deepseek-flash', '2026-11-20T00:59:59Z')).toBe(0.15);
  expect(input('deepseek', 'deepseek-flash', '2026-11-20T01:00:00Z')).toBe(0.3);
  expect(input('deepseek', 'deepseek-flash', '2026-11-20T03:59:59Z')).toBe(0.3);
  expect(input('deepseek', 'deepseek-flash', '2026-11-20T04:00:00Z')).toBe(0.15);
  expect(input('deepseek', 'deepseek-v4-flash', '2026-10-16T23:59:00Z')).toBe(0.22);
  expect(input('deepseek', 'deepseek-v4-flash', '2026-10-17T12:00:00Z')).toBe(0.15);
});

test('a server of one’s own has the prices of the service at its address, and none where nobody knows it', async () => {
  const book = bookOver();
  await book.load();
  expect(book.priceOf(compatible('a', 'https://api.groq.com'), 'llama-3.3-70b-versatile', now)?.rates.inputPerMillionUsd).toBe(
    0.59,
  );
  expect(book.priceOf(compatible('b', 'https://llm.example.com'), 'gpt-4o', now)).toBeNull();
  expect(book.priceOf(compatible('c', 'http://127.0.0.1:8000'), 'gpt-4o', now)).toBe(localPrice);
});

test('what models here are compared with may be of a kind that the config does not hold', async () => {
  const book = bookOver({}, []);
  expect(book.compared(now)).toBeUndefined();
  await book.load();
  expect(book.compared(now)?.rates.outputPerMillionUsd).toBe(2);
  book.use(overrides({ 'mine/big': { inputPerMillionUsd: 5, outputPerMillionUsd: 6 } }, 'mine/big'), 2);
  expect(book.compared(now)?.source).toBe('config');
  book.use(overrides({}, 'nobody/knows'), 3);
  expect(book.compared(now)).toBeNull();
});

test('an override without a rate of its own is refused, and makes nothing free', () => {
  for (const price of [
    {},
    { serviceTiers: { flex: 0.5 } },
    { longContext: [] },
    { longContext: [{ aboveInputTokens: 5, inputPerMillionUsd: 1 }] },
  ])
    expect(priceOverrideSchema.safeParse(price).error?.issues[0]?.message).toContain('at least one rate of its own');
  expect(priceOverrideSchema.safeParse({ inputPerMillionUsd: 0, serviceTiers: { flex: 0.5 } }).success).toBe(true);
  expect(priceOfOverride({ serviceTiers: { flex: 0.5 } }, 1).rates).toEqual({});
  const byCall = { inputPerMillionUsd: 0, outputPerMillionUsd: 0, perRequestUsd: 0.01 };
  expect(priceOfOverride({ perRequestUsd: 0.01 }, 1).rates).toEqual(byCall);
});
