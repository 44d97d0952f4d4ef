/** Made-up answers of the calls about the local engine, for tests of the listener and of the pages it serves. */
import type { CallHandlers } from '../../gateway/contract/calls.ts';
import type { localEngineCalls } from '../../gateway/contract/local-engine/calls.ts';
import type { EngineState } from '../../gateway/contract/local-engine/engine.ts';
import type { LocalModel } from '../../gateway/contract/local-engine/models.ts';

/** A machine with one release on offer and no engine; every part may be replaced. */
export function sampleEngine(changes: Partial<EngineState> = {}): EngineState {
  return {
    phase: 'none-found',
    reason: null,
    origin: null,
    version: null,
    baseUrl: null,
    pid: null,
    startedAtMs: null,
    restartAtMs: null,
    recentExits: 0,
    binary: null,
    providerId: null,
    restartNeeded: false,
    download: null,
    offer: null,
    offerProblem: 'There is no release for this machine.',
    releases: [],
    machine: { memoryBytes: 16 * 2 ** 30, cpu: 'test', cores: 8, gpus: [], unifiedMemory: false },
    logTail: [],
    ...changes,
  };
}

/** A model that is there and not loaded; every part may be replaced. */
export function sampleLocalModel(changes: Partial<LocalModel> = {}): LocalModel {
  return {
    name: 'qwen3:8b',
    sizeBytes: 5_225_388_164,
    digest: '500a1f067a9f',
    modifiedAtMs: 1_780_000_000_000,
    format: 'gguf',
    family: 'qwen3',
    parameterSize: '8.2B',
    quantization: 'Q4_K_M',
    abilities: ['completion', 'tools', 'thinking'],
    contextTokens: 40_960,
    remoteHost: null,
    loaded: null,
    options: {},
    ...changes,
  };
}

/** One handler for each of these calls, over an engine that is not there. */
export function localEngineHandlers(): Pick<CallHandlers, keyof typeof localEngineCalls> {
  const state = () => sampleEngine();
  const pulls = () => ({ items: [] });
  const { name, format, family, parameterSize, quantization, abilities, contextTokens, options } = sampleLocalModel();
  const shown = { name, format, family, parameterSize, quantization, abilities, contextTokens, options };
  return {
    'engine.state': state,
    'engine.look': state,
    'engine.download': state,
    'engine.cancel-download': state,
    'engine.start': state,
    'engine.stop': state,
    'engine.restart': state,
    'engine.return-to-previous': state,
    'engine.log': () => ({ items: [], file: '/home/ada/.gatehouse/engine/engine.log' }),
    'local-models.list': () => ({ items: [] }),
    'local-models.show': () => ({ ...shown, license: null, template: null, system: null, parameters: null }),
    'local-models.pulls': pulls,
    'local-models.pull': pulls,
    'local-models.pause': pulls,
    'local-models.resume': pulls,
    'local-models.cancel': pulls,
    'local-models.load': ({ model }) => sampleLocalModel({ name: model }),
    'local-models.unload': () => ({ unloaded: true }),
    'local-models.delete': () => ({ deleted: true }),
    'local-models.copy': () => ({ copied: true }),
    'local-models.disk': () => ({
      folder: null,
      totalBytes: 0,
      freeBytes: null,
      partialBytes: 0,
      countedBy: 'sizes',
      models: [],
    }),
    'local-models.search': () => ({ items: [], catalogDate: '2026-11-20' }),
    'local-models.recommended': () => ({ items: [] }),
    'local-models.set-options': () => ({ version: 4 }),
  };
}
