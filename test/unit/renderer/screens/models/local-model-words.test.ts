/** Holds what people read about local models, their pulls and their room to what the engine told. */
import { describe, expect, test } from 'vitest';
import {
  canChat,
  loadedWords,
  machineWords,
  modelLine,
  optionWords,
  withTag,
} from '../../../../../renderer/screens/models/local-model-words.ts';
import { diskWords, freedWords } from '../../../../../renderer/screens/models/disk-words.ts';
import { pullOffers, pullWords } from '../../../../../renderer/screens/models/pull-words.ts';
import { localSteps } from '../../../../../renderer/screens/models/steps.ts';
import { localWords } from '../../../../../renderer/screens/home/local-words.ts';
import { releaseFacts, releaseOffers } from '../../../../../renderer/screens/settings/local-engine/release-words.ts';
import { sampleLocalModel } from '../../../../support/local-engine-control.ts';
import {
  adoptedEngine,
  engineOnOffer,
  runningEngine,
  sampleDisk,
  sampleLocalModels,
  samplePull,
  samplePulls,
} from '../../../../support/local-models-samples.ts';

const now = 1_780_000_000_000;
const gib = 2 ** 30;
const loaded = { sizeBytes: 6 * gib, vramBytes: 6 * gib, expiresAtMs: now + 252_000, contextTokens: 8_192 };

describe('a model', () => {
  test('is told in one line, without what the engine does not tell', () => {
    expect(modelLine(sampleLocalModel())).toBe('8.2B · Q4_K_M · 41k context · tools, reasoning');
    const bare = { parameterSize: null, quantization: null, contextTokens: null, abilities: null };
    expect(modelLine(sampleLocalModel(bare))).toBe('');
  });

  test('in memory tells where it is and counts down to its end, which never is below nothing', () => {
    expect(loadedWords(loaded, now)).toBe('6.0 GiB of memory, wholly on the GPU, 8k context; unloaded in 4 min 12 s');
    expect(loadedWords(loaded, now + 252_500)).toContain('is unloaded now');
    expect(loadedWords({ ...loaded, vramBytes: 0 }, now + 240_000)).toContain('on the processor, 8k context; unloaded in 12 s');
    expect(loadedWords({ ...loaded, vramBytes: 2 * gib }, now)).toContain('33 % on the GPU');
    expect(loadedWords({ ...loaded, expiresAtMs: null }, now)).toContain('stays loaded');
    expect(loadedWords({ ...loaded, expiresAtMs: now + 90 * 60_000 }, now)).toContain('in 1 h 30 min');
  });

  test('that only makes embeddings is not offered for a chat; one that is not known is', () => {
    expect([['embedding'] as const, ['completion'] as const].map((abilities) => canChat({ abilities: [...abilities] }))).toEqual([
      false,
      true,
    ]);
    expect(canChat({ abilities: null })).toBe(true);
  });

  test('has its own options in words, and none where it has none', () => {
    expect(optionWords({ contextTokens: 32_768, keepAlive: '-1', gpuLayers: 0 })).toBe(
      '33k context, stays loaded, 0 layers on the GPU',
    );
    expect(optionWords({})).toBe('');
  });
});

describe('room', () => {
  test('is told with what is unfinished and what is free, as far as it is known', () => {
    expect(diskWords(sampleDisk)).toBe('18.0 GiB on the disk, and 3.1 GiB unfinished; 84.2 GiB free');
    expect(diskWords({ ...sampleDisk, countedBy: 'sizes', freeBytes: null, partialBytes: 0 })).toBe('up to 18.0 GiB on the disk');
  });

  test('that a removed model gives back leaves out what others share', () => {
    const model = { name: 'a', sizeBytes: 5 * gib };
    const disk = (ownBytes: number) => ({ ...sampleDisk, models: [{ ...model, ownBytes }] });
    expect(freedWords(model, disk(5 * gib))).toBe('It frees 5.0 GiB.');
    expect(freedWords(model, disk(gib))).toBe('Of its 5.0 GiB it frees 1.0 GiB; the rest is shared with other models.');
    expect(freedWords(model, null)).toBe('It frees 5.0 GiB.');
  });
});

