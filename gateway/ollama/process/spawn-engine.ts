/** Starts an engine in a process group of its own that does not outlive this process, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface EngineChild {
  /** Of the process group; on Windows the engine itself. */
  readonly leaderPid: number;
  /** The engine's own process. */
  readonly enginePid: number;
  /** Resolves when it has ended, with what it was and how. */
  readonly ended: Promise<EngineEnd>;
}

export interface EngineEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnOptions {
  readonly binary: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long it may take to end when this process is gone, in milliseconds. */
  readonly graceMs: number;
  readonly onOutput: (text: string) => void;
}

/**
 * The shell leads the group and holds the other end of a pipe of ours. When the pipe closes, as it does whatever ends this process,
 * it ends the group. It ignores the request to end, so that the group keeps its number until the engine is gone; then it says how
 * the engine ended, and kills what that has left behind, itself included.
 */
const guardScript = `
"$1" serve </dev/null 3>&- 4<&- &
engine=$!
trap '' TERM INT HUP
( read -r _ <&4; kill -TERM 0; sleep "$2"; kill -KILL 0 ) </dev/null >/dev/null 2>&1 3>&- &
echo "$engine" >&3
exec 4<&-
wait "$engine"
echo "$?" >&3
kill -KILL 0
`;

/** @throws Error with the system's code when it cannot be started */
export async function spawnEngine(options: SpawnOptions): Promise<EngineChild> {
  return process.platform === 'win32' ? spawnOnWindows(options) : spawnInGroup(options);
}

async function spawnInGroup({ binary, environment, graceMs, onOutput }: SpawnOptions): Promise<EngineChild> {
  const seconds = (graceMs / 1_000).toFixed(3);
  const child = spawn('/bin/sh', ['-c', guardScript, 'gatehouse-engine', binary, seconds], {
    env: { ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  followOutput(child, onOutput);
  // The other end may be gone before the engine is: that must not end this process.
  child.stdio[4]?.on('error', () => undefined);
  const guard = readGuard(child.stdio[3] as Readable);
  const ended = followEnd(child).then(async (end) => {
    const code = await guard.code;
    return code === null ? end : { code, signal: null };
  });
  const enginePid = await guard.enginePid;
  const leaderPid = child.pid;
  if (leaderPid === undefined || enginePid === null) throw new Error('the shell that starts it could not be started');
  return { leaderPid, enginePid, ended };
}

async function spawnOnWindows({ binary, environment, onOutput }: SpawnOptions): Promise<EngineChild> {
  const child = spawn(binary, ['serve'], { env: { ...environment }, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] });
  followOutput(child, onOutput);
  const ended = followEnd(child);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const enginePid = child.pid ?? 0;
  watchFromOutside(enginePid, environment);
  return { leaderPid: enginePid, enginePid, ended };
}

/** Ends the tree when our end of its stdin closes; a Windows process is not told of its parent's end. */
function watchFromOutside(pid: number, environment: Readonly<Record<string, string>>): void {
  const script = `$p = Get-Process -Id ${pid}; $null = [Console]::In.ReadToEnd(); if (-not $p.HasExited) { taskkill.exe /PID ${pid} /T /F }`;
  const watch = spawn('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
    env: { ...environment },
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.stdin?.on('error', () => undefined);
  watch.on('error', () => undefined);
  watch.unref();
}

function followOutput({ stdout, stderr }: ChildProcess, onOutput: (text: string) => void): void {
  for (const stream of [stdout, stderr]) stream?.setEncoding('utf8').on('data', onOutput);
}

function followEnd(child: ChildProcess): Promise<EngineEnd> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

/** What the guard says, a line each: which process the engine is, and at the end its code. Null where it ended before. */
function readGuard(source: Readable): { readonly enginePid: Promise<number | null>; readonly code: Promise<number | null> } {
  const pid = Promise.withResolvers<number | null>();
  const end = Promise.withResolvers<number | null>();
  let text = '';
  const read = (): void => {
    const [first, second] = text.split('\n').slice(0, -1);
    if (first !== undefined) pid.resolve(Number(first));
    if (second !== undefined) end.resolve(Number(second));
  };
  const finish = (): void => {
    pid.resolve(null);
    end.resolve(null);
  };
  source
    .setEncoding('utf8')
    .on('data', (piece: string) => {
      text += piece;
      read();
    })
    .on('close', finish)
    .on('error', finish);
  return { enginePid: pid.promise, code: end.promise };
}
