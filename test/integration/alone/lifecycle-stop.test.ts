/** How the program ends: nothing that runs is cut without need, nothing that is idle holds it up, everything has its row. */
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { GatewayConfigDocument } from '../../../gateway/contract/config.ts';
import { chunks } from '../../support/fault-lab.ts';
import { completenessSigns, openRawStream, rawPost } from '../../support/raw-stream.ts';
import { runProgram } from '../../support/run-program.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../../support/start-gateway.ts';
import { type Answer, json, sse } from '../../support/upstream-answers.ts';

/** Starting and ending take one core each. */
vi.setConfig({ maxConcurrency: 2 });

const messages = [{ role: 'user', content: 'Say something.' }];
/** About a second long. */
const shortStream: Answer = sse([...chunks(Array.from({ length: 20 }, (_, index) => `word${index} `)), '[DONE]'], { gapMs: 40 });
const longStream: Answer = sse(chunks(Array.from({ length: 2_000 }, (_, index) => `word${index} `)), { gapMs: 40 });

interface Stage extends AsyncDisposable {
  readonly upstream: ScriptedUpstream;
  readonly gateway: RunningGateway;
  readonly config: GatewayConfigDocument;
  readonly dataDir: string;
}

/** A data folder that outlives its gateway, so that the log can be read afterwards. */
async function startStage(answer: Answer): Promise<Stage> {
  const upstream = await startScriptedUpstream(answer);
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  const config: GatewayConfigDocument = { version: 1, providers: [lab] };
  const dataDir = makeDataDir();
  const gateway = await startGateway({ config, dataDir });
  return {
    upstream,
    gateway,
    config,
    dataDir,
    async [Symbol.asyncDispose]() {
      await gateway.kill();
      await upstream.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const ask = ({ gateway }: Stage) =>
  openRawStream(gateway.port, { model: 'lab/m', stream: true, messages }, { key: gateway.clientKey, patienceMs: 30_000 });

/** The rows as the next start finds them: id and state. */
async function readRows({ config, dataDir }: Stage): Promise<ReadonlyMap<string, string>> {
  await using gateway = await startGateway({ config, dataDir, withoutKey: true });
  const { items } = await gateway.call('requests.list', { limit: 200 });
  return new Map(items.map(({ id, state, errorKind }) => [id, `${state} ${errorKind}`]));
}

const isRefused = (port: number, host: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => socket.destroy());
    socket.once('error', () => resolve(true)).once('close', (hadError) => resolve(hadError));
  });

const closedAt = (socket: Socket) =>
  new Promise<number>((resolve) => socket.on('error', () => undefined).once('close', () => resolve(performance.now())));

describe.concurrent('SIGTERM with nothing in flight', () => {
  test('closes idle connections at once and is gone with code 0, whoever still watches', async () => {
    await using stage = await startStage(shortStream);
    const { gateway } = stage;
    const idle = ['127.0.0.1', '::1'].map((host) => connect({ port: gateway.port, host }));
    const used = connect({ port: gateway.port, host: '127.0.0.1' });
    const answered = new Promise<void>((resolve) => used.once('data', () => resolve()));
    used.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\n\r\n`);
    await answered;
    const watching = await fetch(`${gateway.ready.control}/control/events`, {
      headers: { authorization: `Bearer ${gateway.ready.controlToken}` },
    });
    expect(watching.status).toBe(200);
    const closed = Promise.all([...idle, used].map(closedAt));
    const askedAtMs = performance.now();
    process.kill(gateway.processId, 'SIGTERM');
    for (const atMs of await closed) expect(atMs - askedAtMs).toBeLessThan(1_000);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAtMs).toBeLessThan(8_000);
    await watching.body?.cancel().catch(() => undefined);
  });

  test('does not wait for a client that has begun a request and never ends it', async () => {
    await using stage = await startStage(shortStream);
    const { gateway } = stage;
    const slow = connect({ port: gateway.port, host: '127.0.0.1' });
    slow.write(rawPost(gateway.port, { model: 'lab/m', messages }, { key: gateway.clientKey }).slice(0, -10));
    slow.on('error', () => undefined).resume();
    await delay(100);
    const askedAtMs = performance.now();
    process.kill(gateway.processId, 'SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAtMs).toBeLessThan(8_000);
  });
});

describe.concurrent('SIGTERM with streams in flight', () => {
  test('F-42 lets them come to their end, takes nothing new, and then ends with code 0', async () => {
    await using stage = await startStage(shortStream);
    const { gateway } = stage;
    const streams = Array.from({ length: 20 }, () => ask(stage));
    await Promise.all(streams.map((raw) => raw.until('word2')));
    process.kill(gateway.processId, 'SIGTERM');
    await delay(150);
    expect(await isRefused(gateway.port, '127.0.0.1')).toBe(true);
    expect(await isRefused(gateway.port, '::1')).toBe(true);
    await Promise.all(streams.map((raw) => raw.ended));
    for (const raw of streams) expect(raw.body).toMatch(/word19[^]*data: \[DONE\]\n\n$/);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    const rows = await readRows(stage);
    for (const raw of streams) expect(rows.get(raw.requestId)).toBe('ok null');
  });

  test.each([20, 300])('F-42 a second signal after %i ms ends them at once, each with an error and its row', async (pauseMs) => {
    await using stage = await startStage(longStream);
    const { gateway } = stage;
    const streams = Array.from({ length: 10 }, () => ask(stage));
    await Promise.all(streams.map((raw) => raw.until('word2')));
    process.kill(gateway.processId, 'SIGTERM');
    await delay(pauseMs);
    const askedAtMs = performance.now();
    process.kill(gateway.processId, 'SIGTERM');
    await Promise.all(streams.map((raw) => raw.ended));
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAtMs).toBeLessThan(4_000);
    for (const raw of streams) {
      expect(completenessSigns(raw.text)).toEqual([]);
      expect(raw.body).toMatch(/data: \{"error":\{"message":"the gateway is stopping[^\n]*\n\n$/);
    }
    const rows = await readRows(stage);
    for (const raw of streams) expect(rows.get(raw.requestId)).toBe('gateway_error shutting-down');
    expect(stage.upstream.openConnections).toBe(0);
  });

  const fullTest = process.env.GATEHOUSE_TEST_SIZE === 'full' ? test : () => undefined;
  fullTest('F-42 what is not over after 30 seconds is ended without a second signal', async () => {
    await using stage = await startStage(longStream);
    const raw = openRawStream(
      stage.gateway.port,
      { model: 'lab/m', stream: true, messages },
      { key: stage.gateway.clientKey, patienceMs: 40_000 },
    );
    await raw.until('word2');
    const askedAtMs = performance.now();
    process.kill(stage.gateway.processId, 'SIGTERM');
    expect(await stage.gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAtMs).toBeGreaterThan(29_000);
    expect(performance.now() - askedAtMs).toBeLessThan(33_000);
    await raw.ended;
    expect(completenessSigns(raw.text)).toEqual([]);
    expect((await readRows(stage)).get(raw.requestId)).toBe('gateway_error shutting-down');
  });

  test('F-42 a request that pauses before another attempt still makes it', async () => {
    await using stage = await startStage(shortStream);
    const { gateway, upstream } = stage;
    upstream.next(json({ error: { message: 'Busy.' } }, { status: 429, headers: { 'retry-after': '2' } }));
    const raw = ask(stage);
    await upstream.received(1);
    await delay(100);
    process.kill(gateway.processId, 'SIGTERM');
    await raw.ended;
    expect(raw.body).toMatch(/word19[^]*data: \[DONE\]\n\n$/);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect((await readRows(stage)).get(raw.requestId)).toBe('ok null');
  });

  test('F-42 a request that waits for its first byte is answered 503 when time is up', async () => {
    await using stage = await startStage([{ end: 'stall' }]);
    const { gateway } = stage;
    const raw = ask(stage);
    await stage.upstream.received(1);
    process.kill(gateway.processId, 'SIGTERM');
    await delay(200);
    process.kill(gateway.processId, 'SIGTERM');
    await raw.ended;
    expect(raw.status).toBe(503);
    expect(raw.text).toContain('shutting_down');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect((await readRows(stage)).get(raw.requestId)).toBe('gateway_error shutting-down');
  });
});

test('npm run -s serve writes nothing before the ready line and passes a signal on', async () => {
  const dataDir = makeDataDir();
  try {
    const flags = ['--json', '--port', '0', '--control-port', '0', '--data', dataDir];
    await using program = runProgram(flags, { command: ['npm', 'run', '-s', 'serve', '--'] });
    await program.printed(/\n/);
    const ready = JSON.parse(program.stdout) as { readonly event: string; readonly gateway: string };
    expect(ready.event).toBe('ready');
    expect((await fetch(`${ready.gateway}/health`)).status).toBe(200);
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(await isRefused(Number(new URL(ready.gateway).port), '127.0.0.1')).toBe(true);
    await using again = await startGateway({ dataDir });
    expect(again.ready.dataDir).toBe(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
});
