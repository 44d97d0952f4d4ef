/** A machine with a local engine, its models, pulls in every state and a small catalog, as the calls tell them. */
import type { CallHandlers } from '../../gateway/contract/calls.ts';
import type { EngineState } from '../../gateway/contract/local-engine/engine.ts';
import type {
  CatalogModel,
  CatalogVariant,
  DiskUse,
  LocalModel,
  Pull,
  RecommendedModel,
} from '../../gateway/contract/local-engine/models.ts';
import { localEngineHandlers, sampleEngine, sampleLocalModel } from './local-engine-control.ts';

/** @param amount in GiB */
const gib = (amount: number): number => Math.round(amount * 2 ** 30);

export const sampleOffer = {
  version: '0.34.4',
  url: 'https://github.com/ollama/ollama/releases/download/v0.34.4/ollama-linux-amd64.tar.zst',
  sha256: '9f2c1e0c7b8f4f0d9d1f0a7f6f3f2d2c8a4c1c0b7e5d9f8a6b3c2d1e0f9a8b7c',
  downloadBytes: gib(1.9),
  neededBytes: gib(4.6),
};

const machine = {
  memoryBytes: gib(32),
  cpu: 'AMD Ryzen 7',
  cores: 16,
  gpus: [{ name: 'NVIDIA RTX 4070', library: 'CUDA', memoryBytes: gib(12) }],
  unifiedMemory: false,
};

/** Nothing found, with a release on offer; every part may be replaced. */
export const engineOnOffer = (changes: Partial<EngineState> = {}): EngineState =>
  sampleEngine({ offer: sampleOffer, offerProblem: null, machine, ...changes });

/** An own engine that runs; every part may be replaced. */
export const runningEngine = (changes: Partial<EngineState> = {}): EngineState =>
  engineOnOffer({
    phase: 'running',
    origin: 'own',
    version: '0.34.4',
    baseUrl: 'http://127.0.0.1:51712',
    pid: 4_211,
    startedAtMs: 1_780_000_000_000,
    providerId: 'ollama',
    binary: { path: '/home/ada/.gatehouse/engine/0.34.4/bin/ollama', source: 'downloaded', version: '0.34.4' },
    releases: [
      { version: '0.34.4', inUse: true },
      { version: '0.34.1', inUse: false },
    ],
    logTail: ['level=INFO msg="Listening on 127.0.0.1:51712 (version 0.34.4)"'],
    ...changes,
  });

export const adoptedEngine = (changes: Partial<EngineState> = {}): EngineState =>
  runningEngine({
    phase: 'found-adopted',
    origin: 'adopted',
    baseUrl: 'http://127.0.0.1:11434',
    pid: null,
    binary: null,
    releases: [],
    logTail: [],
    ...changes,
  });

/** One of which layers have come; every part may be replaced. */
export function samplePull(changes: Partial<Pull> = {}): Pull {
  return {
    model: 'gemma3:12b',
    state: 'running',
    step: 'layers',
    bytesDone: gib(2.4),
    bytesTotal: gib(7.6),
    bytesPerSecond: 24 * 2 ** 20,
    secondsLeft: 222,
    reason: null,
    queuedAtMs: 1_780_000_000_000,
    endedAtMs: null,
    ...changes,
  };
}

const still = { bytesPerSecond: null, secondsLeft: null };

export const samplePulls: readonly Pull[] = [
  samplePull(),
  samplePull({ model: 'qwen3-coder:30b', state: 'queued', step: 'manifest', bytesDone: 0, bytesTotal: null, ...still }),
  samplePull({ model: 'llama3.2:3b', state: 'paused', bytesDone: gib(0.7), bytesTotal: gib(1.9), ...still }),
  samplePull({
    model: 'mistral-small:24b',
    state: 'failed',
    bytesDone: gib(4),
    bytesTotal: gib(13.3),
    ...still,
    reason: 'The disk that holds the models is full; free 9.3 GiB or delete a model, then try again.',
  }),
];

