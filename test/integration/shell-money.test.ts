/** What the shell knows of money, asked of a real control listener over made-up handlers; and what it hears as it happens. */
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { readMoney, wantsDesktopAlerts } from '../../electron/money-facts.ts';
import { type GatewayListeners, watchGateway } from '../../electron/watch-gateway.ts';
import { CallError, type CallHandlers } from '../../gateway/contract/calls.ts';
import { configSchema } from '../../gateway/contract/config.ts';
import type { Alert } from '../../gateway/contract/money/alert.ts';
import { budgetStanding } from '../support/budget-standing.ts';
import {
  controlToken,
  emptyFigures,
  type FakeControl,
  fakeHandlers,
  openFakeControl,
  runningStatus,
} from '../support/fake-control.ts';

let open: FakeControl | null = null;
afterEach(async () => {
  await open?.listener.close();
  open = null;
});

async function endpointOver(changes: Partial<CallHandlers> = {}) {
  open = await openFakeControl({ handlers: fakeHandlers(changes) });
  return { endpoint: { port: Number(new URL(open.listener.url).port), token: controlToken }, bus: open.bus };
}

const alertOf = (id: string, seenAtMs: number | null = null): Alert => ({
  id,
  kind: 'budget-spent',
  atMs: 1,
  message: `m ${id}`,
  budget: null,
  share: 1,
  seenAtMs,
});
const today = (costUsd: number) => () => ({
  dayStartsAtMs: 1,
  figures: { ...emptyFigures, costUsd, copies: 1, copiesUsd: 0.25 },
});

describe('what is known', () => {
  test('is what today cost, the newest alert that nobody has seen, and which budgets are spent', async () => {
    const { endpoint } = await endpointOver({
      'usage.today': today(1.25),
      'alerts.list': () => ({ items: [alertOf('seen', 5), alertOf('new'), alertOf('old')] }),
      'budgets.list': () => ({
        items: [
          budgetStanding({ name: 'left', settledUsd: 9.99 }),
          budgetStanding({ name: 'spent', settledUsd: 10 }),
          budgetStanding({ name: 'closed', closed: 'A provider billed too much.' }),
          budgetStanding({ name: 'one call', period: 'call', periodId: null, settledUsd: 10 }),
        ],
      }),
    });
    expect(await readMoney(endpoint)).toEqual({
      spentTodayUsd: 1.25,
      spentOnCopiesUsd: 0.25,
      newestAlert: alertOf('new'),
      spentBudgets: ['spent', 'closed'],
    });
  });

  test('is as much as can be asked: one call that fails leaves the others', async () => {
    const { endpoint } = await endpointOver({
      'usage.today': () => {
        throw new CallError('unavailable', 'Not now.');
      },
      'alerts.list': () => ({ items: [alertOf('new')] }),
    });
    expect(await readMoney(endpoint)).toEqual({
      spentTodayUsd: null,
      spentOnCopiesUsd: 0,
      newestAlert: alertOf('new'),
      spentBudgets: [],
    });
  });

  test('is whether the config wants alerts on the desktop', async () => {
    const config = (desktop: boolean) => () => ({
      version: 1,
      document: {},
      effective: configSchema.parse({ version: 1, alerts: { desktop } }),
      overrides: [],
    });
    expect(await wantsDesktopAlerts((await endpointOver({ 'config.get': config(false) })).endpoint)).toBe(false);
    await open?.listener.close();
    expect(await wantsDesktopAlerts((await endpointOver({ 'config.get': config(true) })).endpoint)).toBe(true);
  });
});

describe('what is heard', () => {
  /** A watch that keeps what it hears. */
  async function watch(changes: Partial<CallHandlers> = {}) {
    const { endpoint, bus } = await endpointOver(changes);
    const heard = { status: [] as string[], money: [] as (number | null)[], alerts: [] as string[] };
    const listeners: GatewayListeners = {
      onStatus: ({ state }) => heard.status.push(state),
      onMoney: ({ spentTodayUsd }) => heard.money.push(spentTodayUsd),
      onAlert: ({ id }) => heard.alerts.push(id),
    };
    const watching = watchGateway(endpoint, listeners);
    onTestFinished(() => watching.close());
    await expect.poll(() => heard.money.length).toBe(1);
    return { heard, bus, watching };
  }

  test('an alert is handed on once, as it is raised, and money is asked for anew', async () => {
    let costUsd = 1;
    const { heard, bus } = await watch({ 'usage.today': () => today(costUsd)() });
    costUsd = 2;
    bus.publish({ type: 'alert-raised', alert: alertOf('a') });
    bus.publish({ type: 'budgets-changed' });
    bus.publish({ type: 'alerts-seen' });
    await expect.poll(() => heard.money, { timeout: 4_000 }).toEqual([1, 2]);
    expect(heard.alerts).toEqual(['a']);
  });

  test('nothing is told behind the end of the watch', async () => {
    const { heard, bus, watching } = await watch();
    watching.close();
    bus.publish({ type: 'alert-raised', alert: alertOf('a') });
    bus.publish({ type: 'status-changed', status: { ...runningStatus, state: 'stopped' } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([heard.alerts, heard.status.includes('stopped')]).toEqual([[], false]);
  });
});
