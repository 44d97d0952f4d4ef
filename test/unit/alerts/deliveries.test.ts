/** What is sent to webhooks when, over time that a test moves. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deliveries } from '../../../gateway/alerts/deliveries.ts';
import type { Delivery, DeliveryTry } from '../../../gateway/contract/money/delivery.ts';
import type { PostOutcome } from '../../../gateway/alerts/send-webhook.ts';
import type { Alert, Webhook } from '../../../gateway/contract/money/alert.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 20) });
});
afterEach(() => {
  vi.useRealTimers();
});

const alertOf = (id: string): Alert => ({
  id,
  kind: 'budget-spent',
  atMs: Date.now(),
  message: 'm',
  budget: null,
  share: 1,
  seenAtMs: null,
});
const url = 'https://hooks.example/T0/secret-path';

/** Deliveries over a store in memory. `answer` says what the webhook does. */
function lab(webhooks: Webhook[] = [{ url }], kept: DeliveryTry[] = []) {
  const rows = new Map<string, DeliveryTry>();
  const alerts = new Map<string, Alert>();
  const sent: { url: string; atMs: number; headers: Readonly<Record<string, string>> }[] = [];
  let outcome: (to: string) => PostOutcome | Promise<PostOutcome> = () => ({ status: 200 });
  const failures: unknown[] = [];
  let canWrite = true;
  let changes = 0;
  const toCome = () => [...rows.values()].filter(({ nextTryAtMs }) => nextTryAtMs !== null);
  const deliveries = new Deliveries({
    store: {
      due: (nowMs, limit) =>
        toCome()
          .filter(({ nextTryAtMs }) => (nextTryAtMs ?? 0) <= nowMs)
          .slice(0, limit)
          .map(({ alertId, url: to, tries }): Delivery => ({ alert: alerts.get(alertId) ?? alertOf(alertId), url: to, tries })),
      nextTryAt: () => (toCome().length === 0 ? null : Math.min(...toCome().map(({ nextTryAtMs }) => nextTryAtMs ?? 0))),
      lastTries: () => kept,
      noteTry: async (tried) => {
        if (!canWrite) throw new Error('The disk is full.');
        rows.set(`${tried.alertId} ${tried.url}`, tried);
      },
      hasten: async (to, nowMs) => {
        for (const [id, row] of rows) {
          if (row.url === to && (row.nextTryAtMs ?? 0) > nowMs) rows.set(id, { ...row, nextTryAtMs: nowMs });
        }
      },
    },
    webhooks: () => webhooks,
    post: async (to, headers) => {
      const pairs = headers.flatMap((name, place) => (place % 2 === 0 ? [[name, headers[place + 1] ?? '']] : []));
      sent.push({ url: to, atMs: Date.now(), headers: Object.fromEntries(pairs) });
      return outcome(to);
    },
    resolveSecret: (reference) =>
      reference === 'env:GOOD' ? { value: 'whsec_AAAA' } : { problem: 'The environment variable BAD is not set.' },
    now: Date.now,
    random: () => 0.999_999,
    onProblems: () => (changes += 1),
    reportFailure: (error) => failures.push(error),
  });
  return {
    deliveries,
    sent,
    webhooks,
    row: (id: string, to = url) => rows.get(`${id} ${to}`),
    changes: () => changes,
    failures,
    letWrite: (can: boolean) => (canWrite = can),
    answer: (how: typeof outcome) => (outcome = how),
    add(ids: string | readonly string[], to = url) {
      for (const id of [ids].flat()) {
        alerts.set(id, alertOf(id));
        rows.set(`${id} ${to}`, { alertId: id, url: to, tries: 0, triedAtMs: 0, nextTryAtMs: Date.now(), problem: null });
      }
      deliveries.look();
    },
  };
}

describe('one webhook', () => {
  test('that takes an alert is sent it once', async () => {
    const { add, sent, row, deliveries } = lab();
    add('a');
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(sent).toHaveLength(1);
    expect(row('a')).toMatchObject({ tries: 1, nextTryAtMs: null, problem: null });
    expect(deliveries.problems()).toEqual([]);
  });

  test('that fails is asked again by the schedule with the same id and a new timestamp, and is given up after eight tries', async () => {
    const { add, answer, sent, row, deliveries } = lab();
    answer(() => ({ status: 503 }));
    add('a');
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    const [first] = sent;
    const minutesAfter = sent.map(({ atMs }) => Math.round((atMs - (first?.atMs ?? 0)) / 6_000) / 10);
    expect(minutesAfter).toEqual([0, 0.1, 1.1, 11.1, 71.1, 311.1, 911.1, 2111.1]);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(8);
    expect(row('a')).toMatchObject({ tries: 8, nextTryAtMs: null });
    expect(deliveries.problems()[0]?.message).toMatch(/It answered 503: it is in trouble itself\. It was given up\.$/);
  });

  test('that keeps failing is a problem by its host, never its path, until it takes one', async () => {
    const { add, answer, deliveries, changes } = lab();
    answer(() => ({ status: 404 }));
    add('a');
    await vi.advanceTimersByTimeAsync(100);
    expect(deliveries.problems()).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(deliveries.problems()).toEqual([
      {
        id: 'webhook.0',
        message:
          'The webhook at hooks.example did not take an alert. It answered 404: there is nothing at this address. It is tried again.',
        fix: expect.stringContaining('alerts.webhooks.0'),
      },
    ]);
    answer(() => ({ status: 204 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deliveries.problems()).toEqual([]);
    expect(changes()).toBe(2);
  });

  test('that answers 410 is sent this no more, at once a problem', async () => {
    const { add, answer, sent, deliveries } = lab();
    answer(() => ({ status: 410 }));
    add('a');
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    expect(sent).toHaveLength(1);
    expect(deliveries.problems()[0]?.message).toContain('It was given up.');
  });

  test('that answers with a redirect has not taken it', async () => {
    const { add, answer, row } = lab();
    answer(() => ({ status: 302 }));
    add('a');
    await vi.advanceTimersByTimeAsync(100);
    expect(row('a')).toMatchObject({ tries: 1, problem: expect.stringMatching(/302, a redirect, which is not followed/) });
  });

  test('whose secret cannot be read is sent nothing unsigned', async () => {
    const { add, sent, row, webhooks } = lab([{ url, secret: 'env:BAD' }]);
    add('a');
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toEqual([]);
    expect(row('a')).toMatchObject({ tries: 1, problem: 'It cannot be signed: The environment variable BAD is not set.' });
    webhooks[0] = { url, secret: 'env:GOOD' };
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent[0]?.headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}=$/);
  });

  test('that the config names no more is sent nothing more', async () => {
    const { add, answer, sent, row, webhooks } = lab();
    answer(() => ({ status: 503 }));
    add('a');
    await vi.advanceTimersByTimeAsync(100);
    webhooks.length = 0;
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    expect(sent).toHaveLength(1);
    expect(row('a')).toMatchObject({ nextTryAtMs: null, problem: null });
  });
});

