/** Ends a process and everything it started: asked first, and made to after a grace. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two looks. */
const lookMs = 25;

/** @param groupId of the group that the process leads */
function signalGroup(groupId: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    // Nobody is left in it; what may not be signalled is not ours.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return false;
    throw error;
  }
}

/** Is anybody left in the group? */
function isGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return true;
  } catch {
    return false;
  }
}

function taskkill(pid: number, force: boolean): Promise<void> {
  const flags = ['/PID', String(pid), '/T', ...(force ? ['/F'] : [])];
  const { PATH, SystemRoot } = process.env;
  return new Promise((resolve) => {
    execFile('taskkill.exe', flags, { windowsHide: true, timeout: 10_000, env: { PATH, SystemRoot } }, () => resolve());
  });
}

/**
 * Asks a group to end, waits, and kills what is left of it.
 * @param leaderPid of the group; on Windows of the tree's root
 * @param graceMs how long they may take
 */
export async function stopTree(leaderPid: number, graceMs: number, platform: NodeJS.Platform = process.platform): Promise<void> {
  // A console program without a window takes no request on Windows.
  if (platform === 'win32') return taskkill(leaderPid, true);
  signalGroup(leaderPid, 'SIGTERM');
  const endAtMs = performance.now() + graceMs;
  while (isGroupAlive(leaderPid) && performance.now() < endAtMs) await delay(lookMs);
  killTree(leaderPid);
  // What was killed is gone in a moment; a zombie counts until its parent has noticed.
  for (let looks = 0; isGroupAlive(leaderPid) && looks < 40; looks += 1) await delay(lookMs);
}

/** At once, without asking. */
export function killTree(leaderPid: number, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') void taskkill(leaderPid, true);
  else signalGroup(leaderPid, 'SIGKILL');
}
