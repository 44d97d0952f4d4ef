/** Rules that change while requests run: nobody notices but those who come after, and nothing that was learned is forgotten. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CallError } from '../../gateway/contract/calls.ts';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { askPlainly } from '../support/ask-plainly.ts';
import { chunks, soundStream } from '../support/fault-lab.ts';
import { openRawStream, type RawStream } from '../support/raw-stream.ts';
import { findFreePort, occupyPort } from '../support/run-program.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json, sse } from '../support/upstream-answers.ts';

/** About a second long. */
const longStream = sse([...chunks(Array.from({ length: 25 }, (_, index) => `word${index} `)), '[DONE]'], { gapMs: 40 });
const failed = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  json({ error: { message: 'no', type: 'server_error', code: null } }, { status, headers });

let upstream: ScriptedUpstream;
let broken: ScriptedUpstream;
let gateway: RunningGateway;
let config: GatewayConfigDocument;

beforeEach(async () => {
  upstream = await startScriptedUpstream(soundStream());
  broken = await startScriptedUpstream(failed(500));
  const own = { kind: 'openai-compatible' as const, models: ['m', 'n'] };
  config = {
    version: 1,
    listen: { port: await findFreePort() },
    providers: [
      { ...own, id: 'lab', baseUrl: upstream.baseUrl, keys: ['env:KEY_A', 'env:KEY_B'] },
      { ...own, id: 'broken', baseUrl: broken.baseUrl },
    ],
    aliases: { turns: { strategy: 'round-robin', targets: ['lab/m', 'lab/n'] } },
    reliability: { attempts: 2, breaker: { failures: 2, openMs: 3_600_000 }, healthChecks: false },
  };
  gateway = await startGateway({ config, port: 'config', environment: { KEY_A: 'sk-a', KEY_B: 'sk-b' } });
});

afterEach(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  expect((await gateway.stop()).code).toBe(0);
  await Promise.all([upstream.stop(), broken.stop()]);
});

const withRules = (rules: NonNullable<GatewayConfigDocument['policy']>['rules']): GatewayConfigDocument => ({
  ...config,
  policy: { rules },
});
const toLabN = [{ name: 'all to n', use: 'lab/n' }];
const openStream = (): RawStream =>
  openRawStream(
    gateway.port,
    { model: 'lab/m', stream: true, messages: [{ role: 'user', content: 'a' }] },
    { key: gateway.clientKey },
  );
const modelFor = async (model: string) => (await askPlainly(gateway, model, true)).headers.get('x-gatehouse-model');

async function refusalOf(asked: Promise<unknown>): Promise<CallError> {
  const error: unknown = await asked.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CallError)) throw new Error(`The call was not refused: ${String(error)}`);
  return error;
}

/** One breaker open, one key resting, one turn taken. */
async function learn(): Promise<void> {
  await askPlainly(gateway, 'broken/m', false);
  await askPlainly(gateway, 'broken/m', false);
  upstream.next(failed(429, { 'retry-after': '3600' }));
  await askPlainly(gateway, 'lab/m', true);
  expect(await modelFor('turns')).toBe('m');
}

async function learned() {
  const { items } = await gateway.call('targets.list', {});
  const keys = await gateway.call('providers.keys', { id: 'lab' });
  return { breaker: items.find(({ provider }) => provider === 'broken'), keys: keys.items };
}

