/** Holds the gateway to the table of attacks by another user of the same machine (L): the port, the files, the processes. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callTable } from '../../gateway/contract/calls.ts';
import { attack, expectProtected, loopbackAddresses, methodOf, protectedPaths, tracesOf } from '../support/hostile-requests.ts';
import { openAiScript } from '../support/openai-script.ts';
import { exchangeRaw, rawRequest } from '../support/raw-http.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
const vaultSecret = 'sk-vault-7d1c40b2a9';
const environmentSecret = 'sk-environment-51e0c7f3d8';

let upstream: ScriptedUpstream;
/** Holds nothing else but the data folder and the key folder; open to all, so that only their own modes protect them. */
let outer: string;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  outer = makeDataDir();
  chmodSync(outer, 0o755);
  const umaskBefore = process.umask(0);
  try {
    const home = { HOME: outer, XDG_CONFIG_HOME: join(outer, 'config'), GATEHOUSE_KEY: undefined };
    gateway = await startGateway({ dataDir: join(outer, 'data'), environment: { ...home, LAB_KEY: environmentSecret } });
  } finally {
    process.umask(umaskBefore);
  }
  await gateway.call('secrets.set', { name: 'lab', value: vaultSecret });
  const { document } = await gateway.call('config.get', {});
  const provider = { kind: 'openai-compatible', baseUrl: upstream.baseUrl, models: ['m'] };
  const providers = [
    { id: 'lab', ...provider, keys: ['vault:lab'] },
    { id: 'second', ...provider, keys: ['env:LAB_KEY'] },
  ];
  await gateway.call('config.apply', { config: { ...document, providers } });
  expect((await attack(gateway, {})).status).toBe(200);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  rmSync(outer, { recursive: true, force: true });
});

const servers: Server[] = [];
const closeServers = async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
};
afterEach(closeServers);

/** Listens as a squatter does. @returns the port @throws the system's error */
async function squat(host: string, port = 0): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: false, exclusive: true }, resolve);
  });
  servers.push(server);
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const port = await squat('127.0.0.1');
  await closeServers();
  return port;
}

/** Every file and folder under a folder, with its permission bits. */
function modesUnder(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [
        path.slice(folder.length),
        `${entry.isDirectory() ? 'folder' : 'file'} ${(statSync(path).mode & 0o777).toString(8)}`,
      ];
    }),
  );
}

describe.each(loopbackAddresses)('L-01 another user who reaches the port on %s', (address) => {
  test('L-01 is refused on every door though he comes from this machine', async () => {
    const before = await tracesOf(gateway, upstream);
    for (const target of protectedPaths) {
      const answer = await attack(gateway, { address, target, method: methodOf(target), headers: { Authorization: undefined } });
      expect(answer.status, target).toBe(401);
    }
    expect(await tracesOf(gateway, upstream)).toEqual(before);
  });
});

