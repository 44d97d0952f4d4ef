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
 * it ends the group. It ignores the request to end, so that the group keeps its number until the engine is gone.
 */
const guardScript = `
"$1" serve </dev/null 3>&- 4<&- &
engine=$!
trap '' TERM INT HUP
( read -r _ <&4; kill -TERM 0; sleep "$2"; kill -KILL 0 ) </dev/null >/dev/null 2>&1 3>&- &
watch=$!
echo "$engine" >&3
exec 3>&- 4<&-
wait "$engine"
code=$?
kill -KILL "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
exit "$code"
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
  const ended = followEnd(child);
  // The other end may be gone before the engine is: that must not end this process.
  child.stdio[4]?.on('error', () => undefined);
  const said = await firstLine(child.stdio[3], ended);
  const leaderPid = child.pid;
  if (leaderPid === undefined || said === null) throw new Error('the shell that starts it could not be started');
  return { leaderPid, enginePid: Number(said), ended };
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

/** What the guard says of itself; null when it ended instead. */
function firstLine(stream: unknown, ended: Promise<unknown>): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const source = stream as Readable;
    source.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    void ended.then(() => resolve(null));
  });
}
