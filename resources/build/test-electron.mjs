/** Where the Electron for the shell's tests is. Plain JavaScript: setup runs it on the system's own Node. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A script that puts an Electron runtime into a folder; where it exists, setup runs it. */
export const runtimeScript = join(root, '..', 'shared', 'electron-runtime', 'setup');

/** Where setup puts it: outside the project, so that it outlives a clean clone. */
export const runtimeCache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gatehouse', 'test-electron');

/**
 * Finds the runtime: the folder named by GATEHOUSE_TEST_ELECTRON, else the one that setup made.
 * @returns {string | null} the folder, or null when there is none
 */
export function findTestElectron() {
  const folder = process.env.GATEHOUSE_TEST_ELECTRON || runtimeCache;
  return existsSync(join(folder, 'electron')) ? folder : null;
}
