/**
 * Makes a clone ready to run: the locked packages, the pinned Node among them, the built gateway, and with `--tests` a
 * Chromium.
 * It runs on whatever Node the system has (syntax of Node 18, node: modules only) and writes to stderr only.
 * Scripts call it by name, not as a `pre…` script: npm leaves those out where a person has set ignore-scripts.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.mjs';
import { findTestElectron, runtimeCache, runtimeScript } from './test-electron.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = join(root, 'node_modules');
const onWindows = process.platform === 'win32';
const pinnedNode = onWindows ? join(modules, 'node', 'bin', 'node.exe') : join(modules, '.bin', 'node');
const stampFile = join(modules, '.setup-stamp');
const bundleStamp = join(root, 'dist', 'gateway', '.sources');
/** The oldest Node on which npm can install the locked packages: package.json's `engines`. */
const oldestNode = [20, 19];

/** @param {string} text */
function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  say(text);
  process.exit(1);
}

/**
 * Runs a program with its output on our stderr; stdout belongs to the command that comes after.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 */
function run(program, args, environment = process.env) {
  const ended = spawnSync(program, args, { cwd: root, env: environment, stdio: ['ignore', 2, 2] });
  return ended.status === 0;
}

/** npm as it was started, on the Node it was started with: the Node running this may be the one that npm replaces. */
function npmCommand() {
  const script = process.env.npm_execpath ?? '';
  if (basename(script).startsWith('npm')) return { program: process.env.npm_node_execpath || process.execPath, args: [script] };
  return onWindows ? { program: 'cmd.exe', args: ['/d', '/c', 'npm'] } : { program: 'npm', args: [] };
}

/** @param {readonly string[]} args */
function npm(args) {
  const command = npmCommand();
  return run(command.program, [...command.args, ...args, '--loglevel=error', '--no-audit', '--no-fund']);
}

/** @param {string} program */
function versionOf(program) {
  const answer = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim().replace(/^v/, '') : null;
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node;
}

function refuseOldNode() {
  const version = versionOf(process.env.npm_node_execpath || process.execPath) ?? process.versions.node;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(
    `Gatehouse needs Node.js ${oldestNode.join('.')} or newer to set itself up, and this is ${version}: install it from nodejs.org, then run the command again.`,
  );
}

/** Gatehouse runs on its own Node, which the install script of the package `node` fetches. */
function ensurePinnedNode() {
  const wanted = pinnedVersion();
  if (versionOf(pinnedNode) === wanted) return;
  say(`fetching Node.js ${wanted}, on which Gatehouse runs (npm rebuild node).`);
  npm(['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts']);
  if (versionOf(pinnedNode) === wanted) return;
  fail(
    `Node.js ${wanted} could not be installed into node_modules: allow install scripts (npm config get ignore-scripts), then run the command again.`,
  );
}

/** The scripts say `exec ./node_modules/.bin/node …` so that signals reach Node; Windows' shell knows neither exec nor that path. */
function addExecForWindows() {
  if (!onWindows) return;
  const lines = ['@set "command=%*"', '@%command:./node_modules/.bin/=%', ''];
  writeFileSync(join(modules, '.bin', 'exec.cmd'), lines.join('\r\n'));
}

function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lock;
  if (installed && versionOf(pinnedNode) === pinnedVersion()) return;
  refuseOldNode();
  if (!installed) {
    say('installing the locked packages (npm ci); this takes about half a minute, once.');
    // Of all install scripts only that of `node` is needed; npm would also compile what comes ready-made (better-sqlite3).
    if (!npm(['ci', '--ignore-scripts']))
      fail('npm ci did not finish; its message above says why. Mend that, then run the command again.');
  }
  ensurePinnedNode();
  addExecForWindows();
  writeFileSync(stampFile, lock);
  say('packages are ready.');
}

const builtFolders = ['electron', 'gateway', 'renderer'];

/** Every file that the built program is made of, in a fixed order. */
function bundleSources() {
  const files = builtFolders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name));
  return [...files, ...['package-lock.json', 'vite.config.ts'].map((name) => join(root, name))].sort();
}

/** Builds the program when its sources are not those it was built from. */
function ensureBundle() {
  const hash = createHash('sha256');
  for (const file of bundleSources()) hash.update(file).update(readFileSync(file));
  const sources = hash.digest('hex');
  if (existsSync(bundleStamp) && readFileSync(bundleStamp, 'utf8') === sources) return;
  say('building the gateway and its window.');
  if (!run(pinnedNode, [join(root, 'resources', 'build', 'bundle.mjs')]))
    fail('Gatehouse could not be built; the message above says why.');
  writeFileSync(bundleStamp, sources);
}

/** Only as root on a Debian-like system may a Chromium be installed unasked; anywhere else it is a person's choice. */
function ensureChromium() {
  if (findChromium()) return;
  const named = process.env.GATEHOUSE_CHROMIUM;
  if (named) return say(`GATEHOUSE_CHROMIUM names ${named}, which does not exist: browser tests will be skipped by name.`);
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (mayInstall) {
    say('installing Chromium for the browser tests (apt-get install chromium).');
    const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['-qq', 'update'], quiet);
    run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'chromium'], quiet);
    if (findChromium()) return;
  }
  say('no Chromium was found: browser tests will be skipped by name. Install one, or set GATEHOUSE_CHROMIUM to its path.');
}

/** The tests of the desktop shell need a real Electron, which no package registry has. */
function ensureTestElectron() {
  if (findTestElectron()) return;
  if (!process.env.GATEHOUSE_TEST_ELECTRON && process.platform === 'linux' && existsSync(runtimeScript)) {
    say('fetching an Electron runtime for the tests of the desktop shell.');
    mkdirSync(dirname(runtimeCache), { recursive: true });
    run(runtimeScript, [runtimeCache]);
  }
  if (!findTestElectron())
    say('no Electron was found: tests of the shell will be skipped by name. Set GATEHOUSE_TEST_ELECTRON to its folder.');
}

ensurePackages();
ensureBundle();
if (process.argv.includes('--tests')) {
  ensureChromium();
  ensureTestElectron();
}
