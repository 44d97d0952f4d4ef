/**
 * Models of Ollama's library that Gatehouse tells of without asking anybody. Sizes are those of the library's own manifests; what
 * no source says is left out rather than guessed. How it is kept up is told in the folder's README.
 */
import type { ModelAbility } from '../../contract/local-engine/models.ts';

/** When the manifests were read. */
export const catalogDate = '2026-09-08';

export interface CatalogSize {
  readonly tag: string;
  readonly parameterSize: string;
  readonly downloadBytes: number;
  /** Null where no source says it. */
  readonly contextTokens: number | null;
  /** What one token of context takes in memory, by layers and heads; null where they are not known. */
  readonly contextBytes: number | null;
}

export interface CatalogEntry {
  readonly name: string;
  readonly description: string;
  readonly abilities: readonly ModelAbility[];
  readonly sizes: readonly CatalogSize[];
}

function size(
  tag: string,
  parameterSize: string,
  downloadBytes: number,
  contextTokens: number | null,
  contextBytes: number | null,
): CatalogSize {
  return { tag, parameterSize, downloadBytes, contextTokens, contextBytes };
}

/** Of attention in half precision: keys and values of every layer. */
const perToken = (layers: number, heads: number, headSize: number): number => 4 * layers * heads * headSize;

export const catalog: readonly CatalogEntry[] = [
  {
    name: 'qwen3.5',
    description: 'All-round models for everyday questions that read images and can think before they answer.',
    abilities: ['completion', 'vision', 'tools', 'thinking'],
    sizes: [
      size('0.8b', '0.9B', 1_036_046_583, 262_144, perToken(6, 2, 256)),
      size('2b', '2.3B', 2_741_192_820, 262_144, perToken(6, 2, 256)),
      size('4b', '4.7B', 3_389_983_735, 262_144, perToken(8, 4, 256)),
      size('9b', '9.7B', 6_594_474_711, 262_144, perToken(8, 4, 256)),
    ],
  },
  {
    name: 'qwen3',
    description: 'Text models in many sizes that use tools and can think before they answer.',
    abilities: ['completion', 'tools', 'thinking'],
    sizes: [
      size('0.6b', '0.8B', 522_653_767, 40_960, perToken(28, 8, 128)),
      size('1.7b', '2.0B', 1_359_293_444, 40_960, perToken(28, 8, 128)),
      size('4b', '4.0B', 2_497_293_931, 262_144, perToken(36, 8, 128)),
      size('8b', '8.2B', 5_225_388_164, 40_960, perToken(36, 8, 128)),
    ],
  },
  {
    name: 'qwen3.6',
    description: 'Large models for long programs, documents and images; for machines with much memory.',
    abilities: ['completion', 'vision', 'thinking'],
    sizes: [
      size('27b', '27.3B', 17_769_076_933, 262_144, perToken(65, 4, 256)),
      size('35b', '35.5B', 22_621_314_381, 262_144, perToken(41, 2, 256)),
    ],
  },
  {
    name: 'qwen3-coder',
    description: 'Writes and changes programs as an agent does; quick for its size, since few of its parts work at a time.',
    abilities: ['completion', 'tools'],
    sizes: [size('30b', '30.5B', 18_556_700_761, 262_144, perToken(48, 4, 128))],
  },
  {
    name: 'qwen2.5-coder',
    description: 'Writes, explains and completes program text, also in the middle of a file.',
    abilities: ['completion', 'tools', 'insert'],
    sizes: [
      size('1.5b-base', '1.5B', 986_060_385, 32_768, null),
      size('7b', '7.6B', 4_683_087_561, 32_768, perToken(28, 4, 128)),
    ],
  },
  {
    name: 'qwen3-vl',
    description: 'Reads images: photographs, screenshots, tables and handwriting.',
    abilities: ['completion', 'vision', 'thinking'],
    sizes: [
      size('2b', '2.1B', 1_889_519_687, 262_144, perToken(28, 8, 128)),
      size('4b', '4.4B', 3_295_636_135, 262_144, perToken(36, 8, 128)),
    ],
  },
  {
    name: 'gemma4',
    description: "Google's open models for text and images.",
    abilities: ['completion', 'vision', 'thinking'],
    sizes: [
      size('e2b', '5.1B', 7_162_405_886, 131_072, perToken(35, 1, 512)),
      size('e4b', '8.0B', 9_608_350_718, 131_072, perToken(42, 2, 512)),
      size('12b', '11.9B', 7_556_508_396, 262_144, null),
    ],
  },
  {
    name: 'gemma3',
    description: "Google's earlier open models for text and images.",
    abilities: ['completion', 'vision'],
    sizes: [
      size('4b', '4.3B', 3_338_801_804, 131_072, perToken(34, 4, 256)),
      size('12b', '12.2B', 8_149_190_253, 131_072, null),
      size('27b', '27.4B', 17_396_936_941, 131_072, null),
    ],
  },
  {
    name: 'gpt-oss',
    description: "OpenAI's open model for reasoning and tools.",
    abilities: ['completion', 'tools', 'thinking'],
    sizes: [size('20b', '20.9B', 13_793_441_244, 131_072, null)],
  },
  {
    name: 'ministral-3',
    description: "Mistral's compact models for text and images on one's own machine.",
    abilities: ['completion', 'vision'],
    sizes: [
      size('3b', '3.8B', 2_953_840_808, 262_144, perToken(26, 8, 128)),
      size('8b', '8.9B', 6_022_236_616, 262_144, perToken(34, 8, 128)),
    ],
  },
  {
    name: 'granite4.2',
    description: "IBM's models for questions, extraction and programs.",
    abilities: ['completion', 'thinking'],
    sizes: [
      size('3b', '3.7B', 2_244_023_965, 131_072, perToken(40, 8, 64)),
      size('8b', '8.8B', 5_347_929_757, 131_072, perToken(40, 8, 128)),
    ],
  },
  {
    name: 'llama3.1',
    description: "Meta's widely used text model.",
    abilities: ['completion', 'tools'],
    sizes: [size('8b', '8.0B', 4_920_753_328, 131_072, null)],
  },
  {
    name: 'llama3.2',
    description: "Meta's small text model.",
    abilities: ['completion', 'tools'],
    sizes: [size('3b', '3.2B', 2_019_393_189, null, null)],
  },
  {
    name: 'qwen3-embedding',
    description: 'Makes vectors of texts in many languages, for search.',
    abilities: ['embedding'],
    sizes: [size('0.6b', '0.6B', 639_150_858, null, null)],
  },
  {
    name: 'nomic-embed-text',
    description: 'Makes vectors of texts, for search; small and quick.',
    abilities: ['embedding'],
    sizes: [size('latest', '0.1B', 274_302_450, 2_048, null)],
  },
];
