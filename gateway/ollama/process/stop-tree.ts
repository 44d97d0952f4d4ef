/** Ends an engine and everything it started: asked first, and made to after a grace. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineChild } from './spawn-engine.ts';

/** @param groupId of the group that the process leads */
function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    // Nobody is left in it; what may not be signalled is not ours.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return;
    throw error;
  }
}

function taskkill(pid: number): Promise<void> {
  const { PATH, SystemRoot } = process.env;
  const options = { windowsHide: true, timeout: 10_000, env: { PATH, SystemRoot } };
  return new Promise((resolve) => {
    execFile('taskkill.exe', ['/PID', String(pid), '/T', '/F'], options, () => resolve());
  });
}

/**
 * Asks the group to end, waits, and kills what is left of it. Resolves when its leader has ended, whose last act is to kill the rest.
 * @param graceMs how long they may take
 */
export async function stopTree(child: EngineChild, graceMs: number): Promise<void> {
  // A console program without a window takes no request on Windows.
  if (process.platform === 'win32') return taskkill(child.leaderPid);
  signalGroup(child.leaderPid, 'SIGTERM');
  const patience = new AbortController();
  const late = delay(graceMs, true, { signal: patience.signal }).catch(() => false);
  const isLate = await Promise.race([child.ended.then(() => false), late]);
  patience.abort();
  if (isLate) killTree(child.leaderPid);
  await child.ended;
}

/** At once, without asking. */
export function killTree(leaderPid: number): void {
  if (process.platform === 'win32') void taskkill(leaderPid);
  else signalGroup(leaderPid, 'SIGKILL');
}
