/** How the program starts, and with which word it refuses to: ready line, flags and their twins, exit codes. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findFreePort, occupyPort, runProgram } from '../../support/run-program.ts';
import { makeDataDir } from '../../support/start-gateway.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = makeDataDir();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

interface ReadyLine {
  readonly event: string;
  readonly gateway: string;
  readonly control: string;
  readonly controlToken: string;
  readonly ui: string;
  readonly dataDir: string;
}

const key = Buffer.alloc(32, 7).toString('base64');
const serve = (...flags: string[]) => ['serve', '--json', '--data', dataDir, ...flags];
const anyPorts = ['--port', '0', '--control-port', '0'];
const readReady = (stdout: string): ReadyLine => JSON.parse(stdout.split('\n')[0] ?? '') as ReadyLine;

async function health(url: string): Promise<number> {
  return (await fetch(`${url}/health`)).status;
}

test('a gateway of which nobody reads the log any more goes on, and stops when it is told to', async () => {
  await using program = runProgram(serve(...anyPorts));
  await program.printed(/\n/);
  const { gateway } = readReady(program.stdout);
  program.leaveUnread();
  // A config that cannot be read is logged, again and again.
  for (const text of ['{', '{"', '{"version"']) {
    writeFileSync(join(dataDir, 'config.json'), text);
    await expect.poll(() => health(gateway)).toBe(200);
    await delay(300);
  }
  expect(await health(gateway)).toBe(200);
  program.signal('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

describe('the ready line', () => {
  test('is the first and only line of stdout, and everything it names answers', async () => {
    await using program = runProgram(serve(...anyPorts));
    await program.printed(/\n/);
    const ready = readReady(program.stdout);
    expect(Object.keys(ready)).toEqual(['event', 'gateway', 'control', 'controlToken', 'ui', 'dataDir']);
    expect(ready).toMatchObject({ event: 'ready', dataDir, ui: `${ready.control}/#token=${ready.controlToken}` });
    expect(ready.gateway).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(ready.controlToken).toMatch(/^[\w-]{32,}$/);
    expect(await health(ready.gateway)).toBe(200);
    expect(await health(ready.gateway.replace('127.0.0.1', '[::1]'))).toBe(200);
    expect((await fetch(`${ready.control}/`)).status).toBe(200);
    const status = await fetch(`${ready.control}/control/calls/status.get`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ready.controlToken}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await status.json()).toMatchObject({ ok: true, value: { state: 'running', baseUrl: ready.gateway, problems: [] } });
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout.trimEnd().split('\n')).toHaveLength(1);
    for (const line of program.stderr.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
  });

  test('tells of the twins in the environment, over which flags win', async () => {
    const [port, controlPort, flagPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
    const configFile = join(dataDir, 'elsewhere', 'living.json');
    mkdirSync(join(dataDir, 'elsewhere'));
    writeFileSync(
      configFile,
      JSON.stringify({ version: 1, listen: { port: 1 }, aliases: { mine: { targets: ['demo/hello'] } } }),
    );
    const environment = {
      GATEHOUSE_PORT: String(port),
      GATEHOUSE_CONTROL_PORT: String(controlPort),
      GATEHOUSE_DATA: dataDir,
      GATEHOUSE_CONFIG: configFile,
      GATEHOUSE_CONTROL_TOKEN: 'a-token-of-the-test',
      GATEHOUSE_KEY: key,
    };
    const control = `http://127.0.0.1:${controlPort}`;
    const expected = { control, controlToken: 'a-token-of-the-test', dataDir };
    for (const [flags, gatewayPort] of [
      [[], port],
      [['--port', String(flagPort)], flagPort],
    ] as const) {
      await using program = runProgram(['serve', '--json', ...flags], { environment });
      await program.printed(/\n/);
      expect(readReady(program.stdout)).toMatchObject({ ...expected, gateway: `http://127.0.0.1:${gatewayPort}` });
      expect(program.stderr).toContain('GATEHOUSE_KEY');
      program.signal('SIGINT');
      expect(await program.ended).toEqual({ code: 0, signal: null });
    }
    // What a flag or the environment said for one run is not written into the document.
    expect(JSON.parse(readFileSync(configFile, 'utf8'))).toMatchObject({ listen: { port: 1 } });
  });
});

/** Runs it to its end: it must refuse by itself, with one sentence and nothing on stdout. */
async function expectRefusal(args: readonly string[], code: number, words: RegExp, environment = {}): Promise<void> {
  await using program = runProgram(args, { environment });
  expect(await program.ended).toEqual({ code, signal: null });
  expect(program.stdout).toBe('');
  const sentence = program.stderr.split('\n').find((line) => line.startsWith('gatehouse: ')) ?? program.stderr;
  expect(sentence).toMatch(words);
  expect(sentence).toMatch(/[.)]$/);
  expect(program.stderr).not.toMatch(/\n\s+at /);
}

