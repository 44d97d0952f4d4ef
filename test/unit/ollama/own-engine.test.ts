/** An engine of our own, as a real process: started on a port of its own, watched, started again, and ended whole. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readProcesses } from '../../../gateway/ollama/process/process-table.ts';
import { engineLab, isAlive, shortTimes, untilGone } from '../../support/engine-lab.ts';
import { freePort, standInSkip, startStandIn } from '../../support/stand-in-ollama/install.ts';

beforeEach((context) => context.skip(standInSkip !== null, standInSkip ?? ''));

const noProc = 'not on this platform: environments are read from /proc';

const load = (baseUrl: string | null) =>
  fetch(`${baseUrl}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'qwen3:8b' }) });
const pull = (baseUrl: string | null) =>
  fetch(`${baseUrl}/api/pull`, { method: 'POST', body: JSON.stringify({ model: 'qwen3:8b', stream: false }) });

/** The engine's own process and the inner ones that it started. */
async function familyOf(pid: number | null): Promise<number[]> {
  const all = await readProcesses();
  return [...all.filter(({ parentPid }) => parentPid === pid).map((one) => one.pid), pid ?? 0];
}

describe('an engine of our own', () => {
  test('answers on a private port, in an environment without keys, and is the same one that was started', async (context) => {
    context.skip(process.platform !== 'linux', noProc);
    await using lab = engineLab();
    await lab.engine.open();
    expect(lab.engine.state()).toMatchObject({ phase: 'installed-not-running', binary: { source: 'path' }, origin: null });
    const state = await lab.engine.start();
    expect(state).toMatchObject({ phase: 'running', origin: 'own', version: '0.34.4', reason: null });
    expect(state.baseUrl).not.toContain(':11434');
    const environment = readFileSync(`/proc/${state.pid}/environ`, 'utf8').split('\0');
    expect(environment).toContain('OLLAMA_NOPRUNE=1');
    expect(environment).toContain('OLLAMA_NO_CLOUD=1');
    expect(environment.filter((line) => /KEY|GATEHOUSE/.test(line))).toEqual([]);
    expect(lab.phases.slice(-3)).toEqual(['installed-not-running', 'starting', 'running']);
    expect(state.logTail.join('\n')).toContain('Listening on 127.0.0.1');
  });

  test('is ended with every inner process, and its port is its own again the next time', async () => {
    await using lab = engineLab();
    await lab.engine.open();
    const { baseUrl, pid } = await lab.engine.start();
    await pull(baseUrl);
    expect((await load(baseUrl)).status).toBe(200);
    const family = await familyOf(pid);
    expect(family.length).toBe(2);
    expect(await lab.engine.stop()).toMatchObject({ phase: 'stopped', baseUrl: null, pid: null });
    for (const one of family) await untilGone(one);
    expect((await lab.engine.start()).baseUrl).toBe(baseUrl);
  });

  test('F-72 is killed with its group when it does not end on request', async () => {
    await using lab = engineLab({ ignoresTerm: true }, { times: { ...shortTimes, graceMs: 200 } });
    await lab.engine.open();
    const { pid } = await lab.engine.start();
    const family = await familyOf(pid);
    await lab.engine.stop();
    for (const one of family) await untilGone(one);
  });

  test('F-72 is ended and started again when it hangs, three checks in a row', async () => {
    await using lab = engineLab();
    await lab.engine.open();
    const { pid } = await lab.engine.start();
    lab.standIn.tell({ hangs: true });
    const waiting = await lab.until(({ phase }) => phase === 'crashed-waiting');
    expect(waiting).toMatchObject({ reason: 'It did not answer any more and was ended.', recentExits: 1 });
    lab.standIn.tell({ hangs: false });
    const again = await lab.until(({ phase }) => phase === 'running');
    expect(again.pid).not.toBe(pid);
    await untilGone(pid ?? 0);
  });

  test('F-70 is started again after it ended by itself, and left alone after five exits, with its last words', async () => {
    await using lab = engineLab({ exitAtOnce: 1 });
    await lab.engine.open();
    await lab.engine.start();
    const state = await lab.until(({ phase }) => phase === 'gave-up');
    expect(state.recentExits).toBe(5);
    expect(state.reason).toBe(
      'It ended by itself 5 times within 5 minutes and is left alone now. The last time: It ended by itself, with code 1. The last line of its log: Error: listen tcp 127.0.0.1:11434: bind: address already in use',
    );
    expect(lab.phases.filter((phase) => phase === 'crashed-waiting')).toHaveLength(4);
    lab.standIn.tell({ exitAtOnce: null });
    expect(await lab.engine.start()).toMatchObject({ phase: 'running', recentExits: 0 });
  });

  test('F-70 ends after it was ready: inner processes that it leaves behind are ended, too', async () => {
    await using lab = engineLab();
    await lab.engine.open();
    const { baseUrl, pid } = await lab.engine.start();
    await pull(baseUrl);
    await load(baseUrl);
    const [runner = 0] = await familyOf(pid);
    process.kill(pid ?? 0, 'SIGKILL');
    await lab.until((state) => state.phase === 'running' && state.pid !== pid);
    await untilGone(runner);
    expect(lab.phases).toContain('crashed-waiting');
  });

  test('is started when its start is asked for while it is being stopped, and a stop after that is the last word', async () => {
    await using lab = engineLab();
    await lab.engine.open();
    const { pid } = await lab.engine.start();
    const stopped = lab.engine.stop();
    await lab.until(({ phase }) => phase === 'stopping');
    const again = await lab.engine.start();
    await stopped;
    expect(lab.engine.state()).toMatchObject({ phase: 'running', pid: again.pid });
    expect(again.pid).not.toBe(pid);
    await Promise.all([lab.engine.stop(), lab.engine.stop()]);
    await untilGone(again.pid ?? 0);
  });

  test('runs once, and is told of as running, when its processes cannot be written down', async () => {
    await using lab = engineLab();
    // In the way of the file that would be written.
    mkdirSync(join(lab.folder, 'engine', 'process.json.new'), { recursive: true });
    await lab.engine.open();
    expect(await lab.engine.start()).toMatchObject({ phase: 'running', recentExits: 0 });
    expect(
      lab.engine
        .log(100)
        .items.map(({ text }) => text)
        .join('\n'),
    ).toContain('could not be written down');
  });

  test('can be stopped while it waits to be started again', async () => {
    await using lab = engineLab(
      { exitAtOnce: 1 },
      { times: { ...shortTimes, restart: { ...shortTimes.restart, firstMs: 60_000, longestMs: 60_000 } } },
    );
    await lab.engine.open();
    await lab.engine.start();
    const { restartAtMs } = await lab.until(({ phase }) => phase === 'crashed-waiting');
    expect((restartAtMs ?? 0) - Date.now()).toBeGreaterThan(50_000);
    expect(await lab.engine.stop()).toMatchObject({ phase: 'stopped', restartAtMs: null });
  });

  test('can be stopped while it starts', async () => {
    await using lab = engineLab({ startDelayMs: 60_000 });
    await lab.engine.open();
    const starting = lab.engine.start();
    await lab.until(({ pid }) => pid !== null);
    const { pid } = lab.engine.state();
    expect(await lab.engine.stop()).toMatchObject({ phase: 'stopped' });
    await untilGone(pid ?? 0);
    await starting;
  });

  test('is wanted again after a restart where it ran, and not where a person stopped it', async () => {
    await using lab = engineLab();
    await lab.engine.open();
    await lab.engine.start();
    await lab.engine.close();
    const second = lab.reopen();
    await second.open();
    await lab.until(({ phase }) => phase === 'running');
    await second.stop();
    await second.close();
    const third = lab.reopen();
    await third.open();
    expect(third.state()).toMatchObject({ phase: 'installed-not-running' });
  });

  test('says that settings were changed since, and takes them over with a restart', async (context) => {
    context.skip(process.platform !== 'linux', noProc);
    await using lab = engineLab();
    await lab.engine.open();
    await lab.engine.start();
    lab.settings = { ...lab.settings, contextTokens: 16_384, keepAlive: '-1' };
    expect(lab.engine.state().restartNeeded).toBe(true);
    const { pid, restartNeeded } = await lab.engine.restart();
    expect(restartNeeded).toBe(false);
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('OLLAMA_CONTEXT_LENGTH=16384');
  });
});