describe('several', () => {
  const other = 'https://other.example/';

  test('do not wait for each other', async () => {
    const { add, answer, sent, row } = lab([{ url }, { url: other }]);
    const stuck = Promise.withResolvers<PostOutcome>();
    answer((to) => (to === url ? stuck.promise : { status: 200 }));
    add('a', url);
    add('a', other);
    await vi.advanceTimersByTimeAsync(100);
    expect(row('a', other)?.nextTryAtMs).toBeNull();
    add('b', url);
    expect(sent.map((one) => one.url)).toEqual([url, other]);
    stuck.resolve({ status: 200 });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.map((one) => one.url)).toEqual([url, other, url]);
  });

  test('alerts for one that nobody answers at share a try, and each is sent when somebody does', async () => {
    const { add, answer, sent, row } = lab();
    answer(() => ({ problem: 'nothing accepts connections there' }));
    add(['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(1);
    expect(['a', 'b', 'c'].map((id) => row(id)?.tries)).toEqual([1, 1, 1]);
    answer(() => ({ status: 200 }));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent).toHaveLength(4);
  });

  test('what waits for hours is sent when a new one was taken, or a test', async () => {
    const { add, answer, sent, row, deliveries } = lab();
    answer(() => ({ status: 503 }));
    add('a');
    await vi.advanceTimersByTimeAsync(75 * 60_000);
    const before = sent.length;
    answer(() => ({ status: 200 }));
    add('b');
    await vi.advanceTimersByTimeAsync(100);
    expect([sent.length - before, row('a')?.nextTryAtMs]).toEqual([2, null]);
    answer(() => ({ status: 503 }));
    add('c');
    await vi.advanceTimersByTimeAsync(75 * 60_000);
    answer(() => ({ status: 200 }));
    await deliveries.reached(url);
    await vi.advanceTimersByTimeAsync(100);
    expect(row('c')?.nextTryAtMs).toBeNull();
  });

  test('an alert that one refuses does not keep the next from being sent', async () => {
    const { add, answer, row } = lab();
    const answers: PostOutcome[] = [{ status: 400 }, { status: 200 }];
    answer(() => answers.shift() ?? { status: 200 });
    add(['a', 'b']);
    await vi.advanceTimersByTimeAsync(100);
    expect([row('a')?.problem, row('b')?.problem]).toEqual(['It answered 400.', null]);
  });
});

test('a problem of before a restart is one from the start, until a test reaches the webhook', async () => {
  const kept = { alertId: 'a', url, tries: 3, triedAtMs: 1, nextTryAtMs: 2, problem: 'It answered 500.' };
  const { deliveries, changes } = lab([{ url }], [kept]);
  expect(deliveries.problems()).toHaveLength(1);
  await deliveries.reached(url);
  expect(deliveries.problems()).toEqual([]);
  expect(changes()).toBe(1);
});

test('a try that the end of the gateway cuts short is no try, and nothing is sent behind it', async () => {
  const { add, answer, deliveries, row, sent } = lab();
  const cut = Promise.withResolvers<PostOutcome>();
  answer(() => cut.promise);
  add('a');
  await vi.advanceTimersByTimeAsync(100);
  const stopped = deliveries.stop();
  cut.resolve({ problem: 'it broke off' });
  await stopped;
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(row('a')?.tries).toBe(0);
  deliveries.look();
  expect(sent).toHaveLength(1);
});

test('what was sent and cannot be written down is sent again a minute later, not without end, by the same id', async () => {
  const { add, letWrite, sent, failures, row } = lab();
  letWrite(false);
  add('a');
  await vi.advanceTimersByTimeAsync(59_000);
  expect([sent.length, failures]).toEqual([1, [new Error('The disk is full.')]]);
  letWrite(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect([sent.length, row('a')?.nextTryAtMs]).toEqual([2, null]);
});
