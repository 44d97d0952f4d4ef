/** The one window: opens where it was, appears when it has something to show, and never shows a flash of the wrong theme. */
import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { ThemeChoice } from '../gateway/contract/desktop.ts';
import { placeWindow, smallestWindow } from './bounds.ts';
import { appAddress, isOwnAddress } from './protocol.ts';
import type { WindowSettingsPlace } from './settings.ts';

export interface MainWindow {
  /** Opens the window, or brings it to the front. */
  show(): void;
  setTheme(theme: ThemeChoice): void;
  /** Tells the page something. */
  send(channel: string, value: unknown): void;
  /** Is this what the window shows? */
  holds(contents: Electron.WebContents): boolean;
  /** Closes the window for good, without asking `onClose`. */
  release(): void;
}

export interface WindowOptions {
  readonly settings: WindowSettingsPlace;
  /** A person closed the window; hide it or end the application. */
  onClose(hide: () => void): void;
}

/** The page's own background, so that the window has its colour before the page does. */
const backgrounds = { light: '#f6f6f5', dark: '#17181a' } as const;
const saveDelayMs = 500;
const reloadDelayMs = 1_000;

export function openMainWindow({ settings, onClose }: WindowOptions): MainWindow {
  let window: BrowserWindow | null = null;
  let released = false;
  nativeTheme.themeSource = settings.read().theme;
  nativeTheme.on('updated', () => window?.setBackgroundColor(background()));
  const create = (): BrowserWindow => {
    const made = createWindow(settings);
    made.on('close', (event) => {
      if (released) return;
      event.preventDefault();
      onClose(() => made.hide());
    });
    made.on('closed', () => {
      window = null;
    });
    return made;
  };
  return {
    show() {
      if (released) return;
      window ??= create();
      if (window.isMinimized()) window.restore();
      if (window.webContents.isLoadingMainFrame() && !window.isVisible()) return;
      window.show();
      window.focus();
    },
    setTheme(theme) {
      settings.change({ theme });
      nativeTheme.themeSource = theme;
    },
    send(channel, value) {
      if (window && !window.webContents.isDestroyed()) window.webContents.send(channel, value);
    },
    holds: (contents) => window?.webContents === contents,
    release() {
      released = true;
      window?.close();
    },
  };
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}

function createWindow(settings: WindowSettingsPlace): BrowserWindow {
  const { bounds, maximized } = settings.read();
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  const window = new BrowserWindow({
    ...placeWindow(
      bounds,
      [main, ...others].map(({ workArea }) => workArea),
    ),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Gatehouse',
    icon: join(import.meta.dirname, '..', '..', 'resources', 'icons', 'app.png'),
    backgroundColor: background(),
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberBounds(window, settings);
  reloadAfterCrash(window);
  returnHome(window);
  void window.loadURL(appAddress).catch(() => undefined);
  return window;
}

function rememberBounds(window: BrowserWindow, settings: WindowSettingsPlace): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    settings.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, saveDelayMs);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', save);
}

/** `about:blank` is reached without asking; whoever leads the window there is led back. */
function returnHome(window: BrowserWindow): void {
  window.webContents.on('did-navigate', (_event, address) => {
    if (!isOwnAddress(address)) void window.loadURL(appAddress).catch(() => undefined);
  });
}

/** A page that crashed says nothing any more; it comes back by itself. */
function reloadAfterCrash(window: BrowserWindow): void {
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload();
    }, reloadDelayMs);
  });
}