describe('an engine of somebody else', () => {
  test('F-71 is adopted by what it answers, never stopped or restarted, and runs on when Gatehouse ends', async () => {
    await using lab = engineLab();
    await using foreign = await startStandIn(lab.standIn, join(lab.folder, 'foreign'));
    const place = {
      platform: process.platform,
      environment: { OLLAMA_HOST: `127.0.0.1:${foreign.port}` },
      homeFolder: lab.folder,
    };
    const engine = lab.reopen({ place });
    await engine.open();
    expect(engine.state()).toMatchObject({ phase: 'found-adopted', origin: 'adopted', baseUrl: foreign.origin, pid: null });
    const words = `The Ollama at ${foreign.origin} was started by another program; Gatehouse uses it, and it is`;
    await expect(engine.stop()).rejects.toThrow(`${words} stopped where it was started.`);
    await expect(engine.restart()).rejects.toThrow(`${words} restarted where it was started.`);
    expect(await engine.start()).toMatchObject({ phase: 'found-adopted' });
    await engine.close();
    expect(foreign.isRunning).toBe(true);
  });

  test('F-71 on the port of the last time makes ours start elsewhere, and nothing is killed', async () => {
    await using lab = engineLab();
    await lab.engine.open();
    const { baseUrl } = await lab.engine.start();
    await lab.engine.stop();
    const { createServer } = await import('node:http');
    const holder = createServer((_request, response) => void response.end('Ollama is running'));
    await new Promise<void>((resolve) => holder.listen(Number(new URL(baseUrl ?? '').port), '127.0.0.1', resolve));
    const again = await lab.engine.start();
    expect(again.phase).toBe('running');
    expect(again.baseUrl).not.toBe(baseUrl);
    expect(holder.listening).toBe(true);
    await new Promise((resolve) => holder.close(resolve));
  });

  test('is not taken for one by an open port alone, nor by one of the two answers', async () => {
    await using lab = engineLab();
    const { createServer } = await import('node:http');
    const other = createServer((request, response) => {
      response.end(request.url === '/' ? 'Gatehouse is running' : '{"version":"0.34.4"}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const place = {
      platform: process.platform,
      environment: { OLLAMA_HOST: `http://127.0.0.1:${port}` },
      homeFolder: lab.folder,
    };
    const engine = lab.reopen({ place });
    await engine.open();
    expect(engine.state().origin).toBe(null);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('what a crash leaves behind', () => {
  test('is ended by the next start, inner processes and all; and a process that only has the number of one is not', async () => {
    await using lab = engineLab();
    // Without the guard: as if that had been killed as well.
    const env = {
      PATH: process.env.PATH,
      OLLAMA_HOST: `127.0.0.1:${await freePort()}`,
      OLLAMA_MODELS: join(lab.folder, 'models'),
    };
    const script = `"${lab.standIn.executable}" serve & wait`;
    const leader = spawn('/bin/sh', ['-c', script], { env, detached: true, stdio: 'ignore' });
    const origin = `http://${env.OLLAMA_HOST}`;
    await expect
      .poll(
        () =>
          pull(origin).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 5_000 },
      )
      .toBe(200);
    await load(origin);
    const facts = (await readProcesses()).filter(({ groupId }) => groupId === leader.pid);
    const [shell, engine] = [
      facts.find(({ pid }) => pid === leader.pid),
      facts.find(({ parentPid }) => parentPid === leader.pid),
    ];
    const runner = facts.find(({ parentPid }) => parentPid === engine?.pid);
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    const file = join(lab.folder, 'engine', 'process.json');
    mkdirSync(join(lab.folder, 'engine'), { recursive: true });
    process.kill(leader.pid ?? 0, 'SIGKILL');
    process.kill(engine?.pid ?? 0, 'SIGKILL');
    await untilGone(engine?.pid ?? 0);
    expect(isAlive(runner?.pid ?? 0)).toBe(true);
    writeFileSync(file, JSON.stringify({ leader: shell, engine, binary: lab.standIn.executable }));
    await lab.engine.open();
    await untilGone(runner?.pid ?? 0);
    expect(lab.warnings).toEqual(['A local engine that the last run left behind was ended (1 processes).']);
    expect(existsSync(file)).toBe(false);
    await lab.engine.close();

    const other = { ...engine, pid: bystander.pid };
    writeFileSync(file, JSON.stringify({ leader: { ...other, groupId: bystander.pid }, engine: other, binary: '/bin/sleep' }));
    const second = lab.reopen();
    await second.open();
    expect(existsSync(file)).toBe(false);
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
    bystander.kill('SIGKILL');
  });
});
