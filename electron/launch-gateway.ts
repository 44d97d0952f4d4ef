/** Starts the gateway's process: on Electron's own Node, or in an unpacked run on an outside one. Both look the same from here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { utilityProcess } from 'electron';
import type { MessageToGateway } from '../gateway/contract/process-messages.ts';

export interface GatewayChild {
  readonly processId: number | undefined;
  send(message: MessageToGateway): void;
  /** Ends it without asking. */
  kill(): void;
  onLine(listener: (line: string) => void): void;
  onErrorLine(listener: (line: string) => void): void;
  /** Called once; the code is null when a signal ended it, or when it could not be started. */
  onExit(listener: (code: number | null) => void): void;
}

/** As the gateway is run without a window: its garbage is short-lived, and a small young generation keeps memory low. */
const smallYoungGeneration = '--max-semi-space-size=8';

export interface LaunchOptions {
  /** The built gateway. */
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Record<string, string>;
  /** A Node to run it on; null for Electron's own. */
  readonly node: string | null;
}

export function launchGateway(options: LaunchOptions): GatewayChild {
  return options.node === null ? forkGateway(options) : spawnGateway(options, options.node);
}

function forkGateway({ file, args, environment }: LaunchOptions): GatewayChild {
  const child = utilityProcess.fork(file, [...args], { env: environment, stdio: 'pipe', serviceName: 'Gatehouse gateway' });
  // Messages sent before the process is there would be lost.
  const ready = new Promise<void>((resolve) => child.once('spawn', resolve));
  return {
    get processId() {
      return child.pid;
    },
    send: (message) => void ready.then(() => child.postMessage(message)),
    kill: () => void child.kill(),
    onLine: (listener) => eachLine(child.stdout, listener),
    onErrorLine: (listener) => eachLine(child.stderr, listener),
    onExit: (listener) => child.once('exit', listener),
  };
}

function spawnGateway({ file, args, environment }: LaunchOptions, node: string): GatewayChild {
  const child: ChildProcess = spawn(node, [smallYoungGeneration, file, ...args], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // A process that is just ending closes its end first.
  child.stdin?.on('error', () => undefined);
  return {
    get processId() {
      return child.pid;
    },
    send: (message) => void child.stdin?.write(`${JSON.stringify(message)}\n`),
    kill: () => void child.kill('SIGKILL'),
    onLine: (listener) => eachLine(child.stdout, listener),
    onErrorLine: (listener) => eachLine(child.stderr, listener),
    onExit(listener) {
      child.once('close', (code) => listener(code));
      child.once('error', () => listener(null));
    },
  };
}

function eachLine(stream: NodeJS.ReadableStream | Readable | null, listener: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', listener);
}
