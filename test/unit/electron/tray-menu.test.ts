/** The tray says what is true in words and in its icon, and offers only what can be done now. */
import { describe, expect, test } from 'vitest';
import { type TrayFacts, trayView } from '../../../electron/tray-menu.ts';
import type { GatewayStatus } from '../../../gateway/contract/status.ts';

const status: GatewayStatus = {
  state: 'running',
  baseUrl: 'http://127.0.0.1:4283',
  port: 4283,
  ollamaUrl: null,
  boundHosts: ['127.0.0.1'],
  inFlight: 0,
  startedAtMs: 1,
  configVersion: 1,
  programVersion: '1.2.3',
  dataDir: '/d',
  problems: [],
};
const running = { state: 'running', message: null, retryAtMs: null } as const;
const keyProtection = { state: 'protected', keptIn: 'the GNOME keyring', message: 'm' } as const;
const facts = (changes: Partial<TrayFacts> = {}): TrayFacts => ({
  process: running,
  status,
  keyProtection,
  money: null,
  ...changes,
});
const problem = { id: 'a', message: 'The disk is full.', fix: 'Free some.' };

/** The menu as a person reads it. */
function shown(view: ReturnType<typeof trayView>): string[] {
  return view.items.map((item) => (item.kind === 'separator' ? '-' : `${item.label}${item.enabled ? '' : ' (off)'}`));
}

test('a running gateway can be stopped, its base URL copied, the window opened, the application ended', () => {
  const view = trayView(facts());
  expect(view.icon).toBe('idle');
  expect(shown(view)).toEqual([
    'Gatehouse: running on port 4283 (off)',
    '-',
    'Stop the gateway',
    'Copy base URL',
    '-',
    'Open Gatehouse',
    'Quit Gatehouse',
  ]);
});

describe('each state has its icon, its words and its switch', () => {
  const stopped = { ...status, state: 'stopped', baseUrl: null } as const;
  test.each<[string, Partial<TrayFacts>, string, string, string]>([
    [
      'at work',
      { status: { ...status, inFlight: 2 } },
      'active',
      'running on port 4283, 2 requests under way',
      'Stop the gateway',
    ],
    ['with a problem', { status: { ...status, problems: [problem] } }, 'warning', 'running on port 4283', 'Stop the gateway'],
    ['stopped', { status: stopped }, 'stopped', 'stopped', 'Start the gateway'],
    ['failed', { status: { ...stopped, state: 'failed' } }, 'error', 'cannot listen on port 4283', 'Start the gateway'],
    [
      'stopping',
      { status: { ...stopped, state: 'stopping', inFlight: 1 } },
      'stopped',
      'stopping, 1 request left',
      'Stop the gateway (off)',
    ],
    ['starting', { status: null }, 'stopped', 'starting', 'Start the gateway (off)'],
    [
      'gone for now',
      { status: null, process: { state: 'waiting', message: 'It ended.', retryAtMs: 1 } },
      'warning',
      'the gateway starts again',
      'Start again now',
    ],
    [
      'gone',
      { status: null, process: { state: 'failed', message: 'It ended.', retryAtMs: null } },
      'error',
      'the gateway does not start',
      'Start again now',
    ],
    [
      'ending',
      { process: { state: 'stopping', message: null, retryAtMs: null } },
      'stopped',
      'ending',
      'Start the gateway (off)',
    ],
  ])('%s', (_state, changes, icon, title, switchLabel) => {
    const view = trayView(facts(changes));
    expect([view.icon, view.title]).toEqual([icon, `Gatehouse: ${title}`]);
    expect(shown(view)).toContain(switchLabel);
  });
});

test('the base URL cannot be copied while there is none', () => {
  expect(shown(trayView(facts({ status: { ...status, state: 'stopped', baseUrl: null } })))).toContain('Copy base URL (off)');
});

test('why nothing runs, what is wrong and keys without protection are all said', () => {
  const process = { state: 'waiting', message: 'The keyring does not answer.', retryAtMs: 1 } as const;
  expect(shown(trayView(facts({ process, status: null, keyProtection: { ...keyProtection, state: 'unavailable' } })))).toEqual(
    expect.arrayContaining(['Gatehouse: waiting for the key store (off)', 'The keyring does not answer. (off)']),
  );
  const unprotected = trayView(
    facts({ status: { ...status, problems: [problem] }, keyProtection: { ...keyProtection, state: 'unprotected' } }),
  );
  expect(shown(unprotected)).toEqual(
    expect.arrayContaining(['The disk is full. (off)', 'Stored keys are not protected: no keyring answered. (off)']),
  );
});

test('a long problem does not make the menu as wide as the screen', () => {
  const long = { ...problem, message: 'x'.repeat(500) };
  const widths = shown(trayView(facts({ status: { ...status, problems: [long] } }))).map((label) => label.length);
  expect(Math.max(...widths)).toBeLessThan(110);
});

describe('money', () => {
  const money = { spentTodayUsd: 1.236, spentOnCopiesUsd: 0, newestAlert: null, spentBudgets: [] };
  const alert = {
    id: 'a',
    kind: 'budget-threshold',
    atMs: 1,
    message: `80 % of the budget "Team" is used. ${'x'.repeat(200)}`,
    budget: null,
    share: 0.8,
    seenAtMs: null,
  } as const;

  test('what today cost is a line that leads to more; while it is not known there is none', () => {
    const { items, icon } = trayView(facts({ money }));
    expect(items).toContainEqual({ kind: 'line', label: 'Spent today: $1.24', action: 'open-usage', enabled: true });
    expect(icon).toBe('idle');
    const copied = shown(trayView(facts({ money: { ...money, spentOnCopiesUsd: 0.12 } })));
    expect(copied).toContain('Spent today: $1.24, of it copies $0.12');
    expect(shown(trayView(facts({ money: { ...money, spentTodayUsd: null } }))).join()).not.toContain('Spent');
  });

  test('the newest alert that nobody has seen stands above it, short enough for a menu', () => {
    const labels = shown(trayView(facts({ money: { ...money, newestAlert: alert } })));
    const place = labels.findIndex((label) => label.startsWith('80 % of the budget "Team"'));
    expect(labels[place]?.length).toBeLessThan(110);
    expect(labels[place + 1]).toBe('Spent today: $1.24');
  });

  test('a budget that is spent is a warning with its name, in every state that could otherwise be idle or active', () => {
    const spent = { ...money, spentBudgets: ['Team', 'editor', 'agent'] };
    expect(trayView(facts({ money: spent })).icon).toBe('warning');
    expect(trayView(facts({ money: spent, status: { ...status, inFlight: 1 } })).icon).toBe('warning');
    expect(shown(trayView(facts({ money: spent })))).toContain('The budget Team is spent, and 2 more. (off)');
    expect(trayView(facts({ money: spent, status: { ...status, state: 'failed' } })).icon).toBe('error');
  });
});
