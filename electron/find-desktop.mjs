/** Can a window open here? Looks for a display and for an Electron that starts. Plain JavaScript: `npm start` and tests use it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const programs = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const probeTimeoutMs = 10_000;
const displayTimeoutMs = 2_000;

/** @typedef {{ readonly program: string, readonly nodeApi: number }} Runtime */

/**
 * Finds an Electron and proves that it starts: ELECTRON_OVERRIDE_DIST_PATH, else the one that the package `electron` fetched.
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Runtime | { readonly reason: string }} the reason is half a sentence
 */
export function findElectron(environment = process.env) {
  const named = environment.ELECTRON_OVERRIDE_DIST_PATH;
  const folder = named || join(modules, 'electron', 'dist');
  const program = join(
    folder,
    process.platform === 'darwin' || process.platform === 'win32' ? programs[process.platform] : 'electron',
  );
  if (!existsSync(program)) {
    const cure = named ? 'correct ELECTRON_OVERRIDE_DIST_PATH' : 'fetch it with: npx install-electron';
    return { reason: `there is no Electron at ${program} (${cure})` };
  }
  const asNode = { ...environment, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' };
  const answer = spawnSync(program, ['-p', 'process.versions.napi'], { env: asNode, encoding: 'utf8', timeout: probeTimeoutMs });
  const nodeApi = Number(answer.stdout?.trim() || Number.NaN);
  if (answer.status === 0 && Number.isInteger(nodeApi)) return { program, nodeApi };
  const [why = ''] = (answer.stderr || answer.error?.message || '').trim().split('\n');
  return { reason: `the Electron at ${program} does not start${why ? ` (${why})` : ''}` };
}

/**
 * Says why no window can be shown, as half a sentence, or null when one can.
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<string | null>}
 */
export async function findNoDisplay(environment = process.env) {
  if (process.platform !== 'linux') return null;
  if (environment.WAYLAND_DISPLAY) return null;
  const display = environment.DISPLAY;
  if (!display) return 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)';
  const local = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(display);
  if (!local) return null;
  const socket = `/tmp/.X11-unix/X${local[1]}`;
  const answers = (await answersAt(socket)) || (await answersAt(`\0${socket}`));
  return answers ? null : `the display ${display} does not answer`;
}

/** @param {string} path of a socket */
function answersAt(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    /** @param {boolean} answer */
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(displayTimeoutMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
