/** What copies cost: told as exactly as of requests, in every sum of money once, and held to budgets by the same figure. */
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nanoOfUsd } from '../../gateway/contract/money/nano-usd.ts';
import { databaseFile } from '../../gateway/storage/open-database.ts';
import { askPlainly } from '../support/ask-plainly.ts';
import { eventually, wholeAnswer } from '../support/fault-lab.ts';
import { mirror, type ShadowLab, type ShadowLabFacts, startShadowLab } from '../support/shadow-lab.ts';
import { type Answer, json } from '../support/upstream-answers.ts';

const hourMs = 3_600_000;
const around = { fromMs: Date.now() - 24 * hourMs, toMs: Date.now() + hourMs } as const;
const price = { inputPerMillionUsd: 1, cachedInputPerMillionUsd: 0.1, outputPerMillionUsd: 2 };
const billed = (usage: object): Answer => json({ ...wholeAnswer('A copy.'), usage });
const cached = billed({ prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 60 } });
/** 40 tokens anew, 60 cached, 20 written: nano-dollars. */
const cachedCost = 40_000 + 6_000 + 40_000;
/** Of `wholeAnswer`: 3 read and 4 written. */
const mainCost = 3_000 + 8_000;

/** The copy's provider is somewhere else, and both have prices. */
const facts: ShadowLabFacts = {
  copyScript: cached,
  copyProvider: () => ({ forwards: true }),
  config: { prices: { overrides: { 'main/m': price, 'copy/m': price } } },
};

let lab: ShadowLab;

beforeAll(async () => {
  lab = await startShadowLab({
    ...facts,
    config: {
      ...facts.config,
      budgets: [
        { name: 'copies', provider: 'copy', period: 'day', limitUsd: 1, mode: 'soft' },
        { name: 'all', period: 'day', limitUsd: 1, mode: 'soft' },
      ],
    },
  });
});

afterAll(() => lab?.[Symbol.asyncDispose]());

const ask = async (over: ShadowLab) => {
  const { id } = await askPlainly(over.gateway, 'main/m', false);
  return { id, copy: await over.shadowOf(id) };
};
const standings = (over: ShadowLab) => over.gateway.call('budgets.list', {}).then(({ items }) => items);

test('a copy costs what its provider’s own usage object comes to, and every sum of money holds it once', async () => {
  const { id, copy } = await ask(lab);
  expect(copy).toMatchObject({ costUsd: cachedCost / 1e9, costBasis: 'computed', overBound: false, price: { source: 'config' } });
  expect(copy.rawUsageJson).toContain('"cached_tokens":60');
  const { costUsd } = await lab.row(id);
  expect(nanoOfUsd(costUsd ?? 0)).toBe(mainCost);

  const { total } = await lab.gateway.call('usage.query', around);
  const money = { costUsd: (mainCost + cachedCost) / 1e9, copiesUsd: cachedCost / 1e9, unpriced: 0, copiesUnpriced: 0 };
  expect(total).toMatchObject({ requests: 1, copies: 1, inputTokens: 3, outputTokens: 4, ...money });
  expect((await lab.gateway.call('usage.today', {})).figures).toMatchObject(money);

  const { groups } = await lab.gateway.call('usage.query', { ...around, groupBy: 'model' });
  expect(groups.map(({ id: name, totals }) => [name, totals.requests, totals.copies, nanoOfUsd(totals.costUsd)])).toEqual([
    ['copy/m', 0, 1, cachedCost],
    ['main/m', 1, 0, mainCost],
  ]);
  const clients = await lab.gateway.call('usage.query', { ...around, groupBy: 'client' });
  expect(clients.groups.map(({ id: name, totals }) => [name === '', totals.copies])).toEqual([
    [true, 1],
    [false, 0],
  ]);

  const query = { ...around, interval: 'hour', groupBy: 'rule' } as const;
  const { text } = await lab.gateway.call('usage.export', { query, format: 'csv' });
  const [head = '', ...lines] = text.trim().split('\r\n');
  const columnOf = (name: string) => head.split(',').indexOf(name);
  const sumOf = (name: string) => lines.reduce((sum, line) => sum + nanoOfUsd(Number(line.split(',')[columnOf(name)])), 0);
  expect([sumOf('costUsd'), sumOf('copiesUsd')]).toEqual([mainCost + cachedCost, cachedCost]);

  const log = new Database(databaseFile(lab.gateway.dataDir), { readonly: true });
  const sums = `SELECT
    (SELECT sum(costNanoUsd) FROM usageHours) AS summaries, (SELECT sum(copiesNanoUsd) FROM usageHours) AS copies,
    (SELECT sum(costNanoUsd) FROM requests) AS requests, (SELECT sum(costNanoUsd) FROM shadows) AS shadows`;
  const told = { summaries: mainCost + cachedCost, copies: cachedCost, requests: mainCost, shadows: cachedCost };
  expect(log.prepare(sums).get()).toEqual(told);
  log.close();
  const settled = (await standings(lab)).map(({ name, settledUsd, reservedUsd }) => [name, nanoOfUsd(settledUsd), reservedUsd]);
  expect(settled).toEqual([
    ['copies', cachedCost, 0],
    ['all', mainCost + cachedCost, 0],
  ]);
});

