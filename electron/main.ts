/** The desktop application: one instance, a locked scheme, then the shell when Electron is ready. */
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { lockContents } from './content-lock.ts';
import { takeGivenSecrets } from './given-secrets.ts';
import { registerScheme } from './protocol.ts';
import { runShell } from './shell.ts';
import { readShellArguments } from './shell-arguments.ts';

/** A terminal that was closed takes no more words; that ends nothing. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

app.setName('Gatehouse');
// Not the folder named after the application: on macOS and Windows that is the gateway's data folder.
if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(app.getPath('appData'), 'Gatehouse Desktop'));

if (app.requestSingleInstanceLock()) open();
else {
  process.stderr.write('Gatehouse is running already; its window comes to the front.\n');
  app.exit(0);
}

function open(): void {
  // Chromium cannot run its sandbox as root; whoever says so on the command line gets what was asked for, unless packaged.
  if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerScheme();
  lockContents(app);
  const options = { args: readShellArguments(process.argv), secrets: takeGivenSecrets(process.env) };
  void app.whenReady().then(() => runShell(options), fail);
}

/** The gateway's process ends by itself when this one is gone. */
function fail(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`gatehouse: ${error instanceof Error ? (error.stack ?? text) : text}\n`);
  if (app.isPackaged) dialog.showErrorBox('Gatehouse has to end', text);
  app.exit(1);
}
