/** Finds models of the catalog by words, and those that suit a machine. Pure. */
import type { MachineFacts } from '../../contract/local-engine/engine.ts';
import type {
  CatalogModel,
  CatalogVariant,
  ModelAbility,
  ModelFit,
  RecommendedModel,
} from '../../contract/local-engine/models.ts';
import { catalog, type CatalogEntry, type CatalogSize } from './catalog.ts';

export interface FindWish {
  readonly text: string;
  readonly ability?: ModelAbility | undefined;
}

/** @param installed names of models that are here */
export function searchCatalog(wish: FindWish, machine: MachineFacts, installed: ReadonlySet<string>): CatalogModel[] {
  const words = wish.text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ name, description, abilities, sizes }: CatalogEntry): boolean => {
    const text = [name, description, ...abilities, ...sizes.map(({ tag }) => `${name}:${tag}`)].join(' ').toLowerCase();
    return words.every((word) => text.includes(word)) && (wish.ability === undefined || abilities.includes(wish.ability));
  };
  return catalog.filter(matches).map((entry) => ({
    name: entry.name,
    description: entry.description,
    abilities: [...entry.abilities],
    variants: entry.sizes.map((one) => variantOf(entry, one, machine, installed)),
  }));
}

function variantOf(
  { name }: CatalogEntry,
  one: CatalogSize,
  machine: MachineFacts,
  installed: ReadonlySet<string>,
): CatalogVariant {
  const full = `${name}:${one.tag}`;
  const { parameterSize, downloadBytes, contextTokens } = one;
  const memoryBytes = memoryNeeded(one);
  const fit = fitOf(memoryBytes, machine);
  return { name: full, parameterSize, downloadBytes, contextTokens, memoryBytes, fit, installed: installed.has(full) };
}

const reckonedContext = 8_192;
/** What an engine needs beside weights and context: buffers for its sums. */
const overheadBytes = 512 * 1_024 ** 2;
/** Of the weights, for a context of the usual size, where layers and heads are not known. */
const unknownContextShare = 0.2;

/** An estimate, rather too high than too low. */
export function memoryNeeded({ downloadBytes, contextTokens, contextBytes }: CatalogSize): number {
  const tokens = Math.min(reckonedContext, contextTokens ?? reckonedContext);
  const context = contextBytes === null ? downloadBytes * unknownContextShare : contextBytes * tokens;
  return Math.round(downloadBytes + context + overheadBytes);
}

/** Of a GPU's memory and of the machine's, so much may be taken; the rest is other programs'. */
const gpuShare = 0.9;
const unifiedShare = 0.67;
const memoryShare = 0.65;
const tightShare = 0.9;

export function fitOf(neededBytes: number, { memoryBytes, gpus, unifiedMemory }: MachineFacts): ModelFit {
  const gpuBytes = gpus.reduce((sum, gpu) => sum + (gpu.memoryBytes ?? 0), 0);
  if (unifiedMemory && neededBytes <= memoryBytes * unifiedShare) return 'gpu';
  if (neededBytes <= gpuBytes * gpuShare) return 'gpu';
  if (neededBytes <= memoryBytes * memoryShare) return 'memory';
  return neededBytes <= memoryBytes * tightShare ? 'tight' : 'too-large';
}

/** For each purpose the best first. A model on the processor alone must be small to be quick enough. */
const choices: readonly { readonly purpose: RecommendedModel['purpose']; readonly names: readonly string[] }[] = [
  { purpose: 'chat', names: ['qwen3.6:35b', 'qwen3.5:9b', 'qwen3.5:4b', 'qwen3.5:2b', 'qwen3:0.6b'] },
  { purpose: 'coding', names: ['qwen3-coder:30b', 'qwen2.5-coder:7b', 'granite4.2:3b', 'qwen2.5-coder:1.5b-base'] },
  { purpose: 'vision', names: ['gemma4:12b', 'qwen3-vl:4b', 'qwen3-vl:2b'] },
  { purpose: 'embedding', names: ['qwen3-embedding:0.6b', 'nomic-embed-text:latest'] },
  { purpose: 'small', names: ['qwen3.5:0.8b', 'qwen3:0.6b'] },
];
const quickEnoughBytes = 8e9;

export function recommendModels(machine: MachineFacts, installed: ReadonlySet<string>): RecommendedModel[] {
  const all = searchCatalog({ text: '' }, machine, installed);
  const suits = ({ fit, memoryBytes }: CatalogVariant): boolean =>
    fit === 'gpu' || (fit === 'memory' && memoryBytes <= quickEnoughBytes);
  return choices.flatMap(({ purpose, names }) => {
    for (const name of names) {
      const model = all.find(({ variants }) => variants.some((one) => one.name === name));
      const variant = model?.variants.find((one) => one.name === name);
      if (model && variant && suits(variant)) return [{ purpose, model: model.name, description: model.description, variant }];
    }
    return [];
  });
}
