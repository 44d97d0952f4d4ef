/** Is there anything that shows a tray icon? On Linux some desktops have nothing, and a window hidden there would be gone. */
import { execFile } from 'node:child_process';

const watcher = 'org.kde.StatusNotifierWatcher';
const bus = 'org.freedesktop.DBus';
const timeoutMs = 1_000;

/** Ways to ask the session bus who owns a name; a system has one or another. */
const questions: readonly (readonly [program: string, ...args: string[]])[] = [
  ['busctl', '--user', 'call', bus, '/org/freedesktop/DBus', bus, 'NameHasOwner', 's', watcher],
  [
    'gdbus',
    'call',
    '--session',
    '--dest',
    bus,
    '--object-path',
    '/org/freedesktop/DBus',
    '--method',
    `${bus}.NameHasOwner`,
    watcher,
  ],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    `--dest=${bus}`,
    '/org/freedesktop/DBus',
    `${bus}.NameHasOwner`,
    `string:${watcher}`,
  ],
];

/** Asked anew each time, since a desktop's tray may come and go. Never throws. */
export async function hasTrayHost(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  const answers = await Promise.all(questions.map(([program, ...args]) => ask(program, args)));
  return answers.includes(true);
}

function ask(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs }, (error, stdout) => resolve(!error && /\btrue\b/.test(stdout)));
  });
}
