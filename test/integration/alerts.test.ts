/** Alerts from the spending that raises them to everybody who is told: the windows, the list, and webhooks over real sockets. */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { watchGateway } from '../../electron/watch-gateway.ts';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { eventually } from '../support/fault-lab.ts';
import { findFreePort } from '../support/run-program.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { body, redirect } from '../support/upstream-answers.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const prompt = 'a prompt that nobody else may read';
let receiver: ScriptedUpstream;
let webhook: { url: string; secret: string };

beforeEach(async () => {
  receiver = await startScriptedUpstream(body('', { status: 204 }));
  webhook = { url: `${receiver.origin}/hooks/alerts?to=me`, secret: 'env:HOOK_SECRET' };
});
afterEach(async () => {
  await receiver.stop();
});

/** A day's budget that one request passes two parts of. */
const config = (webhooks: (typeof webhook | { url: string })[]): GatewayConfigDocument => ({
  version: 1,
  providers: [{ id: 'demo', kind: 'demo' }],
  prices: { overrides: { 'demo/hello': { inputPerMillionUsd: 1_000, outputPerMillionUsd: 1_000 } } },
  budgets: [{ name: 'Team', period: 'day', limitUsd: 5, warnAt: [0.000_1, 0.001, 1] }],
  alerts: { webhooks },
});

const start = (dataDir: string, webhooks: (typeof webhook | { url: string })[] = [webhook]) =>
  startGateway({ dataDir, config: config(webhooks), environment: { HOOK_SECRET: secret } });

/** A data folder that outlives its gateways, and not the test. */
function makeFolder(): string {
  const folder = makeDataDir();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

async function spend({ url, clientKey }: RunningGateway): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo/hello', max_tokens: 20, messages: [{ role: 'user', content: prompt }] }),
  });
  await response.text();
  return response.status;
}

/** What arrived, after the reference library has taken its signature. */
function verified(request: ReceivedRequest): unknown {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return new Webhook(secret).verify(
    request.body.toString(),
    Object.fromEntries(names.map((name) => [name, request.header(name) ?? ''])),
  );
}

/** Waits for nothing between tries, as if the time had passed while the gateway was off. */
function passTime(dataDir: string): number {
  const database = new Database(`${dataDir}/gatehouse.db`);
  try {
    return database.prepare('UPDATE alertDeliveries SET nextTryAtMs = 1 WHERE nextTryAtMs IS NOT NULL').run().changes;
  } finally {
    database.close();
  }
}

const problemsOf = async (gateway: RunningGateway) => (await gateway.call('status.get', {})).problems;

test('spending is told once: to who listens, in the list, and to a webhook with its signature and nothing of the prompt', async () => {
  await using gateway = await start(makeFolder());
  const heard: string[] = [];
  const endpoint = { port: Number(new URL(gateway.ready.control).port), token: gateway.ready.controlToken };
  const isListening = Promise.withResolvers<void>();
  const onMoney = () => isListening.resolve();
  const watch = watchGateway(endpoint, { onStatus: () => undefined, onMoney, onAlert: ({ id }) => heard.push(id) });
  onTestFinished(() => watch.close());
  await isListening.promise;
  expect([await spend(gateway), await spend(gateway)]).toEqual([200, 200]);
  const request = await receiver.received(1);
  const { items } = await gateway.call('alerts.list', {});
  expect(items).toEqual([
    expect.objectContaining({
      kind: 'budget-threshold',
      share: 0.001,
      budget: { id: 'config:Team', name: 'Team' },
      seenAtMs: null,
    }),
  ]);
  const [alert] = items;
  expect(verified(request)).toMatchObject({ type: 'budget.threshold', data: { id: alert?.id, message: alert?.message } });
  expect(request.target).toBe('/hooks/alerts?to=me');
  expect(request.body.toString()).not.toContain(prompt);
  expect(request.body.toString()).not.toContain(gateway.clientKey);
  await expect.poll(() => heard).toEqual([alert?.id]);
  expect(await gateway.call('alerts.see', { ids: [alert?.id ?? ''] })).toEqual({ seen: 1 });
  expect((await gateway.call('alerts.list', {})).items[0]?.seenAtMs).toBeGreaterThan(0);
});