test('twenty streams run through a rule change and its return, and breakers, resting keys and turns are kept', async () => {
  const before = await gateway.call('config.get', {});
  await learn();
  const known = await learned();
  expect(known.breaker).toMatchObject({ state: { breaker: 'open' }, failures: 2 });
  expect(known.keys.map(({ state }) => state).sort()).toEqual(['ready', 'resting']);

  upstream.use(longStream);
  const streams = Array.from({ length: 20 }, openStream);
  await Promise.all(streams.map((stream) => stream.until('word1 ')));
  const { version } = await gateway.call('config.apply', { config: withRules(toLabN), baseVersion: before.version });
  expect((await gateway.call('status.get', {})).inFlight).toBe(20);
  const moved = openStream();
  const restored = await gateway.call('config.restore', { version: before.version, baseVersion: version });
  expect(restored.version).toBe(version + 1);
  expect((await gateway.call('status.get', {})).inFlight).toBe(21);
  await Promise.all([...streams, moved].map((stream) => stream.until('[DONE]')));
  for (const stream of streams) expect(stream.body).toMatch(/word24[^]*\[DONE\]\n\n$/);
  expect(moved.text).toMatch(/x-gatehouse-rule: all to n\r\n/i);

  upstream.use(soundStream());
  expect(await learned()).toMatchObject({
    breaker: { ...known.breaker, state: known.breaker?.state, untilMs: expect.closeTo(known.breaker?.untilMs ?? 0, -2) },
    keys: known.keys,
  });
  expect([await modelFor('turns'), await modelFor('turns')]).toEqual(['n', 'm']);
  const { items } = await gateway.call('requests.list', { limit: 50 });
  expect(items.filter(({ state }) => state === 'ok').length).toBeGreaterThanOrEqual(24);
  expect(items.filter(({ rule }) => rule === 'all to n')).toHaveLength(1);
});

test('versions can be read, compared and brought back, each return being a version of its own', async () => {
  const first = (await gateway.call('config.get', {})).version;
  const second = (await gateway.call('config.apply', { config: withRules(toLabN) })).version;
  expect(await gateway.call('config.version', { version: second })).toMatchObject({
    version: second,
    source: 'call',
    document: withRules(toLabN),
  });
  expect((await gateway.call('config.diff', { from: first, to: second })).changes).toEqual([
    { path: 'policy', after: { rules: toLabN } },
  ]);
  const draft = withRules([{ name: 'all to n', use: 'lab/m' }]);
  expect((await gateway.call('config.diff', { from: second, to: { ...draft } })).changes).toEqual([
    { path: 'policy.rules["all to n"].use', before: 'lab/n', after: 'lab/m' },
  ]);
  const { version: third } = await gateway.call('config.restore', { version: first });
  expect((await gateway.call('config.diff', { from: first, to: third })).changes).toEqual([]);
  const { items } = await gateway.call('config.versions', {});
  expect(items.map(({ version, source }) => [version, source]).slice(0, 2)).toEqual([
    [third, 'restore'],
    [second, 'call'],
  ]);
});

test('a return is refused for a version that is not there, another base, and what cannot be put to work any more', async () => {
  const first = (await gateway.call('config.get', {})).version;
  expect(await refusalOf(gateway.call('config.restore', { version: 99 }))).toMatchObject({ kind: 'not-found', field: 'version' });
  expect(await refusalOf(gateway.call('config.diff', { from: 99, to: first }))).toMatchObject({
    kind: 'not-found',
    field: 'from',
  });
  expect(await refusalOf(gateway.call('config.version', { version: 99 }))).toMatchObject({ kind: 'not-found' });
  const { version } = await gateway.call('config.apply', { config: { ...config, listen: { port: await findFreePort() } } });
  expect(await refusalOf(gateway.call('config.restore', { version: first, baseVersion: first }))).toMatchObject({
    kind: 'conflict',
  });
  const other = await occupyPort(config.listen?.port ?? 0);
  expect(await refusalOf(gateway.call('config.restore', { version: first, baseVersion: version }))).toMatchObject({
    kind: 'invalid',
    field: 'listen.port',
    message: expect.stringMatching(new RegExp(`^Version ${first} cannot be brought back as it is\\. .*${config.listen?.port}`)),
  });
  await other.close();
  expect((await gateway.call('config.get', {})).version).toBe(version);
});

test('a policy whose names lead nowhere is refused at its place, by a call and in the file, and the old one runs on', async () => {
  const wrong = withRules([{ name: 'lost', use: 'gone/m' }]);
  expect(await refusalOf(gateway.call('config.apply', { config: wrong }))).toMatchObject({
    kind: 'invalid',
    field: 'policy.rules.0.use',
    message: expect.stringContaining('gone'),
  });
  expect(await modelFor('lab/m')).toBe('m');
});
