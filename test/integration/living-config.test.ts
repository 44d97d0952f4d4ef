/** What changes while the program runs: config, port, keys, the listener itself. Requests under way go on as they began. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CallError } from '../../gateway/contract/calls.ts';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { GatewayStatus } from '../../gateway/contract/status.ts';
import { chunks, eventually, soundStream } from '../support/fault-lab.ts';
import { completenessSigns, openRawStream, type RawStream } from '../support/raw-stream.ts';
import { findFreePort, occupyPort } from '../support/run-program.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, sse } from '../support/upstream-answers.ts';

const messages = [{ role: 'user', content: 'Say something.' }];
/** About a second long. */
const longStream: Answer = sse([...chunks(Array.from({ length: 25 }, (_, index) => `word${index} `)), '[DONE]'], { gapMs: 40 });

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
let config: GatewayConfigDocument;

beforeAll(async () => {
  upstream = await startScriptedUpstream(soundStream());
});

afterAll(async () => {
  await upstream.stop();
});

beforeEach(async () => {
  upstream.use(soundStream());
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'], keys: ['vault:lab'] };
  config = { version: 1, listen: { port: await findFreePort() }, providers: [lab, { id: 'demo', kind: 'demo' }] };
  gateway = await startGateway({ config, port: 'config' });
  await gateway.call('secrets.set', { name: 'lab', value: 'sk-first-0001' });
});

afterEach(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  expect((await gateway.stop()).code).toBe(0);
});

const status = (): Promise<GatewayStatus> => gateway.call('status.get', {});
const ask = (port = gateway.port, key = gateway.clientKey): RawStream =>
  openRawStream(port, { model: 'lab/m', stream: true, messages }, { key });
const withPort = (port: number): GatewayConfigDocument => ({ ...config, listen: { port } });

const isListening = (port: number, host = '127.0.0.1') =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

async function refusalOf(asked: Promise<unknown>): Promise<CallError> {
  const error: unknown = await asked.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CallError)) throw new Error(`The call was not refused: ${String(error)}`);
  return error;
}

describe('gateway.stop and gateway.start', () => {
  test('close and open the clients’ port and leave control, config and keys alone', async () => {
    expect(await gateway.call('gateway.stop', {})).toMatchObject({ state: 'stopped', baseUrl: null, port: gateway.port });
    expect([await isListening(gateway.port), await isListening(gateway.port, '::1')]).toEqual([false, false]);
    expect(await status()).toMatchObject({ state: 'stopped', boundHosts: [], problems: [] });
    expect(await gateway.call('gateway.stop', {})).toMatchObject({ state: 'stopped' });
    expect(await gateway.call('gateway.start', {})).toMatchObject({ state: 'running', port: gateway.port, baseUrl: gateway.url });
    expect((await status()).boundHosts).toEqual(['127.0.0.1', '::1']);
    const raw = ask();
    await raw.until('[DONE]');
    raw.leave();
  });

  test('a stop waits for what runs', async () => {
    upstream.use(longStream);
    const raw = ask();
    await raw.until('word1 ');
    const stopping = gateway.call('gateway.stop', {});
    await eventually(async () => ((await status()).state === 'stopping' ? true : null), 'it says that it is stopping');
    expect(await stopping).toMatchObject({ state: 'stopped', inFlight: 0 });
    await raw.ended;
    expect(raw.body).toMatch(/word24[^]*\[DONE\]\n\n$/);
  });

  test('a start on a port that was taken meanwhile says by whom, and works once it is free', async () => {
    await gateway.call('gateway.stop', {});
    const other = await occupyPort(gateway.port);
    const error = await refusalOf(gateway.call('gateway.start', {}));
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringContaining(`(pid ${process.pid})`) });
    const failed = await status();
    expect(failed).toMatchObject({ state: 'failed', baseUrl: null });
    expect(failed.problems).toMatchObject([{ id: 'listener', message: expect.stringContaining(String(gateway.port)) }]);
    await other.close();
    expect(await gateway.call('gateway.start', {})).toMatchObject({ state: 'running', problems: [] });
  });
});

