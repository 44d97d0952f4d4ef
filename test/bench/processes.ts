/** Starts the processes of a benchmark, each on its own core where the system allows, and reads what they cost. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { nodeFlags } from '../support/program-file.ts';
import type { LoadOrder, LoadResult } from './load.ts';

const root = join(import.meta.dirname, '..', '..');
/** What is measured has a core for itself; load and upstream share the other. */
const cores = { target: '0', other: '1' };
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-c', cores.other, 'true']).status === 0;
const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

function start(
  core: keyof typeof cores,
  script: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  const channel = script.endsWith('load.ts') ? (['ipc'] as const) : [];
  const flags = script.startsWith('dist/') ? nodeFlags : [];
  const command = [process.execPath, ...flags, join(root, script), ...args];
  const [program = '', ...rest] = canPin ? ['taskset', '-c', cores[core], ...command] : command;
  const child = spawn(program, rest, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', ...channel],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`A process of the benchmark ended with ${code} before it was ready.`)));
    if (child.stdout) createInterface(child.stdout).once('line', resolve);
  });
}

function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** Something that answers `/v1/chat/completions`. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly key: string;
  /** Put before a model's name. */
  readonly modelPrefix: string;
  readonly processId: number;
  /** Does it answer other formats than OpenAI's from the same upstream? */
  readonly translates: boolean;
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<Target> {
  const child = start('other', 'test/bench/fast-upstream.ts', []);
  const port = Number(await firstLine(child));
  return {
    name: 'direct',
    port,
    key: '',
    modelPrefix: '',
    processId: child.pid ?? 0,
    translates: false,
    stop: () => end(child, 'SIGKILL'),
  };
}

export async function startRaw(upstream: Target): Promise<Target> {
  const child = start('target', 'test/bench/raw-passthrough.ts', [`http://127.0.0.1:${upstream.port}`]);
  const port = Number(await firstLine(child));
  return {
    name: 'raw',
    port,
    key: '',
    modelPrefix: '',
    processId: child.pid ?? 0,
    translates: false,
    stop: () => end(child, 'SIGKILL'),
  };
}

/** A data folder with a provider that points at the upstream, and a client key in it once it was started. */
export interface GatewayHome {
  readonly dataDir: string;
  readonly isBudgeted: boolean;
  readonly environment: NodeJS.ProcessEnv;
  key: string;
}

const controlToken = 'bench-control-token-bench-control-token';

/** @param isBudgeted every request is held to a hard budget */
export function makeGatewayHome(upstream: Target, isBudgeted: boolean): GatewayHome {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const provider = {
    id: 'bench',
    kind: 'openai-compatible',
    baseUrl: `http://127.0.0.1:${upstream.port}/v1`,
    keys: ['env:BENCH_KEY'],
  } as const;
  const config: GatewayConfigDocument = {
    version: 1,
    providers: [{ ...provider, keys: [...provider.keys], models: ['json'] }],
    prices: { overrides: { 'bench/json': { inputPerMillionUsd: 1, outputPerMillionUsd: 2 } } },
  };
  writeFileSync(join(dataDir, 'config.json'), JSON.stringify(config));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  const dataKey = Buffer.alloc(32, 7).toString('base64');
  return {
    dataDir,
    isBudgeted,
    key: '',
    environment: { BENCH_KEY: 'sk-bench', GATEHOUSE_KEY: dataKey, GATEHOUSE_CONTROL_TOKEN: controlToken },
  };
}

/** Starts Gatehouse as `serve` does; the first time it also makes the client key. */
export async function startGatehouse(home: GatewayHome): Promise<Target> {
  const flags = ['serve', '--json', '--port', '0', '--control-port', '0', '--data', home.dataDir];
  const child = start('target', 'dist/gateway/main.js', flags, home.environment);
  const ready: { gateway: string; control: string } = JSON.parse(await firstLine(child));
  if (!home.key) home.key = await createKey(ready.control, home.isBudgeted ? [neverSpent] : []);
  const port = Number(new URL(ready.gateway).port);
  return {
    name: 'gatehouse',
    port,
    key: home.key,
    modelPrefix: 'bench/',
    processId: child.pid ?? 0,
    translates: true,
    stop: () => end(child),
  };
}

/** What has no price is held as well, with nothing. */
const neverSpent = { period: 'day', limitUsd: 1_000_000, mode: 'hard', unknownPrice: 'allow' };

async function createKey(control: string, budgets: readonly object[]): Promise<string> {
  const response = await fetch(`${control}/control/calls/clients.create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', budgets }),
  });
  const answer: { value: { key: string } } = JSON.parse(await response.text());
  return answer.value.key;
}

/** Runs orders one at a time in a process of its own. */
export interface Load {
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): Promise<void>;
}

export function startLoad(): Load {
  const child = start('other', 'test/bench/load.ts', []);
  const run = (order: LoadOrder) =>
    new Promise<LoadResult>((resolve, reject) => {
      child.once('message', (answer: { result?: LoadResult; error?: string }) => {
        if (answer.result) resolve(answer.result);
        else reject(new Error(answer.error));
      });
      child.send(order);
    });
  return { run, stop: () => end(child, 'SIGKILL') };
}

/** CPU time of a process so far, all its threads, in microseconds. */
export function cpuUs(processId: number): number {
  const threads = readdirSync(`/proc/${processId}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${processId}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, part) => sum + part, 0) / 1000;
}

/** Memory of a process, in MB. */
export function rssMb(processId: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) / 1024;
}

export const pinning = canPin ? 'the target on a core of its own' : 'not pinned (no taskset, or one core): only a rough reading';