describe('a pull', () => {
  test('can be paused while it is under way, resumed when it is not, and always be taken away', () => {
    const acts = (state: (typeof samplePulls)[number]['state']) =>
      pullOffers(samplePull({ state })).map(({ act }) => act.replace('local-models.', ''));
    expect(acts('running')).toEqual(['pause', 'cancel']);
    expect(acts('queued')).toEqual(['pause', 'cancel']);
    expect(acts('waiting-for-engine')).toEqual(['pause', 'cancel']);
    expect(acts('paused')).toEqual(['resume', 'cancel']);
    expect(acts('failed')).toEqual(['resume', 'cancel']);
    expect(acts('done')).toEqual(['cancel']);
  });

  test('is not said to move while the gateway does not answer', () => {
    expect(pullWords(samplePull(), true)).toEqual({ tone: 'live', word: 'Fetching' });
    expect(pullWords(samplePull(), false).tone).toBe('warn');
    expect(pullWords(samplePull({ state: 'paused' }), false).word).toBe('Paused');
  });
});

describe('the steps to a first model', () => {
  const none = { models: null, hadModels: false, pulls: [] };
  const states = (input: Parameters<typeof localSteps>[0]) => localSteps(input).map(({ state }) => state);

  test('go on with the engine and end with the first model', () => {
    expect(states({ ...none, engine: engineOnOffer() })).toEqual(['now', 'later', 'later']);
    expect(states({ ...none, engine: runningEngine(), models: [] })).toEqual(['done', 'now', 'later']);
    expect(states({ ...none, engine: runningEngine(), models: sampleLocalModels() })).toEqual([]);
  });

  test('are not shown where models may be there: an engine that fails, was stopped, or had some', () => {
    for (const phase of ['gave-up', 'crashed-waiting', 'stopped', 'off', 'looking'] as const)
      expect([phase, states({ ...none, engine: engineOnOffer({ phase }) })]).toEqual([phase, []]);
    expect(states({ ...none, engine: engineOnOffer({ phase: 'starting' }), hadModels: true })).toEqual([]);
    expect(states({ ...none, engine: runningEngine() })).toEqual([]);
  });
});

test('Home counts what is there, loaded and on its way, and says nothing where nothing is known', () => {
  expect(localWords(runningEngine(), sampleLocalModels(), samplePulls)).toBe('4 models, 2 loaded, 3 on their way');
  expect(localWords(runningEngine(), [], [])).toBe('No model yet');
  expect(localWords(engineOnOffer(), null, [])).toBe('');
});

test('what decides how large a model may be is told of any machine', () => {
  const { machine } = runningEngine();
  expect(machineWords(machine)).toBe('32.0 GiB of memory, NVIDIA RTX 4070 with 12.0 GiB');
  expect(machineWords({ ...machine, gpus: [] })).toBe('32.0 GiB of memory, no GPU known');
  expect(machineWords({ ...machine, unifiedMemory: true })).toBe('32.0 GiB of memory, shared with the GPU');
});

describe('releases', () => {
  test('lead to a newer one and to the other one that is kept, where Gatehouse fetched them', () => {
    const [back] = releaseOffers(runningEngine());
    expect([back?.act, back?.hint]).toEqual(['engine.return-to-previous', expect.stringContaining('0.34.1 is kept')]);
    const older = runningEngine({ releases: [{ version: '0.34.1', inUse: true }] });
    expect(releaseOffers(older)).toMatchObject([{ act: 'engine.download', hint: expect.stringContaining('0.34.4 is newer') }]);
    const swapped = [
      { version: '0.34.1', inUse: true },
      { version: '0.34.4', inUse: false },
    ];
    expect(releaseOffers(runningEngine({ releases: swapped }))).toMatchObject([
      { act: 'engine.return-to-previous', hint: expect.stringContaining('0.34.4 is kept') },
    ]);
  });

  test('of an engine that others installed are theirs', () => {
    const found = runningEngine({ binary: { path: '/usr/bin/ollama', source: 'path', version: '0.30.0' }, releases: [] });
    expect([releaseOffers(found), releaseOffers(adoptedEngine())]).toEqual([[], []]);
    expect(releaseFacts(adoptedEngine())).toEqual([['Version', '0.34.4, not Gatehouse’s own']]);
  });
});

test('a name without a tag is the one that its pull is listed by', () => {
  expect(['qwen3', 'qwen3:8b', 'hf.co/someone/model', 'host:5000/a/b'].map(withTag)).toEqual([
    'qwen3:latest',
    'qwen3:8b',
    'hf.co/someone/model:latest',
    'host:5000/a/b:latest',
  ]);
});
