/** The window of the desktop application, really launched: what it shows, what its page may not do, and the tray beside it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DesktopState, desktopStateSchema } from '../../../gateway/contract/desktop.ts';
import { interfacePolicy } from '../../../gateway/contract/interface-files.ts';
import { launchShell, noShell, type RunningShell } from '../../support/launch-shell.ts';
import { callAsPage, chooseFromTray, recordTray, trayLabels } from '../../support/shell-page.ts';
import { startDisplay, type VirtualDisplay } from '../../support/virtual-display.ts';

let display: VirtualDisplay;
let shell: RunningShell;

beforeAll(async () => {
  if (noShell) return;
  display = await startDisplay();
  shell = await launchShell({ display: display.name });
  await shell.page.locator('main').waitFor();
});
beforeEach((context) => context.skip(noShell !== null, noShell ?? ''));
afterAll(async () => {
  await shell?.[Symbol.asyncDispose]();
  await display?.[Symbol.asyncDispose]();
});

const callFromPage = (name: string) => callAsPage(shell.page, name);

async function desktopState(): Promise<DesktopState> {
  return desktopStateSchema.parse(
    await shell.page.evaluate(() => {
      const bridge: { state(): Promise<unknown> } = Reflect.get(window, 'gatehouseDesktop');
      return bridge.state();
    }),
  );
}

describe('the page', () => {
  test('starts before its gateway does, and complains of nothing', async () => {
    await expect.poll(() => callFromPage('status.get')).toMatchObject({ status: 200 });
    expect(shell.troubles).toEqual([]);
  });

  test('is the interface on an origin of its own, and holds neither Node nor the token', async () => {
    const { page } = shell;
    expect(page.url()).toMatch(/^app:\/\/gatehouse\//);
    const [, token = ''] = await shell.printed(/#token=(\S+)/);
    expect(token).toHaveLength(43);
    const inPage = await page.evaluate(() => ({
      require: typeof Reflect.get(window, 'require'),
      process: typeof Reflect.get(window, 'process'),
      stored: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie]),
    }));
    expect(inPage).toMatchObject({ require: 'undefined', process: 'undefined' });
    expect(inPage.stored).not.toContain(token);
    expect(await page.content()).not.toContain(token);
  });

  test('comes with a policy that allows nothing inline and nothing from elsewhere, on every file', async () => {
    const found = await shell.page.evaluate(async () => {
      const files = ['/', '/index.html', ...Array.from(document.scripts, ({ src }) => src)];
      const policies = files.map(async (file) => (await fetch(file)).headers.get('content-security-policy'));
      return await Promise.all(policies);
    });
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found)).toEqual(new Set([interfacePolicy]));
    expect(interfacePolicy).toMatch(/default-src 'none'; script-src 'self';/);
  });

  test('is given no file but those of the interface', async () => {
    const answers = await shell.page.evaluate(async () => {
      const paths = ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/main.cjs', '/index.html.map'];
      return await Promise.all(paths.map(async (path) => (await fetch(path)).status));
    });
    expect(new Set(answers)).toEqual(new Set([404]));
  });

  test('reaches no other address, not even its own gateway by its port', async () => {
    const [, gatewayUrl = ''] = await shell.printed(/Base URL +(\S+)/);
    const outcomes = await shell.page.evaluate(
      (urls) =>
        Promise.all(
          urls.map((url) =>
            fetch(url, { mode: 'no-cors' }).then(
              () => `reached ${url}`,
              () => 'refused',
            ),
          ),
        ),
      [gatewayUrl, 'http://127.0.0.1:1/', 'https://example.com/', 'file:///etc/passwd', 'app://other/'],
    );
    expect(new Set(outcomes)).toEqual(new Set(['refused']));
  });

  test('opens no window and leaves for no other address', async () => {
    const { app, page } = shell;
    expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull();
    expect(await page.evaluate(() => window.open('app://gatehouse/'))).toBeNull();
    for (const address of ['https://example.com/', 'file:///etc/passwd', 'app://other/', 'data:text/html,x']) {
      await page.evaluate((url) => {
        location.href = url;
      }, address);
    }
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'https://example.com/';
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    });
    await page.waitForTimeout(300);
    expect(page.url()).toMatch(/^app:\/\/gatehouse\//);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(page.frames()).toHaveLength(1);
  });

  test('comes back when a script leads it to the empty page, which asks nobody', async () => {
    const { page } = shell;
    await page.evaluate(() => void setTimeout(() => location.assign('about:blank')));
    await page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('app:'));
    await page.locator('main').waitFor();
  });

  test('is denied every permission but writing to the clipboard', async () => {
    const states = await shell.page.evaluate(async () => {
      const ask = async (name: string) => (await navigator.permissions.query({ name: name as PermissionName })).state;
      const entries = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'].map(async (name) => [
        name,
        await ask(name),
      ]);
      return Object.fromEntries(await Promise.all(entries));
    });
    expect(new Set(Object.values(states))).toEqual(new Set(['denied']));
    // No window manager gives focus to a window on this display; pressing a mouse button in it does.
    await shell.app.evaluate(({ BrowserWindow }) => {
      const place = { x: 600, y: 700, button: 'left', clickCount: 1 } as const;
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      contents?.focus();
      for (const type of ['mouseDown', 'mouseUp'] as const) contents?.sendInputEvent({ type, ...place });
    });
    await shell.page.waitForFunction(() => document.hasFocus());
    await shell.page.evaluate(() => navigator.clipboard.writeText('from the page'));
    await expect.poll(() => shell.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('from the page');
    await expect(shell.page.evaluate(() => navigator.clipboard.readText())).rejects.toThrow(/denied|not allowed/i);
  });
});

describe('the bridge', () => {
  test('offers its few verbs and nothing of Electron', async () => {
    const names = await shell.page.evaluate(() => Object.keys(Reflect.get(window, 'gatehouseDesktop')).sort());
    expect(names).toEqual(['onOpenScreen', 'onStateChange', 'openDataFolder', 'restartGateway', 'setTheme', 'state']);
  });

  test('says plainly that keys are not protected where no keyring answers', async () => {
    const { keyProtection, platform, version } = await desktopState();
    expect(keyProtection.state).toBe('unprotected');
    expect(keyProtection.message).toMatch(/not protected.*every program that you run can read it/);
    expect([platform, version]).toEqual(['linux', expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  });

  test('refuses what does not fit a verb, and what does not come from the page', async () => {
    const refused = shell.page.evaluate(() => {
      const bridge: { setTheme(theme: unknown): Promise<unknown> } = Reflect.get(window, 'gatehouseDesktop');
      return bridge.setTheme({ theme: 'dark' });
    });
    await expect(refused).rejects.toThrow(/desktop:set-theme/);
    const elsewhere = await shell.app.evaluate(async ({ BrowserWindow, session, app }) => {
      const preload = `${app.getAppPath()}/dist/preload/preload.cjs`;
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, session: session.defaultSession } });
      try {
        await stranger.loadURL('app://gatehouse/');
        return await stranger.webContents.executeJavaScript(
          'gatehouseDesktop.state().then(() => "answered", (error) => String(error))',
        );
      } finally {
        stranger.destroy();
      }
    });
    expect(elsewhere).toMatch(/Only the window of Gatehouse may ask this/);
  });

  test('a chosen theme reaches the page and the window, and each change of state is told', async () => {
    const told = await shell.page.evaluate(async () => {
      interface Bridge {
        setTheme(theme: string): Promise<unknown>;
        onStateChange(listener: (state: unknown) => void): () => void;
      }
      const bridge: Bridge = Reflect.get(window, 'gatehouseDesktop');
      await bridge.setTheme('dark');
      const dark = matchMedia('(prefers-color-scheme: dark)').matches;
      await bridge.setTheme('light');
      const light = matchMedia('(prefers-color-scheme: light)').matches;
      return { dark, light };
    });
    expect(told).toEqual({ dark: true, light: true });
    expect((await desktopState()).theme).toBe('light');
  });
});

describe('a live gateway behind the window', () => {
  test('the curl that was printed works, and its request appears in the window', async () => {
    const [, curl = ''] = await shell.printed(/^ {2}(curl http[^]*?\}')$/m);
    expect(curl).toContain('demo/hello');
    const { stdout } = await promisify(execFile)('sh', ['-c', curl.replaceAll('\\\n', '')]);
    expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion' });
    await shell.page.getByText('demo/hello').first().waitFor({ timeout: 5_000 });
  });

  test('the page calls it without a token, by the scheme alone', async () => {
    expect(await callFromPage('status.get')).toMatchObject({ status: 200, ok: true, value: { state: 'running' } });
    expect(await callFromPage('no.such.call')).toMatchObject({ status: 404, ok: false });
  });
});

describe('the tray', () => {
  const labels = () => trayLabels(shell);
  const choose = (label: string) => chooseFromTray(shell, label);

  test('says what is true, stops and starts the gateway, and copies its base URL', async () => {
    await recordTray(shell);
    await callFromPage('gateway.stop');
    await expect
      .poll(async () => (await labels()).filter((label) => !label.startsWith('Spent today')))
      .toEqual([
        'Gatehouse: stopped (off)',
        'Stored keys are not protected: no keyring answered. (off)',
        'Start the gateway',
        'Copy base URL (off)',
        'Open Gatehouse',
        'Quit Gatehouse',
      ]);
    await choose('Start the gateway');
    await expect.poll(labels).toContain('Stop the gateway');
    expect((await labels())[0]).toMatch(/^Gatehouse: running on port \d+ \(off\)$/);
    await choose('Copy base URL');
    const copied = await shell.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    await choose('Stop the gateway');
    await expect.poll(() => callFromPage('status.get')).toMatchObject({ value: { state: 'stopped' } });
    await callFromPage('gateway.start');
  });

  test('opens the window that was hidden', async () => {
    await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await choose('Open Gatehouse');
    await expect.poll(() => shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
  });
});
