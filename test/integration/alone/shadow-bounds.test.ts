/** What shadows may never do: be felt by a client, cost more than a day's limit, or keep the gateway from stopping. */
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askPlainly, type Asked } from '../../support/ask-plainly.ts';
import { chunks, eventually, faultTimeouts, soundStream, wholeAnswer } from '../../support/fault-lab.ts';
import { mirror, type ShadowLab, startShadowLab } from '../../support/shadow-lab.ts';
import { makeDataDir } from '../../support/start-gateway.ts';
import { type Answer, body, json, sse, stream } from '../../support/upstream-answers.ts';

const fail: Answer = json({ error: { message: 'Broken.', type: 'server_error' } }, { status: 500 });
const endless = (): Answer =>
  stream(
    Array.from({ length: 400 }, () => `data: ${JSON.stringify(chunks(['again '])[1])}\n\n`),
    { gapMs: 20 },
  );

/** What the copy's target does, and what the log says of it. */
const troubles: readonly (readonly [what: string, does: Answer, kind: string])[] = [
  ['accepts and says nothing', [{ end: 'stall' }], 'upstream-first-byte-timeout'],
  ['fails', fail, 'upstream-failed'],
  ['resets the connection', [{ end: 'reset' }], 'upstream-reset'],
  ['answers a page', body('<html>', { headers: { 'content-type': 'text/html' } }), 'upstream-protocol'],
  ['streams what cannot be read', sse(['{"choices":[{"delta":']), 'upstream-protocol'],
  ['breaks off', sse(chunks(['Some ', 'words.']).slice(0, 2), { end: 'close' }), 'upstream-truncated'],
  ['streams without an end', endless(), 'upstream-total-timeout'],
  ['is slow', soundStreamSlowly(), 'none'],
];

function soundStreamSlowly(): Answer {
  return [{ waitMs: 200 }, ...soundStream().flatMap((step) => [{ waitMs: 40 }, step])];
}

const medianOf = (asked: readonly Asked[]) => asked.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[asked.length >> 1] ?? 0;

async function askInTurn(lab: ShadowLab, times: number, isStream = true): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (let turn = 0; turn < times; turn += 1) asked.push(await askPlainly(lab.gateway, 'main/m', isStream));
  return asked;
}

/** One that outlives the gateways of its test. */
function lastingFolder(): string {
  const dataDir = makeDataDir();
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  return dataDir;
}

describe.concurrent('a shadow that', () => {
  test.each(troubles)(
    '%s is told of in the log, and its client is answered as fast and with the same bytes',
    async (_, does, kind) => {
      await using lab = await startShadowLab({
        rules: mirror().map((rule) => ({ ...rule, when: { header: { 'x-copied': true } } })),
        copyScript: does,
        config: { timeouts: { ...faultTimeouts, totalMs: 1_500 } },
      });
      const alone = await askInTurn(lab, 12);
      expect(lab.copies()).toHaveLength(0);
      const { document } = await lab.gateway.call('config.get', {});
      await lab.gateway.call('config.apply', { config: { ...document, policy: { rules: mirror() } } });
      const mirrored = await askInTurn(lab, 12);
      expect(new Set([...alone, ...mirrored].map(({ text, status }) => `${status} ${text}`)).size).toBe(1);
      // Who waited for the copy would wait for at least 240 ms; two cores run all of this, and the other tests.
      expect(medianOf(mirrored)).toBeLessThan(medianOf(alone) + 150);
      const shadow = await lab.shadowOf(mirrored[0]?.id ?? '');
      expect(shadow.errorKind ?? 'none').toBe(kind);
      expect(await lab.row(mirrored[0]?.id ?? '')).toMatchObject({ state: 'ok', attempts: 1, provider: 'main', errorKind: null });
    },
  );
});

test('at most four copies are under way; what comes meanwhile is left out, not kept for later', async () => {
  await using lab = await startShadowLab({ copyScript: [{ end: 'stall' }] });
  const asked = await askInTurn(lab, 20, false);
  expect(asked.every(({ status }) => status === 200)).toBe(true);
  await lab.copy.received(4);
  await delay(200);
  expect(lab.copies()).toHaveLength(4);
});

test('a hundred requests, all of them mirrored, make exactly the ten copies that a day may have, after a restart too', async () => {
  const dataDir = lastingFolder();
  {
    await using lab = await startShadowLab({ rules: mirror({ maxPerDay: 10 }), start: { dataDir } });
    const asked = await askInTurn(lab, 100, false);
    await lab.copy.received(10);
    await delay(100);
    expect(lab.copies()).toHaveLength(10);
    const shadowed = async () => (await Promise.all(asked.map(async ({ id }) => (await lab.row(id)).shadow))).filter(Boolean);
    await eventually(async () => ((await shadowed()).length >= 10 ? true : null), 'all ten are over');
    expect(await shadowed()).toHaveLength(10);
  }
  await using again = await startShadowLab({ rules: mirror({ maxPerDay: 12 }), start: { dataDir } });
  await askInTurn(again, 10, false);
  await again.copy.received(2);
  await delay(100);
  expect(again.copies()).toHaveLength(2);
});

