/** The providers Gatehouse knows, as data: what a config entry of each kind begins with. */
import type { DialectName, ProviderKind } from '../contract/config.ts';
import { type ProviderKindFacts, providerKinds } from '../contract/provider-kinds.ts';

/** How a key travels: as `Authorization: Bearer`, or not at all. */
export type KeyStyle = 'bearer' | 'none';

export interface CatalogEntry extends ProviderKindFacts {
  readonly kind: ProviderKind;
  readonly keyStyle: KeyStyle;
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
} as const;

export const catalog: { readonly [Kind in ProviderKind]: CatalogEntry & { readonly kind: Kind } } = {
  openai: {
    ...openAiShape,
    ...providerKinds.openai,
    kind: 'openai',
    passedHeaders: ['openai-beta', 'openai-organization', 'openai-project'],
  },
  'openai-compatible': { ...openAiShape, ...providerKinds['openai-compatible'], kind: 'openai-compatible' },
  openrouter: {
    ...openAiShape,
    ...providerKinds.openrouter,
    kind: 'openrouter',
    // Its model list is public, so only this path tells a wrong key.
    keyCheckPath: '/key',
    passedHeaders: ['http-referer'],
    // The name its activity page shows for these requests.
    extraHeaders: [['x-title', 'Gatehouse']],
  },
  demo: { ...openAiShape, ...providerKinds.demo, kind: 'demo', keyStyle: 'none' },
};