test('L-01 I-03 every control call and the event stream need the token, and a client key is none', async () => {
  const port = Number(new URL(gateway.ready.control).port);
  const config = await gateway.call('config.get', {});
  const targets = [...Object.keys(callTable).map((name) => `POST /control/calls/${name}`), 'GET /control/events'];
  const bodies = new Set<string>();
  for (const target of targets) {
    for (const headers of [[], [`Authorization: Bearer ${gateway.clientKey}`], [`x-api-key: ${gateway.clientKey}`]]) {
      const head = [
        `${target} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        'Content-Type: application/json',
        'Content-Length: 2',
        ...headers,
      ];
      const answer = await exchangeRaw(port, rawRequest(head, '{}'));
      expect(answer.status, target).toBe(401);
      bodies.add(answer.body);
    }
  }
  expect(bodies.size).toBe(1);
  expect(await gateway.call('config.get', {})).toEqual(config);
  expect((await gateway.call('clients.list', {})).items).toHaveLength(1);
  expect((await gateway.call('status.get', {})).state).toBe('running');
});

test('C-15 C-22 what the control port cannot read as HTTP is answered with every protecting header, and let go of', async () => {
  const port = Number(new URL(gateway.ready.control).port);
  const host = `Host: 127.0.0.1:${port}`;
  const long = rawRequest(['GET / HTTP/1.1', host, `X: ${'x'.repeat(20_000)}`]);
  const strange = rawRequest(['POST /control/calls/status.get HTTP/1.1', host, 'Expect: a-miracle', 'Content-Length: 2'], '{}');
  for (const [bytes, status] of [
    ['nonsense\r\n\r\n', 400],
    [long, 431],
    [strange, 401],
  ] as const) {
    const answer = await exchangeRaw(port, bytes);
    expect(answer.status).toBe(status);
    expectProtected(answer);
  }
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.resume().write('nonsense\r\n\r\n');
  const openedAt = performance.now();
  const gone = setInterval(() => socket.write('more'), 200);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(gone);
  expect(performance.now() - openedAt).toBeLessThan(3_000);
});

describe('L-02 L-03 squatting', () => {
  test('L-02 both loopback families are bound, and nobody else can take either while the gateway runs', async () => {
    expect((await gateway.call('status.get', {})).boundHosts).toEqual(loopbackAddresses);
    for (const host of [...loopbackAddresses, '0.0.0.0', '::']) {
      await expect(squat(host, gateway.port), host).rejects.toMatchObject({ code: 'EADDRINUSE' });
    }
  });

  test.each([...loopbackAddresses, '0.0.0.0', '::'])(
    'L-02 L-03 somebody on %s makes the start fail with exit code 4 and his name, and no other port is taken',
    async (host) => {
      const port = await squat(host);
      const refusal: unknown = await startGateway({ port }).catch((error: unknown) => error);
      const words = refusal instanceof Error ? refusal.message : 'it started';
      expect(words).toMatch(/^The gateway ended with code 4 before it was ready/);
      expect(words).toContain(`Port ${port} on `);
      if (isLinux) expect(words).toContain(`(pid ${process.pid})`);
      expect(words).not.toMatch(/\n\s+at /);
    },
  );

  test.each(loopbackAddresses)(
    'L-03 a move to a port that somebody holds on %s is refused, and nothing has moved',
    async (host) => {
      const config = { version: 1 as const, listen: { port: await freePort() } };
      const taken = await squat(host);
      await using moving = await startGateway({ port: 'config', config });
      const before = await moving.call('config.get', {});
      const move = moving.call('config.apply', { config: { ...before.document, listen: { port: taken } } });
      await expect(move).rejects.toMatchObject({ kind: 'invalid', field: 'listen.port' });
      expect(await moving.call('config.get', {})).toEqual(before);
      expect(await moving.call('status.get', {})).toMatchObject({ state: 'running', port: config.listen.port });
      expect((await attack(moving, { target: '/v1/models', method: 'GET' })).status).toBe(200);
    },
  );
});

test('I-02 I-12 the process listens on loopback alone, at its two ports', (context) => {
  context.skip(!isLinux, 'not on this platform: sockets are read from /proc');
  const inodes = readdirSync(`/proc/${gateway.processId}/fd`)
    .map((name) => readlinkSync(`/proc/${gateway.processId}/fd/${name}`))
    .flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
  const listening = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === '0A' && inodes.includes(columns[9] ?? ''))
      .map((columns) => columns[1] ?? ''),
  );
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const control = Number(new URL(gateway.ready.control).port);
  const expected = [`0100007F:${hex(gateway.port)}`, `0100007F:${hex(control)}`];
  if (loopbackAddresses.includes('::1')) expected.push(`00000000000000000000000001000000:${hex(gateway.port)}`);
  expect(listening.toSorted()).toEqual(expected.toSorted());
});

describe('L-05 files', () => {
  test('L-05 with a umask of 0 every folder is still 0700 and every file 0600, the key file and the journals too', (context) => {
    context.skip(process.platform === 'win32', 'not on this platform: Windows keeps access lists instead of modes');
    const modes = modesUnder(outer);
    const names = Object.keys(modes);
    for (const name of ['/data', '/data/config.json', '/data/gatehouse.db', '/data/gatehouse.db-wal', '/data/gatehouse.db-shm']) {
      expect(names).toContain(name);
    }
    expect(names.some((name) => /^\/config\/.*\.key$/.test(name))).toBe(true);
    expect(Object.entries(modes).filter(([, mode]) => mode !== 'folder 700' && mode !== 'file 600')).toEqual([]);
  });

  test('L-05 another user can neither list the data folder nor read a file in it or the key', (context) => {
    context.skip(!isRoot, 'not on this platform: only root can act as another user');
    const asNobody = (command: string, path: string) =>
      execFileSync(command, [path], { uid: 65_534, gid: 65_534, stdio: 'pipe' });
    for (const folder of [gateway.dataDir, join(outer, 'config', 'gatehouse', 'keys')]) {
      expect(() => asNobody('/bin/ls', folder)).toThrow(/denied/);
      for (const name of readdirSync(folder)) expect(() => asNobody('/bin/cat', join(folder, name))).toThrow(/denied/);
    }
    expect(asNobody('/bin/ls', outer).toString()).toContain('data');
  });

  test('L-05 S-01 neither the key of a client nor that of a provider is in a file as it is', () => {
    const secrets = [vaultSecret, environmentSecret, gateway.clientKey, gateway.ready.controlToken];
    for (const name of Object.keys(modesUnder(outer))) {
      if (statSync(join(outer, name)).isDirectory()) continue;
      const bytes = readFileSync(join(outer, name));
      for (const secret of secrets) expect(bytes.includes(secret), `${name} holds ${secret}`).toBe(false);
    }
  });
});

test('L-06 no secret is in the arguments of the process, and it has no children that could inherit one', (context) => {
  context.skip(!isLinux, 'not on this platform: processes are read from /proc');
  const secrets = [vaultSecret, environmentSecret, gateway.clientKey, gateway.ready.controlToken];
  const argumentsOf = readFileSync(`/proc/${gateway.processId}/cmdline`, 'utf8');
  for (const secret of secrets) expect(argumentsOf).not.toContain(secret);
  const children = readdirSync(`/proc/${gateway.processId}/task`).flatMap((task) =>
    readFileSync(`/proc/${gateway.processId}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  expect(children).toEqual([]);
});