test('a webhook that fails twice, with a restart behind each, is asked again by the same id until it takes the alert', async () => {
  const dataDir = makeFolder();
  receiver.use(body('', { status: 503 }));
  const first = await start(dataDir);
  await spend(first);
  await receiver.received(1);
  await first.stop();
  expect(passTime(dataDir)).toBe(1);

  // A slow machine may have come to further tries by now.
  const afterFirst = receiver.requests.length;
  const second = await start(dataDir);
  await receiver.received(afterFirst + 1);
  const problems = await eventually(async () => {
    const found = (await problemsOf(second)).filter(({ id }) => id === 'webhook.0');
    return found.length > 0 ? found : null;
  }, 'a problem of the webhook');
  expect(problems[0]?.message).toMatch(/^The webhook at 127\.0\.0\.1:\d+ did not take an alert\. It answered 503/);
  expect(JSON.stringify(problems)).not.toContain('/hooks/');
  await second.kill();
  passTime(dataDir);
  const afterSecond = receiver.requests.length;

  const answer = Promise.withResolvers<void>();
  receiver.use([{ waitFor: answer.promise }, ...body('', { status: 200 })]);
  await using third = await start(dataDir);
  const taken = await receiver.received(afterSecond + 1);
  expect((await problemsOf(third)).map(({ id }) => id)).toContain('webhook.0');
  answer.resolve();
  await expect.poll(() => problemsOf(third)).toEqual([]);
  expect(verified(taken)).toMatchObject({ type: 'budget.threshold' });
  const ids = receiver.requests.map((request) => request.header('webhook-id'));
  expect(new Set(ids)).toEqual(new Set([taken.header('webhook-id')]));
  await spend(third);
  expect((await third.call('alerts.list', {})).items).toHaveLength(1);
  expect(receiver.requests).toHaveLength(afterSecond + 1);
});

test('a gateway that is stopped while a webhook keeps it waiting ends at once, and sends again after the next start', async () => {
  const dataDir = makeFolder();
  receiver.use([{ end: 'stall' }]);
  const first = await start(dataDir);
  await spend(first);
  await receiver.received(1);
  const before = performance.now();
  expect((await first.stop()).code).toBe(0);
  expect(performance.now() - before).toBeLessThan(3_000);
  receiver.use(body('', { status: 200 }));
  await using second = await start(dataDir);
  expect(verified(await receiver.received(2))).toMatchObject({ type: 'budget.threshold' });
  expect(await problemsOf(second)).toEqual([]);
});

test('what was spent and could not be told before the end is told after the next start, without more spending', async () => {
  const dataDir = makeFolder();
  await using first = await start(dataDir, []);
  await spend(first);
  await first.kill();
  const database = new Database(`${dataDir}/gatehouse.db`);
  database.prepare('DELETE FROM alerts').run();
  database.close();
  await using second = await start(dataDir, []);
  const told = async () => (await second.call('alerts.list', {})).items.map(({ share }) => share);
  await expect.poll(told, { timeout: 5_000 }).toEqual([0.001]);
});

describe('a test', () => {
  test('reaches every webhook of the config, and says what became of it and why', async () => {
    const closed = `http://127.0.0.1:${await findFreePort()}/`;
    const webhooks = [webhook, { url: closed }, { url: `${receiver.origin}/unsigned`, secret: 'env:NOT_SET' }];
    await using gateway = await start(makeFolder(), webhooks);
    const { webhooks: told } = await gateway.call('alerts.test', {});
    expect(told).toMatchObject([
      { url: webhook.url, delivered: true, message: 'It was taken (204). It was signed.' },
      { url: closed, delivered: false, message: expect.stringMatching(/^It could not be reached: nothing accepts connections/) },
      { delivered: false, message: 'It cannot be signed: The environment variable NOT_SET is not set.' },
    ]);
    expect(receiver.requests.map(verified)).toEqual([expect.objectContaining({ type: 'test' })]);
    expect(await gateway.call('alerts.list', {})).toEqual({ items: [] });
  });

  test('follows no redirect, and is not sent to the gateway itself', async () => {
    await using gateway = await start(makeFolder(), []);
    const other = await startScriptedUpstream(body(''));
    onTestFinished(() => other.stop());
    receiver.use(redirect(`${other.origin}/elsewhere`));
    const { webhooks } = await gateway.call('alerts.test', { webhook: { url: receiver.origin } });
    expect(webhooks[0]).toMatchObject({
      delivered: false,
      message: expect.stringContaining('a redirect, which is not followed'),
    });
    expect(other.requests).toEqual([]);
    const own = gateway.call('alerts.test', { webhook: { url: `http://localhost:${gateway.port}/` } });
    await expect(own).rejects.toMatchObject({ kind: 'invalid', field: 'webhook.url' });
    const applied = gateway.call('config.apply', {
      config: { ...config([{ url: `${gateway.url}/hook` }]), listen: { port: 0 } },
    });
    await expect(applied).rejects.toMatchObject({ kind: 'invalid', field: 'alerts.webhooks.0.url' });
  });
});
