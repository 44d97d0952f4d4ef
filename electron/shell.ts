/** Puts the desktop application together: the gateway's process, the window, the tray, the bridge, and an orderly end. */
import { join } from 'node:path';
import { app, clipboard, powerMonitor, session, shell } from 'electron';
import { desktopScreenChannel, desktopStateChannel } from '../gateway/contract/desktop-channels.ts';
import type { DesktopScreen, DesktopState } from '../gateway/contract/desktop.ts';
import type { Alert } from '../gateway/contract/money/alert.ts';
import { setApplicationMenu } from './application-menu.ts';
import { openBridge } from './bridge.ts';
import { lockSession } from './content-lock.ts';
import { askStatus } from './control-client.ts';
import { openDataKey } from './data-key.ts';
import { createForwarder } from './forward-control.ts';
import { GatewayControl, type GatewayControlOptions } from './gateway-control.ts';
import { gatewayEnvironment } from './gateway-environment.ts';
import type { GivenSecrets } from './given-secrets.ts';
import { listInterface } from './interface-files.ts';
import { openKeyStore } from './key-store.ts';
import { launchGateway } from './launch-gateway.ts';
import { wantsDesktopAlerts } from './money-facts.ts';
import { notify } from './notify.ts';
import { serveScheme } from './protocol.ts';
import { openKeyPlace, openWindowSettings } from './settings.ts';
import { gatewayArguments, type ShellArguments } from './shell-arguments.ts';
import { hasTrayHost } from './tray-host.ts';
import type { TrayAction } from './tray-menu.ts';
import { openTray } from './tray.ts';
import { type MainWindow, openMainWindow } from './window.ts';

export interface ShellOptions {
  readonly args: ShellArguments;
  readonly secrets: GivenSecrets;
}

const built = join(import.meta.dirname, '..');

/** Runs the application until it ends. Call it when Electron is ready. @throws when the interface was not built */
export async function runShell(options: ShellOptions): Promise<void> {
  const settings = openWindowSettings(app.getPath('userData'));
  let closesToTray = await hasTrayHost();
  const gateway = openGateway(options, {
    onChange: () => update(),
    onAlert: (alert) => void showAlert(alert, gateway, () => openUsage(window)),
  });
  const window = openMainWindow({
    settings,
    onClose: (hide) =>
      void hasTrayHost().then((found) => {
        closesToTray = found;
        if (found) hide();
        else app.quit();
      }),
  });
  const tray = openTray((action) => void act(action, gateway, window));
  const state = (): DesktopState => describe(gateway, { closesToTray, theme: settings.read().theme });
  const update = (): void => {
    const { keyProtection, status, money } = gateway;
    tray.show({ process: gateway.keeper.process, status, keyProtection, money });
    window.send(desktopStateChannel, state());
  };
  lockSession(session.defaultSession);
  const forward = createForwarder({
    findEndpoint: () => gateway.findEndpoint(),
    describeAbsence: () => gateway.describeAbsence(),
  });
  serveScheme(session.defaultSession, { files: await listInterface(join(built, 'renderer')), forward });
  openBridge(
    {
      state,
      openDataFolder: () => openDataFolder(gateway),
      restartGateway: () => gateway.start().then(state),
      setTheme: (theme) => {
        window.setTheme(theme);
        return state();
      },
    },
    (contents) => window.holds(contents),
  );
  setApplicationMenu();
  endInOrder(gateway, window);
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  const started = gateway.start();
  window.show();
  await started;
}

type Heard = Pick<GatewayControlOptions, 'onChange' | 'onAlert'>;

function openGateway({ args, secrets }: ShellOptions, heard: Heard): GatewayControl {
  const node = app.isPackaged ? null : process.env['GATEHOUSE_NODE'] || null;
  const environment = gatewayEnvironment(process.env);
  const place = openKeyPlace(app.getPath('userData'));
  return new GatewayControl({
    openKey: () => openDataKey({ platform: process.platform, store: openKeyStore(), place, given: secrets.dataKey }),
    launch: () =>
      launchGateway({
        // A process of its own cannot read inside an archive, and neither can what is native in it.
        file: join(built, 'gateway', 'main.js').replace('app.asar', 'app.asar.unpacked'),
        args: gatewayArguments(args, Boolean(environment['GATEHOUSE_CONTROL_PORT'])),
        environment,
        node,
      }),
    controlToken: secrets.controlToken,
    ...heard,
    onWords: (line, isReadyLine) => {
      if (isReadyLine === args.json) process.stdout.write(`${line}\n`);
    },
    onLog: (line) => void process.stderr.write(`${line}\n`),
  });
}

function describe(gateway: GatewayControl, rest: Pick<DesktopState, 'closesToTray' | 'theme'>): DesktopState {
  const { platform } = process;
  return {
    platform: platform === 'darwin' || platform === 'linux' || platform === 'win32' ? platform : 'other',
    version: app.getVersion(),
    keyProtection: gateway.keyProtection ?? { state: 'unavailable', keptIn: '', message: 'The key store is being asked.' },
    gatewayProcess: gateway.keeper.process,
    ...rest,
  };
}

async function act(action: TrayAction, gateway: GatewayControl, window: MainWindow): Promise<void> {
  const { endpoint, status } = gateway;
  if (action === 'open') window.show();
  if (action === 'open-usage') openUsage(window);
  if (action === 'quit') app.quit();
  if (action === 'restart-process') await gateway.start();
  if (action === 'copy-base-url' && status?.baseUrl) clipboard.writeText(`${status.baseUrl}/v1`);
  if ((action === 'start' || action === 'stop') && endpoint) {
    // Why it did not start is in the status, and so in the tray and in the window.
    await askStatus(endpoint, `gateway.${action}`).catch(() => window.show());
  }
}

/** A person who cannot be asked whether they want it is told. */
async function showAlert(alert: Alert, { endpoint }: GatewayControl, onClick: () => void): Promise<void> {
  const isWanted = endpoint === null || (await wantsDesktopAlerts(endpoint).catch(() => true));
  if (isWanted) notify(alert, onClick);
}

function openUsage(window: MainWindow): void {
  const screen: DesktopScreen = '/usage';
  window.show();
  window.send(desktopScreenChannel, screen);
}

/** Only a folder that the gateway itself named is ever opened. */
async function openDataFolder(gateway: GatewayControl): Promise<{ opened: boolean; message: string | null }> {
  const folder = gateway.keeper.ready?.dataDir;
  if (folder === undefined) return { opened: false, message: gateway.describeAbsence() };
  const problem = await shell.openPath(folder);
  return { opened: problem === '', message: problem === '' ? null : `The folder ${folder} could not be shown: ${problem}` };
}

/** The application ends after its gateway: running requests first, a second wish to quit ends those too. */
function endInOrder(gateway: GatewayControl, window: MainWindow): void {
  // Without this, Electron would end the application with its last window.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    event.preventDefault();
    window.release();
    void gateway.stop().then(() => app.exit(0));
  });
  process.on('SIGTERM', () => app.quit());
  process.on('SIGINT', () => app.quit());
  if (process.platform !== 'win32') {
    powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
      event?.preventDefault();
      app.quit();
    });
  }
}
