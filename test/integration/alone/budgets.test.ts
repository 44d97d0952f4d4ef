/** Budgets under load: nothing is granted beyond a limit, nobody is lost, nothing stays reserved; and what a client is told. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../../gateway/contract/config.ts';
import { openRawStream } from '../../support/raw-stream.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../../support/start-gateway.ts';
import { type Answer, json, sse } from '../../support/upstream-answers.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const rounds = isFull ? 1_000 : 20;
const together = isFull ? 256 : 128;
const limitUsd = 0.03;
const limitNanoUsd = limitUsd * 1e9;

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

interface Asked {
  readonly stream?: boolean;
  readonly model: string;
  readonly max_tokens?: number;
  readonly messages: readonly { readonly content: string }[];
}

/** Behaves as the request's own words say: whole, streamed, failing; each answer as long as it may be, or told so. */
function answer(request: ReceivedRequest): Answer {
  const { stream = false, max_tokens: most = 50, messages } = request.json() as Asked;
  const words = messages[0]?.content ?? '';
  if (words.includes('fail') && request.target.startsWith('/first')) return json({ error: { message: 'no' } }, { status: 503 });
  const billed = Number(/bill (\d+)/.exec(words)?.[1] ?? 0);
  const usage = { prompt_tokens: 20, completion_tokens: billed || Math.min(most, words.includes('long') ? most : 12) };
  const choice = { index: 0, finish_reason: 'stop' };
  if (!stream) return json({ choices: [{ ...choice, message: { role: 'assistant', content: 'yes' } }], usage });
  const chunk = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
  return sse([chunk('y'), chunk('es'), { choices: [{ ...choice, delta: {} }] }, { choices: [], usage }, '[DONE]'], { gapMs: 1 });
}

const price = (usd: number) => ({ inputPerMillionUsd: usd, outputPerMillionUsd: usd * 2 });

function configOf({ origin }: ScriptedUpstream): GatewayConfigDocument {
  return {
    version: 1,
    providers: [
      { id: 'first', kind: 'openai-compatible', baseUrl: `${origin}/first/v1`, models: ['m'] },
      { id: 'dear', kind: 'openai-compatible', baseUrl: `${origin}/dear/v1`, models: ['m'] },
      { id: 'unpriced', kind: 'openai-compatible', baseUrl: `${origin}/first/v1`, models: ['m'], forwards: true },
    ],
    aliases: { both: { targets: ['first/m', 'dear/m'] } },
    prices: { overrides: { 'first/m': price(1), 'dear/m': price(3) } },
  };
}

beforeAll(async () => {
  upstream = await startScriptedUpstream(answer);
  gateway = await startGateway({ config: configOf(upstream) });
});

afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

function openDatabase(): Database.Database {
  return new Database(join(gateway.dataDir, 'gatehouse.db'), { timeout: 5_000 });
}

/** Notes every grant after which more is settled and reserved than a key of this test may spend. */
function watchGrants(): void {
  const database = openDatabase();
  database.exec(`
    CREATE TABLE IF NOT EXISTS brokenGrants (scope TEXT) STRICT;
    DROP TRIGGER IF EXISTS watchGrants;
    CREATE TRIGGER watchGrants AFTER UPDATE OF reservedNanoUsd ON meters
    WHEN new.reservedNanoUsd > old.reservedNanoUsd AND new.scope LIKE 'client:%'
      AND new.settledNanoUsd + new.reservedNanoUsd > ${limitNanoUsd}
    BEGIN INSERT INTO brokenGrants VALUES (new.scope); END`);
  database.close();
}

async function newKey(name: string, usd = limitUsd): Promise<{ readonly id: string; readonly key: string }> {
  return gateway.call('clients.create', { name, budgets: [{ period: 'day', limitUsd: usd, mode: 'hard' }] });
}

