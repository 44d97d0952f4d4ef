/** What the tray says and offers, from the true state alone. Pure. */
import type { GatewayProcess, KeyProtection } from '../gateway/contract/desktop.ts';
import { formatUsd } from '../gateway/contract/money/format-usd.ts';
import type { GatewayStatus } from '../gateway/contract/status.ts';
import type { MoneyFacts } from './money-facts.ts';

export interface TrayFacts {
  readonly process: GatewayProcess;
  /** What the gateway last told; null while no gateway process answers. */
  readonly status: GatewayStatus | null;
  readonly keyProtection: KeyProtection | null;
  /** Null while it is not known. */
  readonly money: MoneyFacts | null;
}

export type TrayIcon = 'idle' | 'active' | 'warning' | 'error' | 'stopped';
export type TrayAction = 'start' | 'stop' | 'restart-process' | 'copy-base-url' | 'open' | 'open-usage' | 'quit';

/** A line of the menu; one without an action is only read. */
export type TrayItem =
  | { readonly kind: 'line'; readonly label: string; readonly action: TrayAction | null; readonly enabled: boolean }
  | { readonly kind: 'separator' };

export interface TrayView {
  readonly icon: TrayIcon;
  /** Shown when the pointer rests on the icon, and as the menu's first line. */
  readonly title: string;
  readonly items: readonly TrayItem[];
}

const longestProblem = 100;

export function trayView(facts: TrayFacts): TrayView {
  const { icon, title } = summarize(facts);
  const baseUrl = facts.status?.baseUrl ?? null;
  return {
    icon,
    title,
    items: [
      words(title),
      ...problemsOf(facts).map((problem) => words(shorten(problem))),
      ...moneyItems(facts),
      { kind: 'separator' },
      switchItem(facts),
      { kind: 'line', label: 'Copy base URL', action: 'copy-base-url', enabled: baseUrl !== null },
      { kind: 'separator' },
      line('Open Gatehouse', 'open'),
      line('Quit Gatehouse', 'quit'),
    ],
  };
}

/** What of money is new to a person, and what today has cost; both lead to where more is told. */
function moneyItems({ money }: TrayFacts): TrayItem[] {
  if (money === null) return [];
  const { newestAlert, spentTodayUsd, spentOnCopiesUsd } = money;
  const alert = newestAlert === null ? [] : [line(shorten(newestAlert.message), 'open-usage')];
  if (spentTodayUsd === null) return alert;
  const copies = spentOnCopiesUsd > 0 ? `, of it copies ${formatUsd(spentOnCopiesUsd)}` : '';
  return [...alert, line(`Spent today: ${formatUsd(spentTodayUsd)}${copies}`, 'open-usage')];
}

function line(label: string, action: TrayAction): TrayItem {
  return { kind: 'line', label, action, enabled: true };
}

function words(label: string): TrayItem {
  return { kind: 'line', label, action: null, enabled: false };
}

function shorten(text: string): string {
  return text.length <= longestProblem ? text : `${text.slice(0, longestProblem - 1).trimEnd()}…`;
}

function summarize({ process, status, keyProtection, money }: TrayFacts): { icon: TrayIcon; title: string } {
  if (process.state === 'failed') return { icon: 'error', title: 'Gatehouse: the gateway does not start' };
  if (process.state === 'waiting') {
    const locked = keyProtection?.state === 'unavailable';
    return { icon: 'warning', title: locked ? 'Gatehouse: waiting for the key store' : 'Gatehouse: the gateway starts again' };
  }
  if (process.state === 'stopping') return { icon: 'stopped', title: 'Gatehouse: ending' };
  if (process.state === 'stopped') return { icon: 'stopped', title: 'Gatehouse: stopped' };
  return status ? summarizeStatus(status, money?.spentBudgets ?? []) : { icon: 'stopped', title: 'Gatehouse: starting' };
}

function summarizeStatus(
  { state, port, inFlight, problems }: GatewayStatus,
  spentBudgets: readonly string[],
): { icon: TrayIcon; title: string } {
  if (state === 'failed') return { icon: 'error', title: `Gatehouse: cannot listen on port ${port}` };
  if (state === 'starting') return { icon: 'stopped', title: 'Gatehouse: starting' };
  if (state === 'stopping') return { icon: 'stopped', title: `Gatehouse: stopping, ${count(inFlight)} left` };
  if (state === 'stopped') return { icon: 'stopped', title: 'Gatehouse: stopped' };
  const running = `Gatehouse: running on port ${port}`;
  const title = inFlight > 0 ? `${running}, ${count(inFlight)} under way` : running;
  if (problems.length > 0 || spentBudgets.length > 0) return { icon: 'warning', title };
  return { icon: inFlight > 0 ? 'active' : 'idle', title };
}

function count(requests: number): string {
  return requests === 1 ? '1 request' : `${requests} requests`;
}

function problemsOf({ process, status, keyProtection, money }: TrayFacts): string[] {
  const problems = status?.problems.map(({ message }) => message) ?? [];
  const [spent, ...others] = money?.spentBudgets ?? [];
  if (spent !== undefined)
    problems.push(`The budget ${spent} is spent${others.length > 0 ? `, and ${others.length} more` : ''}.`);
  if (process.message !== null) problems.unshift(process.message);
  if (keyProtection?.state === 'unprotected') problems.push('Stored keys are not protected: no keyring answered.');
  return problems;
}

/** Start or stop, whichever can be done now; in between it is there and cannot be used, so that nothing jumps. */
function switchItem({ process, status }: TrayFacts): TrayItem {
  if (process.state === 'failed' || process.state === 'waiting') return line('Start again now', 'restart-process');
  const state = process.state === 'running' ? (status?.state ?? 'starting') : 'starting';
  if (state === 'running') return line('Stop the gateway', 'stop');
  const enabled = state === 'stopped' || state === 'failed';
  return {
    kind: 'line',
    label: state === 'stopping' ? 'Stop the gateway' : 'Start the gateway',
    action: state === 'stopping' ? 'stop' : 'start',
    enabled,
  };
}
