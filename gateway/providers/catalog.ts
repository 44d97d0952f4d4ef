/** The providers Gatehouse knows, as data: what a config entry of each kind begins with. */
import type { DialectName, ProviderKind } from '../contract/config.ts';

/** How a key travels: as `Authorization: Bearer`, or not at all. */
export type KeyStyle = 'bearer' | 'none';

export interface CatalogEntry {
  readonly kind: ProviderKind;
  /** For people. */
  readonly name: string;
  /** Null where every entry names its own address, or where there is none. */
  readonly baseUrl: string | null;
  readonly keyStyle: KeyStyle;
  readonly keyRequired: boolean;
  readonly dialects: readonly DialectName[];
  /** Joined to the base URL: lists the models. */
  readonly modelsPath: string;
  /** Joined to the base URL: answers 401 to a wrong key and costs no tokens. */
  readonly keyCheckPath: string;
  /** Sent with every request: name, value. */
  readonly extraHeaders: readonly (readonly [name: string, value: string])[];
  /** Which of a client's own headers mean something there and go on to it; no other does. */
  readonly passedHeaders: readonly string[];
  /** May a stream be asked for its usage (`stream_options.include_usage`)? */
  readonly streamUsage: boolean;
  /** Answered inside the gateway, without a network. */
  readonly builtIn: boolean;
}

const openAiDialects: readonly DialectName[] = ['openai-chat', 'openai-completions', 'openai-embeddings'];

const openAiShape = {
  dialects: openAiDialects,
  keyStyle: 'bearer',
  modelsPath: '/models',
  keyCheckPath: '/models',
  extraHeaders: [],
  passedHeaders: ['openai-beta'],
  streamUsage: true,
  builtIn: false,
} as const;

export const catalog: { readonly [Kind in ProviderKind]: CatalogEntry & { readonly kind: Kind } } = {
  openai: {
    ...openAiShape,
    kind: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    passedHeaders: ['openai-beta', 'openai-organization', 'openai-project'],
    keyRequired: true,
  },
  'openai-compatible': {
    ...openAiShape,
    kind: 'openai-compatible',
    name: 'OpenAI-compatible server',
    baseUrl: null,
    keyRequired: false,
  },
  openrouter: {
    ...openAiShape,
    kind: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyRequired: true,
    // Its model list is public, so only this path tells a wrong key.
    keyCheckPath: '/key',
    passedHeaders: ['http-referer'],
    // The name its activity page shows for these requests.
    extraHeaders: [['x-title', 'Gatehouse']],
  },
  demo: {
    ...openAiShape,
    kind: 'demo',
    name: 'Built-in demo',
    baseUrl: null,
    keyStyle: 'none',
    keyRequired: false,
    builtIn: true,
  },
};
