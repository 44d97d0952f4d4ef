/** Launches the real desktop shell on the Electron that setup found, in a home folder of its own, and always ends it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, errors, type Page } from 'playwright';
import { findTestElectron, runtimeScript } from '../../resources/build/test-electron.mjs';
import { root } from './run-program.ts';
import { noDisplay } from './virtual-display.ts';

/** The folder of the Electron for tests; null when there is none. */
export const electronFolder = findTestElectron();

/** Where setup could have fetched one, its absence is no property of the machine. */
const noElectron = existsSync(runtimeScript)
  ? 'no Electron was found, though setup can fetch one'
  : 'not on this machine: no Electron was found; set GATEHOUSE_TEST_ELECTRON to the folder of one';

/** The reason to give to `context.skip`; null when the shell can be launched. */
export const noShell: string | null = electronFolder ? noDisplay : noElectron;

/** Chromium cannot run its sandbox as root. */
export const sandboxFlags: readonly string[] = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export interface LaunchOptions {
  readonly display: string;
  /** A home folder that outlives this shell; otherwise a new one, removed in the end. */
  readonly home?: string;
  /** Laid over what the shell gets; undefined leaves a variable out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Electron's own flags. */
  readonly switches?: readonly string[];
  /** What follows `--`. */
  readonly args?: readonly string[];
  /** Started instead of Electron itself, with the same arguments. */
  readonly program?: string;
}

export interface RunningShell extends AsyncDisposable {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly home: string;
  readonly processId: number;
  /** Everything written to stdout so far. */
  readonly stdout: string;
  readonly ended: Promise<number | null>;
  /** Errors and warnings of every page since the start. */
  readonly troubles: readonly string[];
  /** Resolves with what the expression finds on stdout. */
  printed(expression: RegExp): Promise<RegExpExecArray>;
  /** The gateway's process; null while there is none. */
  gatewayProcessId(): number | null;
}

/** A home folder of its own, with what a session needs in it. */
export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-shell-'));
  mkdirSync(join(home, 'runtime'), { mode: 0o700 });
  return home;
}

export function shellEnvironment(home: string, { display, environment }: LaunchOptions): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:GATEHOUSE_|XDG_|ELECTRON_|DBUS_|npm_|VITEST|NODE_)/.test(name),
  );
  const own = { HOME: home, XDG_RUNTIME_DIR: join(home, 'runtime'), DISPLAY: display, GATEHOUSE_NODE: process.execPath };
  const entries = Object.entries({ ...Object.fromEntries(inherited), ...own, ...environment });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const launchTries = 3;
const launchTimeoutMs = 15_000;

/**
 * Now and then this Electron takes Playwright's second connection and never answers on it; nothing of ours has run by then. One that
 * really does not start fails every try.
 */
async function launchElectron(
  folder: string,
  home: string,
  options: LaunchOptions,
  tries = launchTries,
): Promise<ElectronApplication> {
  try {
    return await _electron.launch({
      executablePath: options.program ?? join(folder, 'electron'),
      args: [...sandboxFlags, ...(options.switches ?? []), root, '--', ...(options.args ?? ['start', '--port', '0'])],
      cwd: root,
      env: shellEnvironment(home, options),
      timeout: launchTimeoutMs,
      // Left to itself, Playwright shows every page in the light theme.
      colorScheme: null,
    });
  } catch (error) {
    if (tries <= 1 || !(error instanceof errors.TimeoutError)) throw error;
    return launchElectron(folder, home, options, tries - 1);
  }
}

/** Electron's garbage collection may take the answer before Playwright has it. */
async function processIdOf(app: ElectronApplication, tries = launchTries): Promise<number> {
  try {
    return await app.evaluate(() => process.pid);
  } catch (error) {
    if (tries <= 1 || !String(error).includes('garbage collected')) throw error;
    return processIdOf(app, tries - 1);
  }
}

/**
 * Launches the shell and waits for its window.
 * @throws Error when no window opens
 */
export async function launchShell(options: LaunchOptions): Promise<RunningShell> {
  if (!electronFolder) throw new Error(noShell ?? '');
  const home = options.home ?? makeHome();
  const app = await launchElectron(electronFolder, home, options);
  const troubles: string[] = [];
  app.context().on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  app.context().on('weberror', (error) => troubles.push(String(error.error())));
  const child = app.process();
  let stdout = '';
  let look: () => void = () => undefined;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const processId = await processIdOf(app);
  const page = await app.firstWindow();
  return {
    app,
    page,
    home,
    processId,
    get stdout() {
      return stdout;
    },
    ended,
    troubles,
    printed: (expression) =>
      new Promise((resolve) => {
        look = () => {
          const found = expression.exec(stdout);
          if (found) resolve(found);
        };
        look();
      }),
    gatewayProcessId: () => childrenOf(processId).find((id) => commandOf(id).includes('dist/gateway/main.js')) ?? null,
    async [Symbol.asyncDispose]() {
      const ids = [processId, ...childrenOf(processId)];
      for (const id of ids) killQuietly(id);
      child.kill('SIGKILL');
      await ended;
      if (!options.home) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function killQuietly(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

export function isAlive(processId: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function childrenOf(processId: number): number[] {
  try {
    const listed = execFileSync('ps', ['-o', 'pid=', '--ppid', String(processId)], { encoding: 'utf8' });
    return listed.split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function commandOf(processId: number): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