test('what its provider states it billed is what a copy costs; one that broke off is estimated, a refused one costs nothing', async () => {
  lab.copy.use(billed({ prompt_tokens: 100, completion_tokens: 20, cost: 0.25 }));
  expect((await ask(lab)).copy).toMatchObject({ costUsd: 0.25, costBasis: 'stated' });
  lab.copy.use([{ end: 'reset' }]);
  const { copy: lost } = await ask(lab);
  expect(lost).toMatchObject({ errorKind: 'upstream-reset', costBasis: 'estimated', usage: { estimated: true } });
  expect(lost.costUsd).toBeGreaterThan(0);
  lab.copy.use(json({ error: { message: 'Busy.' } }, { status: 503 }));
  expect((await ask(lab)).copy).toMatchObject({ status: 503, costUsd: 0, costBasis: 'none', usage: { inputTokens: null } });
  lab.copy.use(cached);
});

test('a bill above what was held for a copy is flagged, and closes the hard budgets it falls under', async () => {
  await using dear = await startShadowLab({
    ...facts,
    copyScript: billed({ prompt_tokens: 50_000, completion_tokens: 20 }),
    // One who says no limit has no copy under a hard budget: it would be another request.
    rules: mirror().map((rule) => ({ ...rule, parameters: { defaults: { maxOutputTokens: 50 } } })),
    config: { ...facts.config, budgets: [{ name: 'wall', provider: 'copy', period: 'day', limitUsd: 10 }] },
  });
  const { id, copy } = await ask(dear);
  expect(copy).toMatchObject({ costUsd: 0.050_04, overBound: true });
  expect(copy.reservedUsd).toBeLessThan(0.01);
  const [wall] = await standings(dear);
  expect(wall).toMatchObject({ settledUsd: 0.050_04, reservedUsd: 0 });
  expect(wall?.closed).toContain('billed');
  const alerts = () =>
    dear.gateway.call('alerts.list', {}).then(({ items }) => items.filter(({ kind }) => kind === 'over-bound'));
  const [alert] = await eventually(async () => ((await alerts()).length > 0 ? alerts() : null), 'it was told');
  expect(alert?.message).toContain(id);
  await askPlainly(dear.gateway, 'main/m', false);
  // Nobody is told that a request was refused: none was.
  expect((await dear.gateway.call('alerts.list', {})).items.map(({ kind }) => kind)).not.toContain('budget-refused');
  expect(dear.copies()).toHaveLength(1);
});

test('a rule’s dollars a day are settled by the same figure', async () => {
  const limits = { maxUsdPerDay: 0.003 };
  await using limited = await startShadowLab({ ...facts, rules: mirror(limits) });
  // A copy is estimated at some 0.002 dollars, of which it costs 0.000086: by its estimate a second would be too many.
  for (let copy = 0; copy < 4; copy += 1) await ask(limited);
  expect(limited.copies()).toHaveLength(4);
});
