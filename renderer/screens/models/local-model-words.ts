/** What people read about models of this machine: what they are, what they can do, whether they are in memory. Pure. */
import type { MachineFacts } from '../../../gateway/contract/local-engine/engine.ts';
import type {
  CatalogVariant,
  LoadedModel,
  LocalModel,
  ModelAbility,
  ModelFit,
  RecommendedModel,
} from '../../../gateway/contract/local-engine/models.ts';
import type { LocalModelOptions } from '../../../gateway/contract/local-engine/settings.ts';
import { formatBytes, formatShare } from '../../components/formats.ts';
import { formatContext } from '../../components/model-words.ts';
import type { Tone } from '../../components/state-badge.tsx';

/** Null where every model of its kind can do it, and nothing needs to be said. */
const abilityWord: Readonly<Record<ModelAbility, string | null>> = {
  completion: null,
  tools: 'tools',
  insert: 'fills in code',
  vision: 'images',
  embedding: 'embeddings',
  thinking: 'reasoning',
  image: 'makes images',
  audio: 'sound',
};

/** A name with its tag: `qwen3` and `qwen3:latest` are one. */
export function withTag(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

export function abilityNames(abilities: readonly ModelAbility[]): readonly string[] {
  return abilities.flatMap((ability) => abilityWord[ability] ?? []);
}

/** Abilities that a search may ask for, with their words. */
export const searchedAbilities = [
  ['tools', 'Tools'],
  ['vision', 'Images'],
  ['thinking', 'Reasoning'],
  ['embedding', 'Embeddings'],
] as const satisfies readonly (readonly [ModelAbility, string])[];

/** `8.2B · Q4_K_M · 41k context · tools, reasoning`; without what is not known. */
export function modelLine({ parameterSize, quantization, contextTokens, abilities }: LocalModel): string {
  const words = [
    parameterSize ?? '',
    quantization ?? '',
    contextTokens === null ? '' : `${formatContext(contextTokens)} context`,
    abilityNames(abilities ?? []).join(', '),
  ];
  return words.filter((part) => part !== '').join(' · ');
}

/** Does it answer a chat? Where the engine does not tell, it is taken for one that does. */
export function canChat({ abilities }: Pick<LocalModel, 'abilities'>): boolean {
  return abilities === null || abilities.includes('completion');
}

/** `unloaded in 4 min 12 s`: whole seconds, since it changes while it is read. */
function unloadWords({ expiresAtMs }: LoadedModel, nowMs: number): string {
  if (expiresAtMs === null) return 'stays loaded';
  const seconds = Math.ceil((expiresAtMs - nowMs) / 1_000);
  if (seconds <= 0) return 'is unloaded now';
  if (seconds < 60) return `unloaded in ${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `unloaded in ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `unloaded in ${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `6.1 GiB of memory, wholly on the GPU, 8k context; unloaded in 4 min 12 s`. */
export function loadedWords(loaded: LoadedModel, nowMs: number): string {
  const { sizeBytes, vramBytes, contextTokens } = loaded;
  const place =
    vramBytes === 0
      ? 'on the processor'
      : vramBytes >= sizeBytes
        ? 'wholly on the GPU'
        : `${formatShare(Math.round((vramBytes / sizeBytes) * 100) / 100)} on the GPU`;
  const context = contextTokens === null ? '' : `, ${formatContext(contextTokens)} context`;
  return `${formatBytes(sizeBytes)} of memory, ${place}${context}; ${unloadWords(loaded, nowMs)}`;
}

/** The options that differ from the engine's own, in words; empty where none does. */
export function optionWords({ contextTokens, keepAlive, gpuLayers, threads, batchTokens }: LocalModelOptions): string {
  const words = [
    contextTokens === undefined ? '' : `${formatContext(contextTokens)} context`,
    keepAlive === undefined
      ? ''
      : keepAlive === '-1'
        ? 'stays loaded'
        : keepAlive === '0'
          ? 'unloaded at once'
          : `kept ${keepAlive}`,
    gpuLayers === undefined ? '' : `${gpuLayers} layers on the GPU`,
    threads === undefined ? '' : `${threads} threads`,
    batchTokens === undefined ? '' : `${batchTokens} tokens at a time`,
  ];
  return words.filter((part) => part !== '').join(', ');
}

export const purposeWords: Readonly<Record<RecommendedModel['purpose'], string>> = {
  chat: 'For chat',
  coding: 'For code',
  vision: 'For images',
  embedding: 'For search',
  small: 'Small and quick',
};

export interface FitWords {
  readonly tone: Tone;
  readonly word: string;
}

/** How it would run on this machine. */
export const fitWords: Readonly<Record<ModelFit, FitWords>> = {
  gpu: { tone: 'good', word: 'Fits the GPU' },
  memory: { tone: 'good', word: 'Fits the memory' },
  tight: { tone: 'warn', word: 'Barely fits' },
  'too-large': { tone: 'bad', word: 'Too large' },
};

/** `8.2B · 4.9 GiB · 41k context · 6.8 GiB of memory`. */
export function variantLine({ parameterSize, downloadBytes, contextTokens, memoryBytes }: CatalogVariant): string {
  const words = [
    parameterSize,
    `${formatBytes(downloadBytes)} to fetch`,
    `${formatBytes(memoryBytes)} of memory`,
    contextTokens === null ? '' : `${formatContext(contextTokens)} context`,
  ];
  return words.filter((part) => part !== '').join(' · ');
}

/** `16.0 GiB of memory, NVIDIA RTX 4070 with 12.0 GiB`: what decides how large a model may be. */
export function machineWords({ memoryBytes, gpus, unifiedMemory }: MachineFacts): string {
  const memory = `${formatBytes(memoryBytes)} of memory`;
  if (unifiedMemory) return `${memory}, shared with the GPU`;
  if (gpus.length === 0) return `${memory}, no GPU known`;
  const names = gpus.map(({ name, memoryBytes: own }) => (own === null ? name : `${name} with ${formatBytes(own)}`));
  return `${memory}, ${names.join(', ')}`;
}