/** One of the mixed requests of a round. @returns its status; 0 for a client that left */
async function askMixed(key: string, number: number): Promise<number> {
  const isStream = number % 3 === 0;
  const words = `${number % 5 === 0 ? 'fail ' : ''}${number % 2 === 0 ? 'long' : 'short'} words`;
  const limit = number % 8 === 0 ? {} : { max_tokens: 40 + (number % 7) * 30 };
  const body = {
    model: number % 5 === 0 ? 'both' : 'first/m',
    stream: isStream,
    messages: [{ role: 'user', content: words }],
    ...limit,
  };
  if (number % 11 === 3) {
    const raw = openRawStream(gateway.port, body, { key, path: '/v1/chat/completions' });
    await raw.moved();
    raw.leave();
    return 0;
  }
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

test(
  `${rounds} rounds of ${together} mixed requests at the edge of a budget: never over at any grant, none lost, nothing left reserved`,
  async () => {
    watchGrants();
    const counts = new Map<number, number>();
    for (let round = 0; round < rounds; round += 1) {
      const { id, key } = await newKey(`round ${round}`);
      const statuses = await Promise.all(Array.from({ length: together }, (_, number) => askMixed(key, number + round)));
      for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
      await expect.poll(() => gateway.call('status.get', {}).then(({ inFlight }) => inFlight)).toBe(0);
      const { items } = await gateway.call('budgets.list', {});
      const own = items.find(({ scope }) => scope.of === id);
      expect(own).toMatchObject({ reservedUsd: 0, closed: null });
      expect(own?.settledUsd).toBeLessThanOrEqual(limitUsd);
      const database = openDatabase();
      const rows = database.prepare('SELECT count(*) AS rows, sum(costNanoUsd) AS sum FROM requests WHERE clientId = ?').get(id);
      expect(rows).toEqual({ rows: together, sum: Math.round((own?.settledUsd ?? 0) * 1e9) });
      const left = database
        .prepare("SELECT (SELECT count(*) FROM reservations) + (SELECT count(*) FROM requests WHERE state = 'started')")
        .pluck();
      expect([left.get(), database.prepare('SELECT count(*) FROM brokenGrants').pluck().get()]).toEqual([0, 0]);
      database.close();
      await gateway.call('clients.revoke', { id });
    }
    // 503: the first failed, and the budget had no room for the dearer one behind it.
    expect([...counts.keys()].toSorted((one, other) => one - other)).toEqual([0, 200, 429, 503]);
    expect(counts.get(200)).toBeGreaterThan(rounds * 8);
    expect(counts.get(429)).toBeGreaterThan(rounds * 5);
  },
  120_000 * (isFull ? 60 : 1),
);

test('a provider that bills more than the bound is recorded as it bills, flagged, and closes the budget until a person opens it', async () => {
  const { id, key } = await newKey('overcharged', 0.05);
  const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const ask = (content: string) =>
    client.chat.completions.create({ model: 'first/m', max_tokens: 10, messages: [{ role: 'user', content }] });
  await ask('bill 4000');
  const { items } = await gateway.call('requests.list', { limit: 1 });
  expect(await gateway.call('requests.get', { id: items[0]?.id ?? '' })).toMatchObject({ overBound: true, costUsd: 0.00802 });
  await expect(ask('short')).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining('is closed because a provider billed'),
  });
  const own = (await gateway.call('budgets.list', {})).items.find(({ scope }) => scope.of === id);
  expect(own).toMatchObject({ settledUsd: 0.00802, closed: expect.stringContaining('billed') });
  await expect
    .poll(() => gateway.call('alerts.list', {}).then(({ items: all }) => all.some(({ kind }) => kind === 'over-bound')))
    .toBe(true);
  expect(await gateway.call('budgets.reopen', { id: own?.id ?? '' })).toEqual({ reopened: true });
  expect((await ask('short')).usage?.completion_tokens).toBe(10);
});