describe('exit 2 names the flag or the field that is wrong', () => {
  test.each([
    [['serve', '--prot', '1'], /--prot/, {}],
    [['serve', '--port', '70000'], /--port.*70000/, {}],
    [['serve', '--port', 'http'], /--port/, {}],
    [['serve', '--control-port', '-1'], /--control-port/, {}],
    [['serve', '--host', '0.0.0.0'], /--host.*0\.0\.0\.0/, {}],
    [['serve', '--control-host', '192.168.0.2'], /--control-host/, {}],
    [['serve', '--data'], /--data/, {}],
    [['server'], /server/, {}],
    [['serve'], /GATEHOUSE_PORT/, { GATEHOUSE_PORT: 'x' }],
    [['serve'], /GATEHOUSE_KEY.*32 bytes/, { GATEHOUSE_KEY: 'c2hvcnQ=' }],
    [['serve'], /GATEHOUSE_CONTROL_TOKEN/, { GATEHOUSE_CONTROL_TOKEN: '' }],
  ])('%s', async (args, words, environment) => {
    await expectRefusal(args, 2, words, environment);
  });

  test.each([
    ['{ "version": 1, "listen": { "port": "4283" } }', /listen\.port/],
    ['{ "version": 1, "listn": {} }', /listn.*not a known setting/],
    ['{ "version": 2 }', /version/],
    ['{ "version": 1, "providers": [ { "id": "a", "kind": "openai", "keys": ["sk-plain"] } ] }', /providers\.0\.keys\.0.*vault:/],
    ['{ "version": 1, ', /config\.json/],
    ['', /config\.json/],
  ])('config %s', async (text, words) => {
    writeFileSync(join(dataDir, 'config.json'), text);
    await expectRefusal(serve(...anyPorts), 2, words);
    expect(readFileSync(join(dataDir, 'config.json'), 'utf8')).toBe(text);
  });
});

test.each(['--config', 'GATEHOUSE_CONFIG'])(
  'exit 2 when the file that %s names is not there, and none is made',
  async (source) => {
    const file = join(dataDir, 'no-such.json');
    const isFlag = source === '--config';
    const args = serve(...anyPorts, ...(isFlag ? ['--config', file] : []));
    await expectRefusal(args, 2, /no-such\.json: is not there/, isFlag ? {} : { GATEHOUSE_CONFIG: file });
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.json'))).toEqual([]);
  },
);

describe('exit 3 and 4 name who is in the way', () => {
  test('3: another instance owns the data folder; when that one is gone the folder is free', async () => {
    await using first = runProgram(serve(...anyPorts));
    await first.printed(/\n/);
    await expectRefusal(serve(...anyPorts), 3, new RegExp(`process \\d+.*${dataDir}`));
    first.signal('SIGTERM');
    await first.ended;
    await using second = runProgram(serve(...anyPorts));
    await second.printed(/"event":"ready"/);
  });

  test.each(['127.0.0.1', '::1'])('4: the port is taken on %s, and the folder is free again afterwards', async (host) => {
    const port = await findFreePort();
    const other = await occupyPort(port, host);
    const args = serve('--port', String(port), '--control-port', '0');
    await expectRefusal(args, 4, new RegExp(`${port}.*\\(pid ${process.pid}\\)`));
    await other.close();
    await using program = runProgram(args);
    await program.printed(new RegExp(`"gateway":"http://127.0.0.1:${port}"`));
  });

  test('4: the control port is taken', async () => {
    const other = await occupyPort(0);
    await expectRefusal(serve('--port', '0', '--control-port', String(other.port)), 4, new RegExp(`${other.port}`));
    await other.close();
  });
});

describe('start, for people', () => {
  test('prints a first key once, with a curl that works, and never again', async () => {
    const environment = { GATEHOUSE_DATA: dataDir, GATEHOUSE_PORT: '0', GATEHOUSE_CONTROL_PORT: '0' };
    await using first = runProgram(['start'], { environment });
    const [, chatUrl = ''] = await first.printed(/curl (http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions)[^]*Ctrl-C/);
    const [clientKey = ''] = /llmgw_[\w-]{43}/.exec(first.stdout) ?? [];
    const [, body = ''] = /-d '(.*)'/.exec(first.stdout) ?? [];
    const headers = { authorization: `Bearer ${clientKey}`, 'content-type': 'application/json' };
    const answer = await fetch(chatUrl, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { role: 'assistant' } }] });
    expect(first.stderr).not.toContain(clientKey);
    first.signal('SIGINT');
    expect(await first.ended).toEqual({ code: 0, signal: null });

    await using second = runProgram(['start'], { environment });
    const [, base = ''] = await second.printed(/Base URL\s+(http:\/\/127\.0\.0\.1:\d+)\/v1[^]*Ctrl-C/);
    expect(second.stdout).not.toMatch(/llmgw_/);
    expect((await fetch(`${base}/v1/models`, { headers })).status).toBe(200);
  });
});
