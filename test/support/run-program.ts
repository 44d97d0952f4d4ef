/** Runs the program with any command line and environment, and keeps everything that it writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFlags, programFile } from './program-file.ts';
import type { Ended } from './start-gateway.ts';

export interface RunningProgram extends AsyncDisposable {
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ended>;
  /** Resolves with what the expression found on stdout. @throws Error with everything written when the program ends without it */
  printed(expression: RegExp): Promise<RegExpExecArray>;
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
  /** Nobody reads what it writes any more, as when whoever started it has ended. */
  leaveUnread(): void;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What is run instead of the program. */
  readonly command?: readonly [string, ...string[]];
}

export const root = join(import.meta.dirname, '..', '..');
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Its home folder is a new one, so that nothing of the person who runs the tests is read or changed. */
export function runProgram(args: readonly string[], options: RunOptions = {}): RunningProgram {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:GATEHOUSE_|XDG_)/.test(name));
  const [program, ...first] = options.command ?? [process.execPath, ...nodeFlags, programFile];
  const child = spawn(program, [...first, ...args], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), HOME: home, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  let look: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
      resolve({ code, signal });
    });
  });
  return {
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    printed: (expression) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = expression.exec(stdout);
          if (found) resolve(found);
        };
        look();
        void ended.then(() => reject(new Error(`The program ended without ${expression}.\n${stdout}\n${stderr}`)));
      }),
    signal: (name) => void child.kill(name),
    leaveUnread() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Takes a port of this address, as another program would; closed by `close`. @param port 0 for any */
export async function occupyPort(port: number, host = '127.0.0.1'): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A port that is free on both loopback families at this moment. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const first = await occupyPort(0);
    const second = await occupyPort(first.port, '::1').catch(() => null);
    await Promise.all([first.close(), second?.close()]);
    if (second) return first.port;
  }
}
