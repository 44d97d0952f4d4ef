/** Each occasion is told once, over the real database: whatever is called again, restarts, or sets the clock. */
import { expect, onTestFinished, test } from 'vitest';
import { Alerts, type AlertParts } from '../../../gateway/alerts/alerts.ts';
import { type Alert, alertSettingsSchema } from '../../../gateway/contract/money/alert.ts';
import { openStorage } from '../../../gateway/storage/open-storage.ts';
import { budgetStanding } from '../../support/budget-standing.ts';
import { makeFolder } from '../storage/rows.ts';

const hourMs = 3_600_000;
const noon = new Date(2026, 10, 20, 12).getTime();

/** Alerts over a data folder, as one process has them; `settled` waits until what was raised is kept. */
function start(dataDir: string, changes: Partial<AlertParts> = {}) {
  const storage = openStorage({ dataDir, now: () => noon });
  onTestFinished(() => storage.close());
  const announced: Alert[] = [];
  const failures: unknown[] = [];
  let deliveries = 0;
  let nowMs = noon;
  let monotonicMs = 0;
  const alerts = new Alerts({
    store: { raise: (occasion, urls) => storage.alerts.raise({ ...occasion, urls }) },
    settings: () => alertSettingsSchema.parse({}),
    spendByHour: () => [],
    now: () => nowMs,
    monotonic: () => monotonicMs,
    announce: (alert) => announced.push(alert),
    deliver: () => (deliveries += 1),
    reportFailure: (error) => failures.push(error),
    ...changes,
  });
  return {
    alerts,
    storage,
    failures,
    ids: () => announced.map(({ id }) => id.split('@').slice(1).join('@')),
    deliveries: () => deliveries,
    pass: (ms: number) => {
      nowMs += ms;
      monotonicMs += ms;
    },
    setClock: (ms: number) => (nowMs = ms),
    settled: () => new Promise((resolve) => setTimeout(resolve, 20)),
  };
}

test('each part of a limit is told once a period, and again in the next', async () => {
  const { alerts, ids, settled } = start(makeFolder());
  for (const settledUsd of [1, 5, 6, 7.9, 8, 9, 10, 11]) alerts.onSpend([budgetStanding({ settledUsd })]);
  alerts.onSpend([budgetStanding({ settledUsd: 5, periodId: '2026-11-21' })]);
  await settled();
  expect(ids()).toEqual(['2026-11-20@0.5', '2026-11-20@0.8', '2026-11-20@1', '2026-11-21@0.5']);
});

test('parts that were passed over are not told when less is spent, as after a correction', async () => {
  const { alerts, ids, settled, storage } = start(makeFolder());
  alerts.onSpend([budgetStanding({ settledUsd: 10 })]);
  alerts.onSpend([budgetStanding({ settledUsd: 8.5 })]);
  alerts.onSpend([budgetStanding({ settledUsd: 6 })]);
  await settled();
  expect(ids()).toEqual(['2026-11-20@1']);
  expect(storage.alerts.list(10)).toHaveLength(1);
});

test('a restart tells nothing again, even when the clock has gone back a year', async () => {
  const dataDir = makeFolder();
  const first = start(dataDir);
  first.alerts.onSpend([budgetStanding({ settledUsd: 8 })]);
  await first.settled();
  await first.storage.close();
  const second = start(dataDir);
  second.setClock(noon - 365 * 24 * hourMs);
  second.alerts.onSpend([budgetStanding({ settledUsd: 8.1 })]);
  second.alerts.onSpend([budgetStanding({ settledUsd: 10 })]);
  await second.settled();
  expect(second.ids()).toEqual(['2026-11-20@1']);
  expect(second.storage.alerts.list(10).map(({ share }) => share)).toEqual([0.8, 1]);
});

test('a budget that refuses a thousand requests is told of once, and once more when it is spent', async () => {
  const { alerts, ids, settled } = start(makeFolder());
  for (let count = 0; count < 1_000; count += 1) alerts.onRefused(budgetStanding({ settledUsd: 9.9, warnAt: [1] }));
  alerts.onSpend([budgetStanding({ settledUsd: 10 })]);
  alerts.onRefused(budgetStanding({ settledUsd: 10 }));
  await settled();
  expect(ids()).toEqual(['2026-11-20@refused', '2026-11-20@1']);
});

test('of many requests over their bound at once one is told, and one that comes later is told too', async () => {
  const { alerts, ids, settled, pass } = start(makeFolder());
  for (const request of ['req_1', 'req_2', 'req_3']) alerts.onOverBound(budgetStanding(), request, 0.1, 0.3);
  pass(61_000);
  alerts.onOverBound(budgetStanding(), 'req_4', 0.1, 0.3);
  await settled();
  expect(ids()).toEqual(['2026-11-20@req_1', '2026-11-20@req_4']);
});

test('unusual spending is looked for once a minute, and told once an hour', async () => {
  let asked = 0;
  const nowHour = Math.floor(noon / hourMs) * hourMs;
  const spendByHour = (fromMs: number) => {
    asked += 1;
    const past = [200, 100, 50, 30, 10].map((ago) => ({ hourStartsAtMs: nowHour - ago * hourMs, nanoUsd: 1e9 }));
    return fromMs > nowHour - hourMs ? [{ hourStartsAtMs: nowHour, nanoUsd: 9e9 }] : past;
  };
  const { alerts, ids, settled, pass } = start(makeFolder(), { spendByHour });
  for (let count = 0; count < 100; count += 1) alerts.onSpend([]);
  await settled();
  expect(asked).toBe(2);
  pass(60_000);
  alerts.onSpend([]);
  await settled();
  expect(asked).toBe(3);
  expect(ids()).toEqual([`${nowHour}`]);
});

test('what cannot be kept is told to nobody and reported, and tried again with the next spending', async () => {
  let works = false;
  const raise = (): Promise<boolean> => (works ? Promise.resolve(true) : Promise.reject(new Error('The disk is full.')));
  const { alerts, ids, settled, failures } = start(makeFolder(), { store: { raise } });
  alerts.onSpend([budgetStanding({ settledUsd: 5 })]);
  await settled();
  expect([ids(), failures]).toEqual([[], [new Error('The disk is full.')]]);
  works = true;
  alerts.onSpend([budgetStanding({ settledUsd: 5 })]);
  await settled();
  expect(ids()).toEqual(['2026-11-20@0.5']);
});

test('webhooks are handed what is news, each its own delivery, and nothing that is not', async () => {
  const webhooks = [{ url: 'https://a.example/hook' }, { url: 'https://b.example/hook' }];
  const { alerts, deliveries, settled, storage } = start(makeFolder(), {
    settings: () => alertSettingsSchema.parse({ webhooks }),
  });
  alerts.onSpend([budgetStanding({ settledUsd: 8 })]);
  alerts.onSpend([budgetStanding({ settledUsd: 8 })]);
  await settled();
  expect(deliveries()).toBe(1);
  expect(storage.alerts.due(noon, 10).map(({ url, alert, tries }) => [url, alert.share, tries])).toEqual([
    ['https://a.example/hook', 0.8, 0],
    ['https://b.example/hook', 0.8, 0],
  ]);
});
