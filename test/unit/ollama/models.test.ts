/** Models: one honest bar for a pull, a queue that outlives everything, and what the disk and the memory have room for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MachineFacts } from '../../../gateway/contract/local-engine/engine.ts';
import { localModelNameSchema } from '../../../gateway/contract/local-engine/calls.ts';
import { nativeOptions } from '../../../gateway/contract/local-engine/native-options.ts';
import { catalog } from '../../../gateway/ollama/catalog/catalog.ts';
import { fitOf, recommendModels, searchCatalog } from '../../../gateway/ollama/catalog/find-models.ts';
import { Machine, readComputeLine, readNvidiaLines } from '../../../gateway/ollama/machine.ts';
import { measureDiskUse } from '../../../gateway/ollama/models/disk-use.ts';
import { PullProgress } from '../../../gateway/ollama/models/pull-progress.ts';
import { pullFailureWords } from '../../../gateway/ollama/models/pull-words.ts';
import { readLoaded, readModels } from '../../../gateway/ollama/models/read-models.ts';
import { ProgressPace } from '../../../gateway/ollama/progress.ts';
import { sampleLocalModel } from '../../support/local-engine-control.ts';

describe('the bar of a pull', () => {
  test('sums all layers, bears a layer without a figure, and never goes back', () => {
    const progress = new PullProgress();
    const after = (line: Record<string, unknown>) => {
      progress.take(line);
      return [progress.step, progress.bytesDone, progress.bytesTotal];
    };
    expect(after({ status: 'pulling manifest' })).toEqual(['manifest', 0, null]);
    expect(after({ status: 'pulling aaa', digest: 'a', total: 100 })).toEqual(['layers', 0, 100]);
    expect(after({ status: 'pulling aaa', digest: 'a', total: 100, completed: 60 })).toEqual(['layers', 60, 100]);
    expect(after({ status: 'pulling bbb', digest: 'b', total: 50, completed: 10 })).toEqual(['layers', 70, 150]);
    expect(after({ status: 'pulling aaa', digest: 'a', total: 100, completed: 5 })).toEqual(['layers', 70, 150]);
    expect(after({ status: 'pulling aaa', digest: 'a', total: 100, completed: 100 })).toEqual(['layers', 110, 150]);
    expect(after({ status: 'verifying sha256 digest' })).toEqual(['verifying', 110, 150]);
    expect(progress.isDone).toBe(false);
    progress.take({ status: 'success' });
    expect(progress.isDone).toBe(true);
  });

  test('goes on from what an earlier try had told', () => {
    const progress = new PullProgress(80);
    progress.take({ status: 'pulling aaa', digest: 'a', total: 100, completed: 20 });
    expect(progress.bytesDone).toBe(80);
    progress.take({ status: 'pulling aaa', digest: 'a', total: 100, completed: 90 });
    expect(progress.bytesDone).toBe(90);
  });

  test('tells a speed that a short stop does not throw off, and the time that is left by it', () => {
    const pace = new ProgressPace();
    expect(pace.pace(1_000_000)).toEqual({ bytesPerSecond: null, secondsLeft: null });
    for (let second = 0; second <= 20; second += 1) pace.note(second * 1_000, second * 10_000);
    expect(pace.pace(400_000)).toEqual({ bytesPerSecond: 10_000, secondsLeft: 20 });
    pace.note(21_000, 200_000);
    const { bytesPerSecond } = pace.pace(400_000);
    expect(bytesPerSecond).toBeGreaterThan(6_000);
    expect(bytesPerSecond).toBeLessThan(10_000);
  });
});

describe('why a pull failed', () => {
  test.each([
    ['write /m/blobs/sha256-1-partial-0: no space left on device', 'The disk is full.'],
    ['digest mismatch, file must be downloaded again: want sha256:1, got sha256:2', 'its checksum differs'],
    ['pull model manifest: file does not exist', 'The library has no model "qwen3:99b"'],
    ['Get "https://registry.ollama.ai/v2/": dial tcp: lookup registry.ollama.ai: no such host', 'Is this machine online?'],
    ['something new', 'Ollama could not fetch it: something new'],
  ])('is told in words for %s', (error, words) => {
    expect(pullFailureWords('qwen3:99b', error)).toContain(words);
  });
});

describe('what the engine lists', () => {
  test('is read with what is in memory, with options, and with what runs elsewhere', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    const loaded = readLoaded(
      {
        models: [
          { name: 'a:1', size: 10, size_vram: 5, expires_at: '2026-11-20T12:05:00Z', context_length: 4096 },
          { name: 'b:1', size: 10, size_vram: 10, expires_at: '2318-03-01T12:00:00Z' },
        ],
      },
      now,
    );
    const models = readModels(
      {
        models: [
          {
            name: 'a:1',
            size: 7,
            digest: 'd',
            modified_at: '2026-01-01T00:00:00Z',
            details: { context_length: 40960 },
            capabilities: ['tools', 'flying'],
          },
          { name: 'b:1', size: 7, remote_host: 'https://ollama.com:443' },
          { no: 'name' },
        ],
      },
      loaded,
      { 'a:1': { contextTokens: 8192 } },
    );
    expect(models).toMatchObject([
      {
        name: 'a:1',
        contextTokens: 40960,
        abilities: ['tools'],
        loaded: { expiresAtMs: now + 300_000, vramBytes: 5 },
        options: { contextTokens: 8192 },
      },
      { name: 'b:1', abilities: null, remoteHost: 'https://ollama.com:443', loaded: { expiresAtMs: null }, options: {} },
    ]);
    expect(models).toHaveLength(2);
  });

  test('is asked with options in the native words, and a time for ever as a number', () => {
    expect(nativeOptions({ contextTokens: 32_768, gpuLayers: 0, keepAlive: '-1' })).toEqual({
      options: { num_ctx: 32_768, num_gpu: 0 },
      keep_alive: -1,
    });
    expect(nativeOptions({ keepAlive: '10m' })).toEqual({ options: null, keep_alive: '10m' });
  });

  test.each(['qwen3', 'qwen3:8b', 'hf.co/unsloth/Qwen3-GGUF:Q4_K_M', 'me/mine:latest', 'localhost:5000/a/b:c'])(
    'is named %s',
    (name) => {
      expect(localModelNameSchema.safeParse(name).success).toBe(true);
    },
  );

  test.each(['../../etc/passwd', '/etc', '-rf', 'a b', 'a/../b', '', 'a:b:c:d', 'a\nb'])('is never named %j', (name) => {
    expect(localModelNameSchema.safeParse(name).success).toBe(false);
  });
});

describe('the disk', () => {
  test('counts shared layers once, what is on its way apart, and by sizes where manifests do not say all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'models-'));
    const write = (name: string, layers: object[]) => {
      const file = join(folder, 'manifests/registry.ollama.ai/library', name.replace(':', '/'));
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, JSON.stringify({ layers }));
    };
    write('one:a', [
      { digest: 'sha256:1', size: 100 },
      { digest: 'sha256:2', size: 10 },
    ]);
    write('two:a', [
      { digest: 'sha256:3', size: 50 },
      { digest: 'sha256:2', size: 10 },
    ]);
    writeFileSync(join(folder, 'manifests/.DS_Store'), 'what a system leaves in a folder');
    mkdirSync(join(folder, 'blobs'));
    writeFileSync(join(folder, 'blobs/sha256-4-partial'), Buffer.alloc(8_192, 1));
    const models = ['one:a', 'two:a'].map((name) => sampleLocalModel({ name, sizeBytes: 110 }));
    const use = await measureDiskUse(folder, models);
    expect(use).toMatchObject({ totalBytes: 160, countedBy: 'layers' });
    expect(use.partialBytes).toBeGreaterThan(0);
    expect(use.models).toEqual([
      { name: 'one:a', sizeBytes: 110, ownBytes: 100 },
      { name: 'two:a', sizeBytes: 60, ownBytes: 50 },
    ]);
    const unread = await measureDiskUse(folder, [...models, sampleLocalModel({ name: 'three:a', sizeBytes: 5 })]);
    expect(unread).toMatchObject({ totalBytes: 225, countedBy: 'sizes' });
    rmSync(folder, { recursive: true });
  });
});

const gigabytes = 1_024 ** 3;
const machine = (memory: number, gpu: number | null = null, unifiedMemory = false): MachineFacts => ({
  memoryBytes: memory * gigabytes,
  cpu: 'test',
  cores: 8,
  gpus: gpu === null ? [] : [{ name: 'GPU', library: 'CUDA', memoryBytes: gpu * gigabytes }],
  unifiedMemory,
});

describe('the catalog', () => {
  test('has every name once, and sizes that grow', () => {
    expect(new Set(catalog.map(({ name }) => name)).size).toBe(catalog.length);
    for (const { sizes } of catalog) expect(sizes.length).toBeGreaterThan(0);
  });

  test('is found by every word, and by what a model can do', () => {
    const names = (text: string, ability?: 'embedding') =>
      searchCatalog({ text, ability }, machine(16), new Set()).map(({ name }) => name);
    expect(names('qwen coder')).toEqual(['qwen3-coder', 'qwen2.5-coder']);
    expect(names('', 'embedding')).toEqual(['qwen3-embedding', 'nomic-embed-text']);
    expect(names('qwen3:8b')).toEqual(['qwen3']);
    expect(names('no such thing')).toEqual([]);
    const [qwen] = searchCatalog({ text: 'qwen3:8b' }, machine(16), new Set(['qwen3:8b']));
    expect(qwen?.variants.map(({ installed }) => installed)).toEqual([false, false, false, true]);
  });

  test('recommends nothing that a machine has no room for, and more where it has', () => {
    const names = (facts: MachineFacts) =>
      recommendModels(facts, new Set()).map(({ purpose, variant }) => `${purpose} ${variant.name}`);
    expect(names(machine(4))).toEqual([
      'chat qwen3:0.6b',
      'coding qwen2.5-coder:1.5b-base',
      'embedding qwen3-embedding:0.6b',
      'small qwen3.5:0.8b',
    ]);
    expect(names(machine(16))).toContain('chat qwen3.5:9b');
    expect(names(machine(64, 24))).toEqual(expect.arrayContaining(['chat qwen3.5:9b', 'coding qwen3-coder:30b']));
    expect(names(machine(64, null, true))).toContain('chat qwen3.6:35b');
  });

  test('says how a model would run', () => {
    expect(fitOf(6 * gigabytes, machine(32, 8))).toBe('gpu');
    expect(fitOf(10 * gigabytes, machine(32, 8))).toBe('memory');
    expect(fitOf(14 * gigabytes, machine(16))).toBe('tight');
    expect(fitOf(20 * gigabytes, machine(16))).toBe('too-large');
  });
});

describe('the machine', () => {
  test('is read from what an engine and a driver say of GPUs', () => {
    const line =
      'time=2026-11-20 level=INFO msg="inference compute" id=GPU-1 library=CUDA compute=8.9 name=CUDA0 description="NVIDIA GeForce RTX 4070" total="11.6 GiB" available="10.9 GiB"';
    expect(readComputeLine(line)).toEqual({
      name: 'NVIDIA GeForce RTX 4070',
      library: 'CUDA',
      memoryBytes: Math.round(11.6 * gigabytes),
    });
    expect(readComputeLine(line.replace('library=CUDA', 'library=cpu'))).toBe(null);
    expect(readNvidiaLines('NVIDIA GeForce RTX 4070, 12282\n')).toEqual([
      { name: 'NVIDIA GeForce RTX 4070', library: null, memoryBytes: 12_282 * 1_024 ** 2 },
    ]);
  });

  test('counts two GPUs of one make as two, and each of them once', () => {
    const machine = new Machine();
    const line = (id: string) => `msg="inference compute" id=${id} library=CUDA description="RTX 4070" total="12.0 GiB"`;
    const news = ['GPU-1', 'GPU-2', 'GPU-1'].map((id) => machine.readLogLine(line(id)));
    expect(news).toEqual([true, true, false]);
    const gpu = { name: 'RTX 4070', library: 'CUDA', memoryBytes: 12 * gigabytes };
    expect(machine.facts().gpus).toEqual([gpu, gpu]);
  });
});
