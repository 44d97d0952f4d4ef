/**
 * `npm start`: opens the desktop application where there is a display and an Electron, else runs the gateway in this very
 * process, headless, and says why. Plain JavaScript, since it comes before everything that is built.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findElectron, findNoDisplay } from './find-desktop.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = process.argv.slice(2);
/** better-sqlite3 needs it; with an older Electron the gateway runs on the Node that runs this. */
const neededNodeApi = 10;
/** An Electron that ends in trouble within this time has shown no window. */
const earlyMs = 5_000;

/** @param {string} text */
function say(text) {
  process.stderr.write(`gatehouse: ${text}\n`);
}

/** Questions about the command line need no window. */
const asksOnly = flags.some((flag) => ['--help', '-h', '--version'].includes(flag));

/** @returns {Promise<import('./find-desktop.mjs').Runtime | { readonly reason: string }>} */
async function findDesktop() {
  const noDisplay = await findNoDisplay();
  return noDisplay === null ? findElectron() : { reason: noDisplay };
}

/** @param {string | null} reason half a sentence */
async function runHeadless(reason) {
  if (reason !== null) say(`no window, because ${reason}; the gateway runs headless, with the same interface for a browser.`);
  const program = join(root, 'dist', 'gateway', 'main.js');
  process.argv = [process.execPath, program, 'start', ...flags];
  await import(pathToFileURL(program).href);
}

/**
 * Runs the application until it ends.
 * @param {import('./find-desktop.mjs').Runtime} runtime
 * @returns {Promise<string | null>} why it never opened, or null when it did
 */
function runDesktop({ program, nodeApi }) {
  const environment = { ...process.env };
  if (nodeApi < neededNodeApi) environment.GATEHOUSE_NODE ??= process.execPath;
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (asRoot) say('Chromium cannot run its sandbox as root; the window runs without it.');
  const args = [...(asRoot ? ['--no-sandbox'] : []), root, '--', 'start', ...flags];
  const startedAtMs = performance.now();
  const child = spawn(program, args, { env: environment, stdio: 'inherit', windowsHide: false });
  let asked = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      asked = true;
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`Electron could not be started (${error.message})`));
    child.once('exit', (code, signal) => {
      const early = !asked && code !== 0 && performance.now() - startedAtMs < earlyMs;
      if (early) return resolve(`Electron ended at once (${signal ?? `code ${code}`})`);
      process.exitCode = code ?? 1;
      resolve(null);
    });
  });
}

if (asksOnly) await runHeadless(null);
else {
  const found = await findDesktop();
  const reason = 'reason' in found ? found.reason : await runDesktop(found);
  if (reason !== null) {
    // The signal listeners above belong to a window that is not there.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
    await runHeadless(reason);
  }
}
