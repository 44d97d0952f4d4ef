/** The kinds of providers as people know them; the catalog of the gateway begins with these facts. */
import type { ProviderKind } from './config.ts';

export interface ProviderKindFacts {
  /** For people. */
  readonly name: string;
  /** Null where every entry names its own address, or where there is none. */
  readonly baseUrl: string | null;
  readonly keyRequired: boolean;
  /** Where a person gets a key. */
  readonly keyPageUrl: string | null;
  /** Answered inside the gateway, without key or network. */
  readonly builtIn: boolean;
}

export const providerKinds: { readonly [Kind in ProviderKind]: ProviderKindFacts } = {
  openai: {
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyRequired: true,
    keyPageUrl: 'https://platform.openai.com/api-keys',
    builtIn: false,
  },
  openrouter: {
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyRequired: true,
    keyPageUrl: 'https://openrouter.ai/settings/keys',
    builtIn: false,
  },
  'openai-compatible': { name: 'OpenAI-compatible server', baseUrl: null, keyRequired: false, keyPageUrl: null, builtIn: false },
  demo: { name: 'Built-in demo', baseUrl: null, keyRequired: false, keyPageUrl: null, builtIn: true },
};