test('copies that a kill cut off are counted, and told of as interrupted', async () => {
  const dataDir = lastingFolder();
  const facts = { rules: mirror({ maxPerDay: 3 }), start: { dataDir } };
  const cut = await startShadowLab({ ...facts, copyScript: [{ end: 'stall' }] });
  const asked = await askInTurn(cut, 2, false);
  await cut.copy.received(2);
  expect((await cut.row(asked[0]?.id ?? '')).shadow).toBeNull();
  await cut.gateway.kill();
  await cut.main.stop();
  await cut.copy.stop();
  await using again = await startShadowLab(facts);
  for (const { id } of asked) {
    expect((await again.row(id)).shadow).toMatchObject({
      target: 'copy/m',
      errorKind: 'interrupted',
      usage: { inputTokens: null },
    });
  }
  await askInTurn(again, 4, false);
  await again.copy.received(1);
  await delay(100);
  expect(again.copies()).toHaveLength(1);
});

test('the gateway stops at once with copies under way, and the log tells that it did', async () => {
  const dataDir = lastingFolder();
  const stalled = await startShadowLab({ copyScript: [{ end: 'stall' }], start: { dataDir } });
  const asked = await askInTurn(stalled, 4, false);
  await stalled.copy.received(4);
  const begunAt = performance.now();
  const ended = await stalled.gateway.stop();
  expect(ended.code).toBe(0);
  expect(performance.now() - begunAt).toBeLessThan(2_000);
  await stalled.main.stop();
  await stalled.copy.stop();
  await using again = await startShadowLab({ start: { dataDir } });
  for (const { id } of asked) expect((await again.row(id)).shadow).toMatchObject({ errorKind: 'shutting-down', status: null });
});

test('a key that the provider limits is left to rest: no copy is sent with it', async () => {
  const limited = json(
    { error: { message: 'Slow down.', type: 'rate_limit' } },
    { status: 429, headers: { 'retry-after': '60' } },
  );
  await using lab = await startShadowLab({ copyScript: limited });
  const [first] = await askInTurn(lab, 1, false);
  expect(await lab.shadowOf(first?.id ?? '')).toMatchObject({ status: 429, errorKind: 'upstream-rate-limit', textLength: null });
  const later = await askInTurn(lab, 5, false);
  expect(later.every(({ status }) => status === 200)).toBe(true);
  await delay(100);
  expect(lab.copies()).toHaveLength(1);
});

test('what fails as a shadow counts for no breaker: the target stands as it stood', async () => {
  await using lab = await startShadowLab({ copyScript: fail });
  for (const { id } of await askInTurn(lab, 12, false)) await lab.shadowOf(id);
  lab.copy.use(json(wholeAnswer()));
  const direct = await askPlainly(lab.gateway, 'copy/m', false);
  expect(direct.status).toBe(200);
  const { items } = await lab.gateway.call('targets.list', {});
  const target = items.find(({ provider, model }) => `${provider}/${model}` === 'copy/m');
  expect(target).toMatchObject({ state: { breaker: 'closed' } });
});

test('a body of more than a megabyte has no copy', async () => {
  await using lab = await startShadowLab();
  const large = await askPlainly(lab.gateway, 'main/m', false, 'x'.repeat(1024 * 1024));
  expect(large.status).toBe(200);
  const small = await askPlainly(lab.gateway, 'main/m', false);
  await lab.shadowOf(small.id);
  expect(lab.copies()).toHaveLength(1);
});

test.each([
  { maxUsdPerDay: 0.000_1, copies: 0, what: 'never sends a copy whose estimate is above it' },
  { maxUsdPerDay: 0.001, copies: 1, what: 'counts what is under way by its estimate: a second copy has to wait' },
])('a limit of $maxUsdPerDay dollars a day $what', async ({ maxUsdPerDay, copies }) => {
  // Without a limit of the answer it is taken for a thousand tokens: 0.0006 dollars of this model.
  const priced = { kind: 'openai' as const, forwards: true, models: ['gpt-4o-mini'] };
  const rules = mirror({ target: 'copy/gpt-4o-mini', maxUsdPerDay });
  await using lab = await startShadowLab({ rules, copyScript: [{ end: 'stall' }], copyProvider: () => priced });
  // Until the prices are read, none is known.
  await eventually(
    async () => (lab.copies().length >= copies ? true : (await askInTurn(lab, 1, false), null)),
    'the copies are sent',
  );
  await askInTurn(lab, 10, false);
  await delay(200);
  expect(lab.copies()).toHaveLength(copies);
});

test('a price that nobody knows keeps a limit in dollars by sending nothing; on this machine a copy costs nothing', async () => {
  const rules = mirror({ maxUsdPerDay: 1 });
  await using far = await startShadowLab({ rules, copyProvider: () => ({ forwards: true }) });
  await askInTurn(far, 5, false);
  await delay(200);
  expect(far.copies()).toHaveLength(0);
  await using near = await startShadowLab({ rules });
  const [asked] = await askInTurn(near, 1, false);
  expect(await near.shadowOf(asked?.id ?? '')).toMatchObject({ status: 200 });
});
