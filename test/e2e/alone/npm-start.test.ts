/** What `npm start` does after it is set up: the window where there can be one, else the gateway headless, with the reason. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { electronFolder, makeHome, noShell } from '../../support/launch-shell.ts';
import { root, runProgram } from '../../support/run-program.ts';
import { startDisplay } from '../../support/virtual-display.ts';

const command = [process.execPath, join(root, 'electron', 'start.mjs')] as const;
const nowhere = { DISPLAY: '', WAYLAND_DISPLAY: '', ELECTRON_OVERRIDE_DIST_PATH: '', GATEHOUSE_CONTROL_PORT: '0' };

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function newHome(): string {
  const home = makeHome();
  homes.push(home);
  return home;
}

/** Runs the curl that was printed, as a person would paste it. */
async function runCurl(text: string): Promise<unknown> {
  const [, curl = ''] = /^ {2}(curl http[^]*?\}')$/m.exec(text) ?? [];
  expect(curl).toContain('demo/hello');
  const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
  return JSON.parse(stdout);
}

/** How many processes draw a page for the application with this home folder. */
function pagesOf(home: string): number {
  const read = (id: string) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(read);
  return lines.filter((line) => line.includes('--type=renderer') && line.includes(`--user-data-dir=${home}/`)).length;
}

test('with a display and an Electron the window opens, the printed curl works, and Ctrl-C ends both', async (context) => {
  context.skip(noShell !== null, noShell ?? '');
  await using display = await startDisplay();
  const home = newHome();
  const own = { HOME: home, XDG_RUNTIME_DIR: join(home, 'runtime'), DISPLAY: display.name };
  const environment = { ...nowhere, ...own, ELECTRON_OVERRIDE_DIST_PATH: electronFolder ?? '' };
  await using program = runProgram(['--port', '0'], { command, environment });
  try {
    await program.printed(/Ctrl-C stops it/);
    expect(await runCurl(program.stdout)).toMatchObject({ object: 'chat.completion' });
    await expect.poll(() => pagesOf(home), { timeout: 10_000 }).toBe(1);
    expect(program.stderr).not.toContain('no window');
  } finally {
    program.signal('SIGINT');
  }
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(pagesOf(home)).toBe(0);
});

test.each([
  ['without a display', {}, 'there is no display'],
  ['with a display that is gone', { DISPLAY: ':4095' }, 'the display :4095 does not answer'],
])('%s the gateway runs headless, says so in one sentence, and the printed curl works', async (_what, environment, reason) => {
  await using program = runProgram(['--port', '0'], { command, environment: { ...nowhere, ...environment } });
  await program.printed(/Ctrl-C stops it/);
  expect(program.stderr).toContain(`gatehouse: no window, because ${reason}`);
  expect(program.stdout).toMatch(/Interface +http:\/\/127\.0\.0\.1:\d+\/#token=/);
  expect(await runCurl(program.stdout)).toMatchObject({ object: 'chat.completion' });
  program.signal('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

test.each([
  ['none', '/nowhere', 'there is no Electron at /nowhere/electron (correct ELECTRON_OVERRIDE_DIST_PATH)'],
  ['one that does not run', 'broken', 'does not start'],
])('where Electron is %s the gateway runs headless and says what to do', async (_what, folder, reason) => {
  const home = newHome();
  mkdirSync(join(home, 'broken'));
  writeFileSync(
    join(home, 'broken', 'electron'),
    '#!/bin/sh\necho "libgtk-3.so.0: cannot open shared object file" >&2\nexit 127\n',
    { mode: 0o755 },
  );
  const environment = {
    ...nowhere,
    WAYLAND_DISPLAY: 'wayland-0',
    ELECTRON_OVERRIDE_DIST_PATH: folder.startsWith('/') ? folder : join(home, folder),
  };
  await using program = runProgram(['--port', '0'], { command, environment });
  await program.printed(/Ctrl-C stops it/);
  expect(program.stderr).toContain(reason);
  program.signal('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

test('an Electron that dies before its window is there is followed by the headless gateway', async (context) => {
  context.skip(noShell !== null, noShell ?? '');
  // A display that Electron cannot use, though something answers there.
  const environment = { ...nowhere, WAYLAND_DISPLAY: 'wayland-none', ELECTRON_OVERRIDE_DIST_PATH: electronFolder ?? '' };
  await using program = runProgram(['--port', '0'], { command, environment });
  await program.printed(/Ctrl-C stops it/);
  expect(program.stderr).toMatch(/no window, because Electron ended at once/);
  expect(await runCurl(program.stdout)).toMatchObject({ object: 'chat.completion' });
});

test('a question about the command line is answered without a window', async () => {
  await using program = runProgram(['--help'], { command, environment: nowhere });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stdout).toContain('Usage: npm start');
  expect(program.stderr).toBe('');
});
