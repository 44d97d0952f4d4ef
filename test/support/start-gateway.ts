/** Starts the real gateway as a process of its own, the way a person does, and always ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { CallError, type CallAnswer, type CallArgument, type CallName, type CallOutput } from '../../gateway/contract/calls.ts';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { nodeFlags, programFile } from './program-file.ts';

export interface StartOptions {
  /** Written as the data folder's config.json before the start. */
  readonly config?: GatewayConfigDocument;
  /** A folder that outlives this gateway, for a restart; otherwise a new one, removed in the end. */
  readonly dataDir?: string;
  /** Laid over what a test gateway gets; undefined leaves a variable out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Any free one when left out; `config` leaves it to the config document. */
  readonly port?: number | 'config';
  /** Any free one when left out. */
  readonly controlPort?: number;
  readonly flags?: readonly string[];
  /** Do not make a client key. */
  readonly withoutKey?: boolean;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The first line of `serve --json`. */
interface ReadyLine {
  readonly event: 'ready';
  readonly gateway: string;
  readonly control: string;
  readonly controlToken: string;
  readonly ui: string;
  readonly dataDir: string;
}

export interface RunningGateway extends AsyncDisposable {
  readonly ready: ReadyLine;
  /** `http://127.0.0.1:<port>`; clients use it with `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** The key of a client named `test`; empty when none was asked for. */
  readonly clientKey: string;
  readonly processId: number;
  /** Everything written to stderr so far. */
  readonly stderr: string;
  /** Milliseconds from the start of the process to the ready line. */
  readonly readyAfterMs: number;
  readonly ended: Promise<Ended>;
  /** Makes a control call. @throws CallError as the gateway answered it */
  call<N extends CallName>(name: N, input: CallArgument<N>): Promise<CallOutput<N>>;
  /** SIGTERM, and SIGKILL to one that is still there after 10 s. */
  stop(): Promise<Ended>;
  /** SIGKILL. */
  kill(): Promise<Ended>;
}

const root = join(import.meta.dirname, '..', '..');
const startTimeoutMs = 15_000;
const stopTimeoutMs = 10_000;
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A data folder of its own under the system's temporary folder. */
export function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
}

/** Runs the program with these arguments; the data key goes with the data folder, so that a restart can read it. */
function spawnGateway(dataDir: string, token: string, options: StartOptions): ChildProcess {
  const port = options.port === 'config' ? [] : ['--port', String(options.port ?? 0)];
  const controlPort = String(options.controlPort ?? 0);
  const flags = ['serve', '--json', ...port, '--control-port', controlPort, '--data', dataDir, ...(options.flags ?? [])];
  const key = createHash('sha256').update(dataDir).digest('base64');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_'));
  // An Ollama of this machine's is no test's: port 1 is nobody's.
  const apart = { OLLAMA_HOST: '127.0.0.1:1' };
  const env = {
    ...Object.fromEntries(inherited),
    ...apart,
    GATEHOUSE_CONTROL_TOKEN: token,
    GATEHOUSE_KEY: key,
    ...options.environment,
  };
  const child = spawn(process.execPath, [...nodeFlags, programFile, ...flags], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function readReadyLine(child: ChildProcess, ended: Promise<Ended>, stderr: () => string): Promise<ReadyLine> {
  const describe = (what: string) => new Error(`The gateway ${what} before it was ready. Its stderr:\n${stderr()}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(describe(`took more than ${startTimeoutMs} ms`)), startTimeoutMs);
    if (!child.stdout) throw new Error('The gateway was started without a stdout.');
    createInterface(child.stdout).once('line', (line) => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(line));
      } catch {
        reject(describe(`wrote ${JSON.stringify(line)} instead of the ready line`));
      }
    });
    void ended.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(describe(`ended with ${signal ?? `code ${code}`}`));
    });
  });
}

async function callControl<N extends CallName>(ready: ReadyLine, name: N, input: CallArgument<N>): Promise<CallOutput<N>> {
  const response = await fetch(`${ready.control}/control/calls/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ready.controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const answer: CallAnswer<N> = JSON.parse(await response.text());
  if (!answer.ok) throw new CallError(answer.error.kind, answer.error.message, answer.error.field);
  return answer.value;
}

async function stopChild(child: ChildProcess, ended: Promise<Ended>): Promise<Ended> {
  child.kill('SIGTERM');
  const patience = new AbortController();
  const timeout = delay(stopTimeoutMs, undefined, { signal: patience.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  const how = await ended;
  patience.abort();
  await timeout;
  return how;
}

/**
 * Starts a gateway on free ports and waits until it is ready.
 * Stop or kill it in the end, or declare it with `await using`; any of these removes a data folder made here.
 * @throws Error with the gateway's stderr when it does not become ready
 */
export async function startGateway(options: StartOptions = {}): Promise<RunningGateway> {
  const dataDir = options.dataDir ?? makeDataDir();
  if (options.config) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'config.json'), JSON.stringify(options.config, null, 2));
  }
  const startedAtMs = performance.now();
  const child = spawnGateway(dataDir, randomBytes(24).toString('base64url'), options);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const removeData = () => {
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  const stop = () => stopChild(child, ended).finally(removeData);
  const kill = () => {
    child.kill('SIGKILL');
    return ended.finally(removeData);
  };
  try {
    const ready = await readReadyLine(child, ended, () => stderr);
    const readyAfterMs = performance.now() - startedAtMs;
    const clientKey = options.withoutKey ? '' : (await callControl(ready, 'clients.create', { name: 'test' })).key;
    return {
      ready,
      url: ready.gateway,
      port: Number(new URL(ready.gateway).port),
      dataDir,
      clientKey,
      processId: child.pid ?? 0,
      get stderr() {
        return stderr;
      },
      readyAfterMs,
      ended,
      call: (name, input) => callControl(ready, name, input),
      stop,
      kill,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