describe('config.apply', () => {
  test('moves the port without dropping a stream that runs on the old one', async () => {
    upstream.use(longStream);
    const raw = ask();
    await raw.until('word1 ');
    const port = await findFreePort();
    const { version } = await gateway.call('config.apply', { config: withPort(port) });
    expect(await status()).toMatchObject({ state: 'running', port, configVersion: version, inFlight: 1 });
    expect([await isListening(port), await isListening(port, '::1'), await isListening(gateway.port)]).toEqual([
      true,
      true,
      false,
    ]);
    const other = ask(port);
    await Promise.all([raw.until('[DONE]'), other.until('[DONE]')]);
    for (const one of [raw, other]) expect(one.body).toMatch(/word24[^]*\[DONE\]\n\n$/);
    expect(await raw.ended).toBe('closed');
    other.leave();
    expect(JSON.parse(readFileSync(join(gateway.dataDir, 'config.json'), 'utf8'))).toMatchObject({ listen: { port } });
  });

  test('to a port that is taken changes nothing and names the field', async () => {
    const before = await gateway.call('config.get', {});
    const other = await occupyPort(0, '::1');
    const error = await refusalOf(gateway.call('config.apply', { config: withPort(other.port) }));
    expect(error).toMatchObject({ kind: 'invalid', field: 'listen.port', message: expect.stringContaining(String(other.port)) });
    expect(await gateway.call('config.get', {})).toEqual(before);
    expect(await status()).toMatchObject({ state: 'running', port: gateway.port, problems: [] });
    expect(await isListening(gateway.port)).toBe(true);
    await other.close();
  });

  test('refuses what is wrong by its path, and what is based on an older version', async () => {
    const wrong = { ...config, timeouts: { idleMs: -1 } };
    expect(await refusalOf(gateway.call('config.apply', { config: wrong }))).toMatchObject({
      kind: 'invalid',
      field: 'timeouts.idleMs',
    });
    const { version } = await gateway.call('config.apply', { config: { ...config, access: { requireKey: false } } });
    const late = gateway.call('config.apply', { config: { ...config }, baseVersion: version - 1 });
    expect(await refusalOf(late)).toMatchObject({ kind: 'conflict' });
    expect((await status()).configVersion).toBe(version);
  });

  test('leaves a request under way with the config that it began with', async () => {
    upstream.use(longStream);
    const raw = ask();
    await raw.until('word1 ');
    await gateway.call('config.apply', { config: { ...config, providers: [{ id: 'demo', kind: 'demo' }] } });
    await raw.until('[DONE]');
    raw.leave();
    const gone = ask();
    await gone.until('model_not_found');
    expect(gone.status).toBe(404);
    gone.leave();
  });
});

describe('the config file, edited by hand', () => {
  const file = () => join(gateway.dataDir, 'config.json');

  test('is applied, whether it is written in place or replaced', async () => {
    const before = (await status()).configVersion;
    writeFileSync(file(), JSON.stringify({ ...config, aliases: { first: { targets: ['demo/hello'] } } }));
    await eventually(async () => ((await status()).configVersion > before ? true : null), 'the edit in place is applied');
    writeFileSync(`${file()}.new`, JSON.stringify({ ...config, aliases: { second: { targets: ['demo/hello'] } } }));
    renameSync(`${file()}.new`, file());
    await eventually(async () => ((await status()).configVersion > before + 1 ? true : null), 'the replaced file is applied');
    expect((await gateway.call('config.get', {})).effective.aliases).toHaveProperty('second');
    const raw = openRawStream(gateway.port, { model: 'second', messages }, { key: gateway.clientKey });
    await raw.until('"role":"assistant"');
    raw.leave();
  });

  test('keeps the old config running when it is wrong, and shows why until it is mended', async () => {
    const before = (await status()).configVersion;
    for (const [text, words] of [
      ['{ "version": 1, "aliasses": {} }', /aliasses/],
      ['{ "version": 1, ', /config\.json/],
    ] as const) {
      writeFileSync(file(), text);
      const problem = await eventually(async () => {
        const found = (await status()).problems.find(({ id, message }) => id === 'config-file' && words.test(message));
        return found ?? null;
      }, `the status tells what is wrong with ${text}`);
      expect(problem.fix).toContain(file());
      expect(await status()).toMatchObject({ state: 'running', configVersion: before });
      const raw = ask();
      await raw.until('[DONE]');
      raw.leave();
    }
    writeFileSync(file(), JSON.stringify({ ...config, aliases: { mended: { targets: ['demo/hello'] } } }));
    await eventually(async () => ((await status()).problems.length === 0 ? true : null), 'the problem is gone');
    expect((await status()).configVersion).toBe(before + 1);
  });
});

describe('keys', () => {
  test('a provider key that is set is used by the very next request', async () => {
    const sentKey = async () => {
      const received = upstream.received(upstream.requests.length + 1);
      const raw = ask();
      await raw.until('[DONE]');
      raw.leave();
      return (await received).header('authorization');
    };
    expect(await sentKey()).toBe('Bearer sk-first-0001');
    await gateway.call('secrets.set', { name: 'lab', value: 'sk-second-0002' });
    expect(await sentKey()).toBe('Bearer sk-second-0002');
    await gateway.call('secrets.delete', { name: 'lab' });
    const without = ask();
    await without.until('provider_auth_failed');
    expect(without.status).toBe(502);
    without.leave();
  });

  test('a client key that is revoked opens nothing more, and what runs under it ends at once', async () => {
    upstream.use(longStream);
    const { id, key } = await gateway.call('clients.create', { name: 'guest' });
    const guest = ask(gateway.port, key);
    const own = ask();
    await Promise.all([guest.until('word1 '), own.until('word1 ')]);
    expect(await gateway.call('clients.revoke', { id })).toEqual({ revoked: true });
    await guest.ended;
    expect(completenessSigns(guest.text)).toEqual([]);
    expect(guest.body).toMatch(/data: \{"error":[^\n]*key_revoked[^\n]*\n\n$/);
    expect(await gateway.call('requests.get', { id: guest.requestId })).toMatchObject({
      state: 'gateway_error',
      errorKind: 'key-revoked',
    });
    const again = ask(gateway.port, key);
    await again.until('invalid_api_key');
    expect(again.status).toBe(401);
    again.leave();
    await own.until('[DONE]');
    own.leave();
    expect(await gateway.call('clients.revoke', { id })).toEqual({ revoked: false });
    await delay(50);
    const { items } = await gateway.call('clients.list', {});
    expect(items.find((item) => item.id === id)?.revokedAtMs).toBeTypeOf('number');
  });
});
