/** Brings a real agent onto this machine: from npm, into a cache folder of its own, never into this project. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Agent {
  /** The npm package. */
  readonly name: string;
  readonly version: string;
  /** The program's name in `node_modules/.bin`. */
  readonly program: string;
}

export interface Finished {
  /** Null when it was ended for taking too long. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunFacts {
  readonly folder?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

/** Runs a program without input to its end, or kills it after `timeoutMs`. @throws Error when it cannot be started */
export function runProgram(command: string, parameters: readonly string[], facts: RunFacts): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      cwd: facts.folder,
      env: { ...facts.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: facts.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

/**
 * Installs an agent where it is not yet, in the system's temporary folder.
 * @returns its program's path
 * @throws Error saying why it cannot be had
 */
export async function installAgent({ name, version, program }: Agent): Promise<string> {
  const folder = join(tmpdir(), 'gatehouse-agents', `${name}-${version}`);
  const path = join(folder, 'node_modules', '.bin', program);
  if (existsSync(path)) return path;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    const parameters = ['install', '--prefix', fresh, '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`];
    const npm = await runProgram('npm', parameters, { environment: process.env, timeoutMs: 180_000 });
    if (npm.code !== 0) throw new Error(`${name} ${version} could not be installed: ${npm.stderr.trim().split('\n')[0] ?? ''}`);
    if (!existsSync(folder)) renameSync(fresh, folder);
    return path;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
