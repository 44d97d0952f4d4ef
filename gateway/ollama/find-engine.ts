/** Looks for an Ollama on this machine: one that runs, known by what it answers, or a program that could be started. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { EngineState } from '../contract/local-engine/engine.ts';
import type { Send } from '../upstream/transport.ts';
import { createOllamaApi } from './ask-ollama.ts';

export interface EnginePlace {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/** Where a running one would be: as Ollama itself reads `OLLAMA_HOST`. */
export function engineOrigin(host: string | undefined): string {
  const written = (host ?? '').trim().replace(/^["']|["']$/g, '');
  const scheme = /^(https?):\/\//.exec(written)?.[1];
  const usualPort = scheme === 'https' ? 443 : scheme === 'http' ? 80 : 11_434;
  const rest = written.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '');
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(rest) ?? [];
  const number = port === undefined ? usualPort : Number(port) <= 65_535 ? Number(port) : 11_434;
  // Whoever listens everywhere is asked here.
  const reachable = name === '' || name === '0.0.0.0' || name === '[::]' ? '127.0.0.1' : name;
  const url = `${scheme ?? 'http'}://${reachable}:${number}`;
  return URL.canParse(url) ? new URL(url).origin : 'http://127.0.0.1:11434';
}

const identityMs = 1_500;

/**
 * Is it an Ollama? An open port is not enough, and neither is one answer.
 * @returns its version, or null
 */
export async function identifyEngine(send: Send, origin: string, timeoutMs = identityMs): Promise<string | null> {
  const api = createOllamaApi(send, origin);
  try {
    const [greeting, answer] = await Promise.all([api.root(timeoutMs), api.ask('GET', '/api/version', null, timeoutMs)]);
    const { version } = answer;
    if (greeting.trim() !== 'Ollama is running' || typeof version !== 'string') return null;
    return /^[0-9A-Za-z.+-]{1,64}$/.test(version) ? version : null;
  } catch {
    return null;
  }
}

type Binary = NonNullable<EngineState['binary']>;

/** A program that is installed: on the PATH, in an app, in the usual folders. Null when there is none. */
export async function findBinary(place: EnginePlace): Promise<Omit<Binary, 'version'> | null> {
  for (const candidate of candidates(place)) if (await isProgram(candidate.path)) return candidate;
  return null;
}

function candidates({ platform, environment, homeFolder }: EnginePlace): Omit<Binary, 'version'>[] {
  const { join, delimiter, isAbsolute } = platform === 'win32' ? path.win32 : path.posix;
  const name = platform === 'win32' ? 'ollama.exe' : 'ollama';
  // A relative entry would depend on where Gatehouse was started.
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const onPath = folders.map((folder) => ({ path: join(folder, name), source: 'path' as const }));
  const inApps = appFolders(platform, homeFolder).map((folder) => ({ path: join(folder, name), source: 'app' as const }));
  const usual = usualFolders(platform, environment, homeFolder).map((folder) => ({
    path: join(folder, name),
    source: 'usual-folder' as const,
  }));
  return [...onPath, ...inApps, ...usual];
}

function appFolders(platform: NodeJS.Platform, homeFolder: string): string[] {
  if (platform !== 'darwin') return [];
  const inside = 'Ollama.app/Contents/Resources';
  return [`/Applications/${inside}`, `${homeFolder}/Applications/${inside}`];
}

function usualFolders(platform: NodeJS.Platform, environment: EnginePlace['environment'], homeFolder: string): string[] {
  if (platform === 'win32') {
    const local = environment.LOCALAPPDATA ?? `${homeFolder}\\AppData\\Local`;
    return [`${local}\\Programs\\Ollama`, ...(environment.ProgramFiles ? [`${environment.ProgramFiles}\\Ollama`] : [])];
  }
  const homebrew = platform === 'darwin' ? ['/opt/homebrew/bin'] : ['/snap/bin'];
  return ['/usr/local/bin', '/usr/bin', ...homebrew, `${homeFolder}/.local/bin`];
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
