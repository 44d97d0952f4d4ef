/** Where an Ollama is looked for, which processes a crash left behind, and when one that ends is started again. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../gateway/contract/config.ts';
import { localProviderOf, withLocalEngine } from '../../../gateway/contract/local-engine/provider.ts';
import { localEngineSchema } from '../../../gateway/contract/local-engine/settings.ts';
import { engineOrigin, findBinary } from '../../../gateway/ollama/find-engine.ts';
import { engineEnvironment } from '../../../gateway/ollama/process/engine-environment.ts';
import { findOrphans } from '../../../gateway/ollama/process/orphans.ts';
import { type ProcessFacts, readProcStat, readPsLines, readWindowsLines } from '../../../gateway/ollama/process/process-table.ts';
import { RestartPolicy } from '../../../gateway/ollama/process/restart-policy.ts';

describe('a running engine', () => {
  test.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    [':8080', 'http://127.0.0.1:8080'],
    ['10.0.0.5', 'http://10.0.0.5:11434'],
    ['http://lab.local', 'http://lab.local'],
    ['https://lab.local:8443/path', 'https://lab.local:8443'],
    ['[::1]:9000', 'http://[::1]:9000'],
    ['"127.0.0.1:7000"', 'http://127.0.0.1:7000'],
    ['not a host!', 'http://127.0.0.1:11434'],
  ])('is looked for at OLLAMA_HOST=%s as Ollama reads it', (host, origin) => {
    expect(engineOrigin(host)).toBe(origin);
  });
});

describe('an installed program', () => {
  test('is found on the PATH before the usual folders; a folder, and what may not be run, is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-find-'));
    const make = (place: string, mode: number) => {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, place, 'ollama'), '');
      chmodSync(join(folder, place, 'ollama'), mode);
    };
    mkdirSync(join(folder, 'a/ollama'), { recursive: true });
    make('b', 0o644);
    make('c', 0o755);
    make('.local/bin', 0o755);
    const at = (...folders: string[]) =>
      findBinary({
        platform: 'linux',
        environment: { PATH: folders.map((one) => join(folder, one)).join(':') },
        homeFolder: folder,
      });
    expect(await at('a', 'c')).toEqual({ path: join(folder, 'c/ollama'), source: 'path' });
    if (process.getuid?.() !== 0) expect(await at('b')).toMatchObject({ source: 'usual-folder' });
    expect(await findBinary({ platform: 'linux', environment: { PATH: 'c:.' }, homeFolder: folder })).toEqual({
      path: join(folder, '.local/bin/ollama'),
      source: 'usual-folder',
    });
    rmSync(folder, { recursive: true });
  });
});

const facts = (changes: Partial<ProcessFacts>): ProcessFacts => ({
  pid: 100,
  parentPid: 1,
  groupId: 100,
  startedAt: 'boot:1',
  executable: '/bin/dash',
  ...changes,
});

describe('what a crash left behind', () => {
  const leader = facts({});
  const engine = facts({ pid: 101, parentPid: 100, startedAt: 'boot:2', executable: '/data/bin/ollama' });
  const record = { leader, engine, binary: '/data/bin/ollama' };
  const runner = facts({ pid: 102, parentPid: 101, startedAt: 'boot:9', executable: '/data/bin/lib/llama-server' });
  const found = (...processes: ProcessFacts[]) => findOrphans(record, processes).map(({ pid }) => pid);

  test('is the engine, who led its group, and whatever is in the group while they live', () => {
    const helper = facts({ pid: 103, executable: '/bin/sleep' });
    expect(found(leader, engine, runner, helper, facts({ pid: 7, groupId: 7 }))).toEqual([100, 101, 102, 103]);
  });

  test('is an inner process alone, where it runs the engine’s own program', () => {
    expect(found(runner)).toEqual([102]);
    expect(found({ ...runner, executable: '/usr/bin/editor' })).toEqual([]);
  });

  test('is never a process that was given the same number later, nor anybody in its group', () => {
    const stranger = facts({ startedAt: 'boot:50', executable: '/usr/bin/editor' });
    expect(found(stranger, facts({ pid: 200, executable: '/data/bin/ollama', startedAt: 'boot:60' }))).toEqual([]);
    expect(found({ ...engine, startedAt: 'another boot:2' }, { ...leader, startedAt: 'another boot:1' })).toEqual([]);
  });

  test('is on Windows what the engine started, and nothing older', () => {
    const own = facts({ pid: 5, groupId: null, startedAt: '1000', executable: 'C:\\data\\ollama.exe' });
    const child = facts({ pid: 6, parentPid: 5, groupId: null, startedAt: '2000', executable: own.executable });
    const onWindows = { leader: own, engine: own, binary: own.executable };
    expect(findOrphans(onWindows, [child, { ...child, pid: 8, startedAt: '10' }]).map(({ pid }) => pid)).toEqual([6]);
    expect(findOrphans(onWindows, [{ ...own, startedAt: '5000' }, child])).toEqual([]);
  });

  test('never takes any process that differs from what was written down', () => {
    const some = fc.record({
      pid: fc.integer({ min: 1, max: 400 }),
      parentPid: fc.integer({ min: 0, max: 400 }),
      groupId: fc.integer({ min: 1, max: 400 }),
      startedAt: fc.constantFrom('boot:1', 'boot:2', 'boot:3'),
      executable: fc.constantFrom('/bin/dash', '/usr/bin/editor', '/data/bin/ollama'),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), (processes) => {
        for (const one of findOrphans(record, processes))
          expect(one.groupId === 100 || one.pid === 100 || one.pid === 101).toBe(true);
      }),
    );
  });
});

describe('the table of processes', () => {
  test('is read from /proc whatever a program calls itself, without those that have ended', () => {
    const stat = '4242 (a) b) (c) S 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2';
    expect(readProcStat(stat, 'boot')).toEqual({ pid: 4242, parentPid: 1, groupId: 4242, startedAt: 'boot:987654' });
    expect(readProcStat(stat.replace(') S ', ') Z '), 'boot')).toBe(null);
    expect(readProcStat('', 'boot')).toBe(null);
  });

  test('is read from ps and from Windows', () => {
    expect(
      readPsLines('  501     1   501 Fri Nov 20 12:00:01 2026     /Applications/Ollama.app/Contents/Resources/ollama\n'),
    ).toEqual([
      {
        pid: 501,
        parentPid: 1,
        groupId: 501,
        startedAt: 'Fri Nov 20 12:00:01 2026',
        executable: '/Applications/Ollama.app/Contents/Resources/ollama',
      },
    ]);
    expect(readWindowsLines('4|0|123|\r\n80|4|638000000000000000|C:\\Ollama\\ollama.exe\r\n')).toEqual([
      { pid: 4, parentPid: 0, groupId: null, startedAt: '123', executable: '' },
      { pid: 80, parentPid: 4, groupId: null, startedAt: '638000000000000000', executable: 'C:\\Ollama\\ollama.exe' },
    ]);
  });
});

describe('an engine that ends by itself', () => {
  test('F-70 waits 1, 2, 4 … 60 s, and is left alone after five exits in five minutes', () => {
    const policy = new RestartPolicy();
    expect([0, 10_000, 20_000, 30_000].map((at) => policy.exited(at, 500))).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(policy.exited(40_000, 500)).toBe(null);
    expect(policy.recent(40_000)).toBe(5);
  });

  test('F-70 waits no longer than a minute, and begins anew after it has run for five', () => {
    const policy = new RestartPolicy();
    const waits = Array.from({ length: 9 }, (_, place) => policy.exited(place * 100_000, 500));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(policy.exited(2_000_000, 300_000)).toBe(1_000);
  });
});

describe('the environment of an engine of our own', () => {
  test('holds what its system needs and what a person has set, and no secret', () => {
    const inherited = {
      PATH: '/bin',
      HOME: '/home/ada',
      OPENAI_API_KEY: 'sk-1',
      GATEHOUSE_KEY: 'x',
      HTTP_PROXY: 'http://p',
      HTTPS_PROXY: 'http://p',
    };
    const settings = localEngineSchema.parse({
      contextTokens: 32_768,
      parallel: 2,
      flashAttention: true,
      kvCacheType: 'q8_0',
      gpuDevices: '0,1',
    });
    expect(engineEnvironment(inherited, '127.0.0.1:5000', settings)).toEqual({
      PATH: '/bin',
      HOME: '/home/ada',
      HTTPS_PROXY: 'http://p',
      OLLAMA_HOST: '127.0.0.1:5000',
      OLLAMA_NOPRUNE: '1',
      OLLAMA_NO_CLOUD: '1',
      OLLAMA_MAX_QUEUE: '64',
      OLLAMA_CONTEXT_LENGTH: '32768',
      OLLAMA_NUM_PARALLEL: '2',
      OLLAMA_FLASH_ATTENTION: '1',
      OLLAMA_KV_CACHE_TYPE: 'q8_0',
      CUDA_VISIBLE_DEVICES: '0,1',
      ROCR_VISIBLE_DEVICES: '0,1',
      GGML_VK_VISIBLE_DEVICES: '0,1',
    });
    expect(engineEnvironment({}, 'x', localEngineSchema.parse({ cloudModels: true })).OLLAMA_NO_CLOUD).toBe(undefined);
  });
});

describe('the provider of the engine', () => {
  const url = 'http://127.0.0.1:40001';
  const config = (providers: object[], more: object = {}) => configSchema.parse({ version: 1, providers, ...more });
  const placed = (providers: object[], baseUrl: string | null) =>
    withLocalEngine(config(providers), baseUrl).providers.map((one) => [one.id, one.enabled, one.baseUrl]);

  test('is added where the config has none, and is off while no engine runs', () => {
    expect(placed([], null)).toEqual([['ollama', false, undefined]]);
    expect(placed([], url)).toEqual([['ollama', true, url]]);
  });

  test('is the entry that names no address, wherever the engine runs', () => {
    expect(placed([{ id: 'mine', kind: 'ollama' }], url)).toEqual([['mine', true, url]]);
    expect(placed([{ id: 'mine', kind: 'ollama' }], null)).toEqual([['mine', true, undefined]]);
    expect(localProviderOf(config([{ id: 'mine', kind: 'ollama' }]), url)).toBe('mine');
  });

  test('is not added beside one that is at its address, or has its name', () => {
    const there = { id: 'lab', kind: 'ollama', baseUrl: 'http://localhost:40001' };
    expect(placed([there], url)).toEqual([['lab', true, there.baseUrl]]);
    expect(localProviderOf(config([there]), url)).toBe('lab');
    expect(placed([{ id: 'ollama', kind: 'demo' }], url)).toEqual([['ollama', true, undefined]]);
  });

  test('is left out where the engine is switched off', () => {
    const off = config([], { localEngine: { enabled: false } });
    expect(withLocalEngine(off, url)).toBe(off);
  });
});