/** One in memory that counts down, one that stays, one that is not loaded, and one that runs elsewhere. */
export const sampleLocalModels = (): readonly LocalModel[] => [
  sampleLocalModel({
    loaded: { sizeBytes: gib(6.1), vramBytes: gib(6.1), expiresAtMs: Date.now() + 252_000, contextTokens: 8_192 },
    options: { contextTokens: 8_192 },
  }),
  sampleLocalModel({
    name: 'gpt-oss:20b',
    sizeBytes: gib(12.8),
    family: 'gptoss',
    parameterSize: '20.9B',
    quantization: 'MXFP4',
    contextTokens: 131_072,
    loaded: { sizeBytes: gib(13.9), vramBytes: gib(9.2), expiresAtMs: null, contextTokens: 32_768 },
    options: { keepAlive: '-1', contextTokens: 32_768 },
  }),
  sampleLocalModel({
    name: 'nomic-embed-text:latest',
    sizeBytes: 274_302_450,
    family: 'nomic-bert',
    parameterSize: '137M',
    quantization: 'F16',
    abilities: ['embedding'],
    contextTokens: 2_048,
  }),
  sampleLocalModel({ name: 'glm-4.6:cloud', sizeBytes: 384, remoteHost: 'https://ollama.com', parameterSize: '355B' }),
];

export const sampleDisk: DiskUse = {
  folder: '/home/ada/.ollama/models',
  totalBytes: gib(18),
  freeBytes: gib(84.2),
  partialBytes: gib(3.1),
  countedBy: 'layers',
  models: [{ name: 'qwen3:8b', sizeBytes: 5_225_388_164, ownBytes: 5_225_377_000 }],
};

const variant = (changes: Partial<CatalogVariant>): CatalogVariant => ({
  name: 'qwen3:8b',
  parameterSize: '8.2B',
  downloadBytes: 5_225_388_164,
  contextTokens: 40_960,
  memoryBytes: gib(6.3),
  fit: 'gpu',
  installed: false,
  ...changes,
});

const small = variant({ name: 'qwen3:1.7b', parameterSize: '1.7B', downloadBytes: gib(1.3), memoryBytes: gib(2) });

export const sampleRecommended: readonly RecommendedModel[] = [
  {
    purpose: 'chat',
    model: 'qwen3',
    description: 'Answers, reasons and calls tools in many languages.',
    variant: variant({ installed: true }),
  },
  {
    purpose: 'coding',
    model: 'qwen3-coder',
    description: 'Writes code and works as an agent over whole projects.',
    variant: variant({
      name: 'qwen3-coder:30b',
      parameterSize: '30B',
      downloadBytes: gib(17.3),
      memoryBytes: gib(20),
      fit: 'memory',
    }),
  },
  {
    purpose: 'vision',
    model: 'gemma3',
    description: 'Reads text and images.',
    variant: variant({
      name: 'gemma3:4b',
      parameterSize: '4.3B',
      downloadBytes: gib(3.1),
      memoryBytes: gib(5),
      contextTokens: 131_072,
    }),
  },
  { purpose: 'small', model: 'qwen3', description: 'Quick on any machine.', variant: small },
];

export const sampleCatalog: readonly CatalogModel[] = [
  {
    name: 'qwen3',
    description: 'Dense and mixture-of-experts models that reason when they are asked to.',
    abilities: ['completion', 'tools', 'thinking'],
    variants: [
      small,
      variant({ installed: true }),
      variant({ name: 'qwen3:32b', parameterSize: '32.8B', downloadBytes: gib(18.8), memoryBytes: gib(22), fit: 'tight' }),
      variant({ name: 'qwen3:235b', parameterSize: '235B', downloadBytes: gib(132), memoryBytes: gib(140), fit: 'too-large' }),
    ],
  },
];

/** Handlers over a machine that has all of it; every one may be replaced. */
export function localModelsHandlers(changes: Partial<CallHandlers> = {}): Partial<CallHandlers> {
  const pulls = () => ({ items: [...samplePulls] });
  return {
    ...localEngineHandlers(),
    'engine.state': () => runningEngine(),
    'engine.log': () => ({
      items: [{ atMs: 1_780_000_000_000, text: 'level=INFO msg="Listening on 127.0.0.1:51712 (version 0.34.4)"' }],
      file: '/home/ada/.gatehouse/engine/engine.log',
    }),
    'local-models.list': () => ({ items: [...sampleLocalModels()] }),
    'local-models.pulls': pulls,
    'local-models.pull': pulls,
    'local-models.disk': () => sampleDisk,
    'local-models.recommended': () => ({ items: [...sampleRecommended] }),
    'local-models.search': () => ({ items: [...sampleCatalog], catalogDate: '2026-11-20' }),
    ...changes,
  };
}