test('what a budget has spent survives a restart, and one made later begins with what its day has cost', async () => {
  const folder = makeDataDir();
  try {
    const first = await startGateway({ config: configOf(upstream), dataDir: folder });
    const client = new OpenAI({ apiKey: first.clientKey, baseURL: `${first.url}/v1`, maxRetries: 0 });
    await client.chat.completions.create({ model: 'first/m', max_tokens: 40, messages: [{ role: 'user', content: 'long' }] });
    const { clientId } = (await first.call('requests.list', { limit: 1 })).items[0] ?? {};
    await first.call('clients.update', {
      id: clientId ?? '',
      budgets: [{ period: 'month', limitUsd: 1, mode: 'hard', warnAt: [] }],
    });
    const made = (await first.call('budgets.list', {})).items[0];
    expect(made).toMatchObject({ period: 'month', settledUsd: 0.0001 });
    await client.chat.completions.create({ model: 'first/m', max_tokens: 40, messages: [{ role: 'user', content: 'long' }] });
    await first.kill();
    await using again = await startGateway({ config: configOf(upstream), dataDir: folder, withoutKey: true });
    expect((await again.call('budgets.list', {})).items[0]).toEqual({ ...made, settledUsd: 0.0002 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('copies to another target are paid for by the budgets they fall under, and are not sent where those have no room', async () => {
  const config = configOf(upstream);
  const rule = {
    name: 'compare',
    when: { model: 'first/m' },
    use: 'first/m',
    shadow: { target: 'dear/m', share: 1, maxPerDay: 100 },
  };
  const budgets = [{ name: 'the dear one', provider: 'dear', period: 'day' as const, limitUsd: 0.003 }];
  await using shadowed = await startGateway({ config: { ...config, policy: { rules: [rule] }, budgets } });
  const client = new OpenAI({ apiKey: shadowed.clientKey, baseURL: `${shadowed.url}/v1`, maxRetries: 0 });
  const standing = () => shadowed.call('budgets.list', {}).then(({ items }) => items[0]);
  const ask = () =>
    client.chat.completions.create({ model: 'first/m', max_tokens: 100, messages: [{ role: 'user', content: 'long' }] });
  await ask();
  // 20 tokens read and 100 written, at 3 and 6 dollars for a million.
  await expect.poll(standing).toMatchObject({ settledUsd: 0.00066, reservedUsd: 0 });
  const before = upstream.requests.length;
  for (let more = 0; more < 6; more += 1) await ask();
  await expect.poll(() => standing().then((one) => one?.reservedUsd)).toBe(0);
  const sent = upstream.requests.slice(before).filter(({ target }) => target.startsWith('/dear')).length;
  expect(sent).toBeLessThan(4);
  expect((await standing())?.settledUsd).toBeCloseTo(0.00066 * (1 + sent), 9);
});

describe('a client over its budget', () => {
  const ask = (key: string, model = 'first/m', extra: object = {}) =>
    new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 2 }).chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'short words' }],
      max_tokens: 100,
      ...extra,
    });

  test('is told which budget, how much is left, and when it begins anew; and asks no second time', async () => {
    const { key } = await newKey('poor', 0.0001);
    const before = upstream.requests.length;
    const error = await ask(key).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(String(error)).toMatch(
      /budget "poor: day" has \$0\.0001 left of \$0\.0001 a day, and this request may cost up to \$0\.000\d+; it begins anew at \d{4}-\d\d-\d\d 00:00/,
    );
    expect(upstream.requests.length).toBe(before);
    const { items } = await gateway.call('requests.list', { limit: 1 });
    expect(items[0]).toMatchObject({
      state: 'rejected',
      status: 429,
      errorKind: 'over-budget',
      costUsd: 0,
      costBasis: 'none',
      attempts: 0,
    });
  });

  test("is refused in Ollama's format, too, whose questions the gateway may answer itself", async () => {
    const { key } = await newKey('poor at home', 0.0001);
    const response = await fetch(`${gateway.url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'first/m', stream: false, messages: [{ role: 'user', content: 'short words' }] }),
    });
    expect(response.status).toBe(429);
  });

  test('is refused a call that may cost more than one may, and let through with a lower limit', async () => {
    const { key } = await gateway.call('clients.create', { name: 'careful', budgets: [{ period: 'call', limitUsd: 0.0006 }] });
    await expect(ask(key, 'first/m', { max_tokens: 1_000 })).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' });
    expect((await ask(key, 'first/m', { max_tokens: 20 })).choices[0]?.message.content).toBe('yes');
  });

  test("is not sent on to a dearer fallback that the budget has no room for; the request's page says so", async () => {
    const { key } = await newKey('thrifty', 0.0008);
    await expect(ask(key, 'both', { messages: [{ role: 'user', content: 'fail' }] })).rejects.toMatchObject({ status: 503 });
    const { items } = await gateway.call('requests.list', { limit: 1 });
    const { attemptList, costUsd } = await gateway.call('requests.get', { id: items[0]?.id ?? '' });
    expect(costUsd).toBe(0);
    expect(attemptList.at(-1)).toMatchObject({
      provider: 'dear',
      status: null,
      errorKind: 'over-budget',
      errorMessage: expect.stringContaining('thrifty'),
    });
  });

  test('gets an answer of limited length where the request has no limit, and can read that on its page', async () => {
    const { key } = await newKey('unlimited', 0.003);
    await ask(key, 'first/m', { max_tokens: undefined });
    const sent = upstream.requests.at(-1)?.json() as Asked;
    expect(sent.max_tokens).toBe(1_024);
    const { items } = await gateway.call('requests.list', { limit: 1 });
    const { fidelity, reservedUsd } = await gateway.call('requests.get', { id: items[0]?.id ?? '' });
    expect(fidelity?.emulated).toEqual([{ field: 'maxOutputTokens', words: expect.stringContaining('set to 1024'), count: 1 }]);
    expect(reservedUsd).toBeGreaterThan(0.002);
  });

  test('may not ask a model whose price nobody knows, unless the budget allows it', async () => {
    const { key } = await newKey('strict');
    await expect(ask(key, 'unpriced/m')).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('prices.overrides'),
    });
    const budgets = [{ period: 'day' as const, limitUsd, mode: 'hard' as const, unknownPrice: 'allow' as const }];
    const lax = await gateway.call('clients.create', { name: 'lax', budgets });
    await ask(lax.key, 'unpriced/m');
    const { items } = await gateway.call('budgets.list', {});
    expect(items.find(({ scope }) => scope.of === lax.id)).toMatchObject({ settledUsd: 0, unpriced: 1 });
  });
});
