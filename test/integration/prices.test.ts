/** Prices in a running gateway: who says them, what a request costs by them, and what it costs by those of now. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { openAiScript, openAiUsage } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
let config: GatewayConfigDocument;
const startedAtMs = Date.now();

type Overrides = NonNullable<NonNullable<GatewayConfigDocument['prices']>['overrides']>;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  const own = { kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m', 'n', 'says'] };
  config = {
    version: 1,
    providers: [
      { id: 'demo', kind: 'demo' },
      { id: 'here', ...own },
      // Its server sends what it is asked on to somebody else, whose prices nobody knows.
      { id: 'away', ...own, forwards: true },
    ],
  };
  gateway = await startGateway({ config });
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await gateway.stop();
  await upstream.stop();
});

async function setPrices(overrides: Overrides): Promise<void> {
  await gateway.call('config.apply', { config: { ...config, prices: { overrides } } });
}

async function ask(model: string, stream = false): Promise<RequestDetail> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(response.status).toBe(200);
  await response.text();
  return await gateway.call('requests.get', { id: response.headers.get('x-request-id') ?? '' });
}

const always = { fromMs: startedAtMs - 60_000, toMs: startedAtMs + 3_600_000 };
/** 13 fresh tokens, 8 cached, 13 written. */
const dear = { inputPerMillionUsd: 100, cachedInputPerMillionUsd: 10, outputPerMillionUsd: 1_000 };
const dearUsd = (13 * 100 + 8 * 10 + 13 * 1_000) / 1e6;

test('what runs here is free and tells what it saved, a rehearsal saves nothing, what goes away is unknown, and a correction prices the very next request', async () => {
  expect(await ask('here/m')).toMatchObject({ costUsd: 0, costBasis: 'free', price: { source: 'local' }, costLines: [] });
  expect((await ask('here/m')).localSavedUsd).toBeCloseTo((21 * 0.25 + 13 * 2) / 1e6, 9);
  expect(await ask('demo/hello')).toMatchObject({ costUsd: 0, costBasis: 'free', localSavedUsd: 0 });
  expect(await ask('away/m')).toMatchObject({ costUsd: null, costBasis: 'unknown', price: null, costLines: [] });
  await setPrices({ 'away/m': dear, 'demo/hello': { inputPerMillionUsd: 1, outputPerMillionUsd: 1 } });
  for (const stream of [false, true]) {
    const { costUsd, ...row } = await ask('away/m', stream);
    expect(costUsd).toBeCloseTo(dearUsd, 9);
    expect(row).toMatchObject({ costBasis: 'computed', price: { source: 'config', rates: dear } });
    expect(row.costLines.map(({ rate, quantity }) => [rate, quantity])).toEqual([
      ['inputPerMillionUsd', 13],
      ['cachedInputPerMillionUsd', 8],
      ['outputPerMillionUsd', 8],
      ['reasoningPerMillionUsd', 5],
    ]);
    expect(row.costLines.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(dearUsd, 9);
    expect(row.cacheSavedUsd).toBeCloseTo((8 * 90) / 1e6, 9);
  }
  expect((await ask('demo/hello')).costUsd).toBeGreaterThan(0);
});

test('what the provider states is the cost', async () => {
  upstream.next(json({ id: 'x', object: 'chat.completion', choices: [], usage: { ...openAiUsage, cost: 0.25 } }));
  const row = await ask('away/says');
  expect(row).toMatchObject({ costUsd: 0.25, costBasis: 'stated', costLines: [] });
});

test('every model has its place in the list of prices: used, listed or corrected', async () => {
  const { items } = await gateway.call('prices.list', {});
  const priceOf = (provider: string, model: string) =>
    items.find((item) => item.provider === provider && item.model === model)?.price;
  expect(priceOf('away', 'm')).toMatchObject({ source: 'config', rates: dear });
  expect(priceOf('away', 'n')).toBeNull();
  expect(priceOf('here', 'n')).toMatchObject({ source: 'local' });
  expect(priceOf('demo', 'hello')).toMatchObject({ source: 'config' });
});

test('rows of before are repriced in one action, told before it is done; what was stated stays, and the summaries follow', async () => {
  await setPrices({ 'away/m': { inputPerMillionUsd: 1, outputPerMillionUsd: 10 }, 'away/says': dear });
  const nowUsd = (21 * 1 + 13 * 10) / 1e6;
  const told = await gateway.call('prices.reprice', { ...always, provider: 'away' });
  expect(told).toMatchObject({ requests: 4, changed: 3 });
  expect(told.beforeUsd).toBeCloseTo(2 * dearUsd + 0.25, 9);
  expect(told.afterUsd).toBeCloseTo(3 * nowUsd + 0.25, 9);
  expect(told.models[0]).toMatchObject({ provider: 'away', model: 'm', requests: 3, unpricedBefore: 1, unpricedAfter: 0 });
  expect(told.models[1]).toMatchObject({ model: 'says', requests: 1, beforeUsd: 0.25, afterUsd: 0.25 });
  const costs = async () =>
    (await gateway.call('requests.list', { filter: 'provider:away', limit: 10 })).items.map(({ costUsd }) => costUsd);
  expect(await costs()).toContain(null);

  expect(await gateway.call('prices.reprice', { ...always, provider: 'away', apply: true })).toEqual(told);
  expect(await costs()).toEqual([0.25, nowUsd, nowUsd, nowUsd]);
  expect(await gateway.call('prices.reprice', { ...always, provider: 'away', apply: true })).toMatchObject({ changed: 0 });
  const query = { fromMs: always.fromMs, toMs: always.toMs, groupBy: 'provider' as const };
  const { groups } = await gateway.call('usage.query', query);
  const away = groups.find(({ id }) => id === 'away')?.totals;
  expect(away).toMatchObject({ requests: 4, unpriced: 0 });
  expect(away?.costUsd).toBeCloseTo(3 * nowUsd + 0.25, 9);
});

test('a range that ends before it begins is refused by its field', async () => {
  const backwards = gateway.call('prices.reprice', { fromMs: 5, toMs: 4 });
  await expect(backwards).rejects.toMatchObject({ kind: 'invalid', field: 'toMs' });
});
