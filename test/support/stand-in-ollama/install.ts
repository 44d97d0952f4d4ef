/** Puts the stand-in where a test wants it: an executable called `ollama`, and beside it what it is told to do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Behaviour, behaviourFile, type RegistryModel } from './behaviour.ts';
import { type NotedRequest, requestsFile } from './requests.ts';

export interface StandIn {
  /** The folder with the executable. */
  readonly folder: string;
  readonly executable: string;
  /** Changes what it does from now on; the rest stays. */
  tell(changes: Partial<Behaviour>): void;
  /** Every request that it was sent, the oldest first. */
  requests(path?: string): NotedRequest[];
}

/** A script is started by its first line, which Windows does not read. */
export const standInSkip = process.platform === 'win32' ? 'not on this platform: the stand-in is started as a script' : null;

/** Two models that share a layer; small, so that a pull takes no time unless it is told to. */
export const smallModels: readonly RegistryModel[] = [
  {
    name: 'qwen3:8b',
    layers: [
      { seed: 'qwen3 weights', bytes: 400_000 },
      { seed: 'license', bytes: 11_000 },
    ],
    family: 'qwen3',
    parameterSize: '8.2B',
    contextLength: 40_960,
    capabilities: ['completion', 'tools', 'thinking'],
  },
  {
    name: 'gemma3:4b',
    layers: [
      { seed: 'gemma3 weights', bytes: 300_000 },
      { seed: 'license', bytes: 11_000 },
    ],
    family: 'gemma3',
    parameterSize: '4.3B',
    contextLength: 131_072,
    capabilities: ['completion', 'vision'],
  },
  {
    name: 'nomic-embed-text:latest',
    layers: [{ seed: 'nomic weights', bytes: 50_000 }],
    family: 'nomic-bert',
    parameterSize: '137M',
    contextLength: 2_048,
    capabilities: ['embedding'],
  },
];

/** @param folder where to put it; made if it is not there */
export function installStandIn(folder: string, behaviour: Partial<Behaviour> = {}): StandIn {
  mkdirSync(folder, { recursive: true });
  const executable = join(folder, 'ollama');
  const program = join(import.meta.dirname, 'main.ts');
  writeFileSync(executable, `#!${process.execPath}\nimport(${JSON.stringify(program)});\n`);
  chmodSync(executable, 0o755);
  let told: Partial<Behaviour> = { registry: smallModels };
  const tell = (changes: Partial<Behaviour>): void => {
    told = { ...told, ...changes };
    // In one step: it is read at any moment.
    writeFileSync(join(folder, 'stand-in.new'), JSON.stringify(told));
    renameSync(join(folder, 'stand-in.new'), join(folder, behaviourFile));
  };
  tell(behaviour);
  return {
    folder,
    executable,
    tell,
    requests(path) {
      const file = join(folder, requestsFile);
      if (!existsSync(file)) return [];
      const all: NotedRequest[] = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
      return path === undefined ? all : all.filter((one) => one.path === path);
    },
  };
}

export interface RunningStandIn extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly processId: number;
  readonly isRunning: boolean;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
  return address.port;
}

/** With its runners, which outlive it. */
function killGroup(processId: number | undefined): void {
  try {
    if (processId !== undefined) process.kill(-processId, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** Starts it, or any other Ollama, as somebody else would, and waits until it answers. @param modelsFolder its `OLLAMA_MODELS` */
export async function startStandIn({ executable }: Pick<StandIn, 'executable'>, modelsFolder: string): Promise<RunningStandIn> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, OLLAMA_HOST: `127.0.0.1:${port}`, OLLAMA_MODELS: modelsFolder };
  const child = spawn(executable, ['serve'], { env, stdio: 'ignore', detached: true });
  while (
    !(await fetch(`${origin}/api/version`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`The stand-in ended with code ${child.exitCode}.`);
    await delay(20);
  }
  return {
    origin,
    port,
    processId: child.pid ?? 0,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    async [Symbol.asyncDispose]() {
      const isOver = child.exitCode !== null || child.signalCode !== null;
      killGroup(child.pid);
      if (!isOver) await once(child, 'exit');
    },
  };
}
