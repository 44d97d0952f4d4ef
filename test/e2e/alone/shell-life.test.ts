/** How the desktop application lives and ends: one instance, a gateway that comes back, nothing left behind, keys in the keyring. */
import { spawn } from 'node:child_process';
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DesktopState, desktopStateSchema } from '../../../gateway/contract/desktop.ts';
import {
  electronFolder,
  isAlive,
  launchShell,
  makeHome,
  noShell,
  type RunningShell,
  sandboxFlags,
  shellEnvironment,
} from '../../support/launch-shell.ts';
import { keyringProgram, noKeyring } from '../../support/keyring-session.ts';
import { root } from '../../support/run-program.ts';
import { startDisplay, type VirtualDisplay } from '../../support/virtual-display.ts';

let display: VirtualDisplay;
const homes: string[] = [];

beforeAll(async () => {
  if (!noShell) display = await startDisplay();
});
beforeEach((context) => context.skip(noShell !== null, noShell ?? ''));
afterAll(async () => {
  await display?.[Symbol.asyncDispose]();
  for (const home of homes) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** A home folder that several shells of one test live in. */
function sharedHome(): string {
  const home = makeHome();
  homes.push(home);
  return home;
}

async function desktopState({ page }: RunningShell): Promise<DesktopState> {
  const state = await page.evaluate(() => {
    const bridge: { state(): Promise<unknown> } = Reflect.get(window, 'gatehouseDesktop');
    return bridge.state();
  });
  return desktopStateSchema.parse(state);
}

function call(
  { page }: RunningShell,
  name: string,
  input: unknown = {},
): Promise<{ readonly status: number; readonly value?: Readonly<Record<string, string>>; readonly [field: string]: unknown }> {
  const answer = page.evaluate(
    async ([to, body]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`/control/calls/${to}`, { method: 'POST', headers, body });
      return { status: response.status, ...(await response.json()) };
    },
    [name, JSON.stringify(input)] as const,
  );
  return Promise.race([answer, neverAnswered(name)]);
}

/** What Playwright asks of a page is lost now and then; who asks again is answered. */
async function neverAnswered(name: string): Promise<never> {
  await delay(3_000, undefined, { ref: false });
  throw new Error(`The page did not answer ${name}.`);
}

async function runningGateway(shell: RunningShell): Promise<number> {
  await expect.poll(() => call(shell, 'status.get'), { timeout: 10_000 }).toMatchObject({ status: 200 });
  const id = shell.gatewayProcessId();
  if (id === null) throw new Error('There is no gateway process.');
  return id;
}

const lockOf = (home: string): string => join(home, '.config', 'Gatehouse Desktop', 'SingletonLock');

function isThere(file: string): boolean {
  try {
    return Boolean(lstatSync(file));
  } catch {
    return false;
  }
}

describe('the gateway behind the window', () => {
  test('that is killed comes back by itself, and the page says so meanwhile', async () => {
    await using shell = await launchShell({ display: display.name });
    const first = await runningGateway(shell);
    process.kill(first, 'SIGKILL');
    await expect
      .poll(async () => (await desktopState(shell)).gatewayProcess)
      .toMatchObject({
        state: 'waiting',
        message: expect.stringContaining('ended unexpectedly'),
      });
    expect(await call(shell, 'status.get')).toMatchObject({
      status: 503,
      error: { kind: 'unavailable', message: expect.stringContaining('starts again') },
    });
    const second = await runningGateway(shell);
    expect(second).not.toBe(first);
    expect((await desktopState(shell)).gatewayProcess.state).toBe('running');
    expect(shell.page.url()).toMatch(/^app:/);
  });

  test('gets neither the token nor the key in its arguments or its environment', async () => {
    await using shell = await launchShell({ display: display.name, environment: { OPENAI_API_KEY: 'canary' } });
    const id = await runningGateway(shell);
    const [, token = ''] = await shell.printed(/#token=(\S+)/);
    const stored = JSON.parse(readFileSync(join(shell.home, '.config', 'Gatehouse Desktop', 'data-key.json'), 'utf8'));
    for (const place of ['cmdline', 'environ']) {
      const text = readFileSync(`/proc/${id}/${place}`, 'utf8');
      expect(text).not.toContain(token);
      expect(text).not.toContain(stored.dataKey.value);
    }
    const environment = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
    expect(environment).toContain('OPENAI_API_KEY=canary');
    expect(environment.filter((line) => /^(?:NODE_OPTIONS|ELECTRON_|DISPLAY)/.test(line))).toEqual([]);
  });

  test('on an Electron whose Node is too old is not tried for ever: the window and its calls say why', async () => {
    await using shell = await launchShell({ display: display.name, environment: { GATEHOUSE_NODE: undefined } });
    await expect
      .poll(async () => (await desktopState(shell)).gatewayProcess, { timeout: 10_000 })
      .toMatchObject({
        state: 'failed',
        message: expect.stringContaining('too old for Gatehouse'),
      });
    expect(await call(shell, 'status.get')).toMatchObject({
      status: 503,
      error: { message: expect.stringContaining('too old') },
    });
  });

  test('runs on SQLite in a process of Electron’s own', (context) => {
    context.skip('not on this platform: the Electron for tests has Node-API 9, and better-sqlite3 needs 10');
  });

  test('has the port of another program: the window opens, says whose it is, and starts when it is free', async () => {
    const { occupyPort } = await import('../../support/run-program.ts');
    const taken = await occupyPort(0);
    await using shell = await launchShell({ display: display.name, args: ['serve', '--port', String(taken.port)] });
    await runningGateway(shell);
    expect(await call(shell, 'status.get')).toMatchObject({
      value: { state: 'failed', problems: [{ id: 'listener', message: expect.stringContaining(`${taken.port}`) }] },
    });
    await taken.close();
    expect(await call(shell, 'gateway.start')).toMatchObject({ value: { state: 'running', port: taken.port } });
  });
});

describe('one instance', () => {
  test('a second start shows the first window, says so and leaves with 0', async () => {
    await using shell = await launchShell({ display: display.name });
    const gateway = await runningGateway(shell);
    await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    const environment = shellEnvironment(shell.home, { display: display.name });
    const second = spawn(join(electronFolder ?? '', 'electron'), [...sandboxFlags, root], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    second.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => second.once('close', resolve));
    expect(code).toBe(0);
    expect(stderr).toContain('Gatehouse is running already');
    await expect.poll(() => shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
    expect(shell.gatewayProcessId()).toBe(gateway);
  });
});

describe('the end', () => {
  test('quitting leaves no process and no lock, and a request under way is answered first', async () => {
    await using shell = await launchShell({ display: display.name });
    const gateway = await runningGateway(shell);
    const { value: status } = await call(shell, 'status.get');
    const { value: client } = await call(shell, 'clients.create', { name: 'test' });
    const slow = fetch(`${status?.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client?.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo/hello', stream: true, messages: [{ role: 'user', content: 'Hello!' }] }),
    });
    const answer = await slow;
    const children = [shell.processId, gateway];
    void shell.app.evaluate(({ app }) => app.quit()).catch(() => undefined);
    expect(await answer.text()).toContain('data: [DONE]');
    expect(await shell.ended).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(isThere(lockOf(shell.home))).toBe(false);
  });

  test('closing the window where no tray is shown ends the application', async () => {
    await using shell = await launchShell({ display: display.name });
    const gateway = await runningGateway(shell);
    expect((await desktopState(shell)).closesToTray).toBe(false);
    void shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()).catch(() => undefined);
    expect(await shell.ended).toBe(0);
    expect(isAlive(gateway)).toBe(false);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the shell and its gateway in order', async (signal) => {
    await using shell = await launchShell({ display: display.name });
    const gateway = await runningGateway(shell);
    process.kill(shell.processId, signal);
    expect(await shell.ended).toBe(0);
    expect(isAlive(gateway)).toBe(false);
  });

  test('a shell that is killed leaves no gateway behind after 2 s', async () => {
    await using shell = await launchShell({ display: display.name });
    const gateway = await runningGateway(shell);
    process.kill(shell.processId, 'SIGKILL');
    await delay(2_000);
    expect(isAlive(gateway)).toBe(false);
  });
});

describe('what is remembered', () => {
  test('the window opens where it was, and on a screen when that place is gone', async () => {
    const home = sharedHome();
    const bounds = (shell: RunningShell) =>
      shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    {
      await using shell = await launchShell({ display: display.name, home });
      const place = { x: 120, y: 90, width: 1_000, height: 700 };
      await shell.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), place);
      await runningGateway(shell);
      process.kill(shell.processId, 'SIGTERM');
      await shell.ended;
    }
    {
      await using shell = await launchShell({ display: display.name, home });
      expect(await bounds(shell)).toEqual({ x: 120, y: 90, width: 1_000, height: 700 });
    }
    const file = join(home, '.config', 'Gatehouse Desktop', 'window.json');
    writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), bounds: { x: 5_000, y: 5_000, width: 1_000, height: 700 } }),
    );
    await using shell = await launchShell({ display: display.name, home });
    expect(await bounds(shell)).toEqual({ x: 300, y: 150, width: 1_000, height: 700 });
  });
});

describe('the keyring', () => {
  test('protects the key of the secrets: its file holds no key, and the next start opens them again', async (context) => {
    context.skip(noKeyring !== null, noKeyring ?? '');
    const home = sharedHome();
    const launch = () =>
      launchShell({
        display: display.name,
        home,
        program: keyringProgram(home, electronFolder ?? ''),
        switches: ['--password-store=gnome-libsecret'],
      });
    {
      await using shell = await launch();
      await runningGateway(shell);
      expect((await desktopState(shell)).keyProtection).toMatchObject({ state: 'protected', keptIn: 'the GNOME keyring' });
      expect(await call(shell, 'secrets.set', { name: 'lab', value: 'sk-canary-1234' })).toMatchObject({
        value: { lastFour: '1234' },
      });
      process.kill(shell.processId, 'SIGTERM');
      await shell.ended;
    }
    const stored = JSON.parse(readFileSync(join(home, '.config', 'Gatehouse Desktop', 'data-key.json'), 'utf8'));
    expect(stored.dataKey.form).toBe('wrapped');
    expect(Buffer.from(stored.dataKey.value, 'base64').subarray(0, 3).toString()).toBe('v11');
    {
      await using shell = await launch();
      await runningGateway(shell);
      expect(await call(shell, 'secrets.list')).toMatchObject({
        value: { items: [{ name: 'lab' }], keptIn: expect.stringContaining('GNOME keyring') },
      });
      process.kill(shell.processId, 'SIGTERM');
      await shell.ended;
    }
    // Without the keyring the key is not to be had: nothing is made anew, and nothing is overwritten.
    await using shell = await launchShell({ display: display.name, home });
    await expect
      .poll(async () => await desktopState(shell))
      .toMatchObject({
        keyProtection: { state: 'unavailable', message: expect.stringContaining('does not answer') },
        gatewayProcess: { state: 'waiting', retryAtMs: expect.any(Number) },
      });
    expect(await call(shell, 'status.get')).toMatchObject({
      status: 503,
      error: { message: expect.stringContaining('does not answer') },
    });
    expect(JSON.parse(readFileSync(join(home, '.config', 'Gatehouse Desktop', 'data-key.json'), 'utf8'))).toEqual(stored);
  });

  test('is asked without blocking the shell', (context) => {
    context.skip('not on this platform: the Electron for tests has no asynchronous safeStorage, which came with 42');
  });
});
