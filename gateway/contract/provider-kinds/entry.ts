/** What is known of a kind of provider, and what most have in common. Data only: no secret, nothing of one person's config. */
import type { DialectName, EndpointName } from '../dialect-names.ts';

/** How a key travels: as `Authorization: Bearer`, in a header of that name, or not at all. */
export const keyStyles = ['bearer', 'x-api-key', 'api-key', 'x-goog-api-key', 'none'] as const;
export type KeyStyle = (typeof keyStyles)[number];

/** How a list of models is written, and how its next page is asked for. */
export type ModelListShape = 'openai' | 'anthropic' | 'gemini' | 'ollama' | 'cohere';

/** How a server tells which models it has in memory. An `ollama` one also loads a model when an empty request asks for it. */
export type LoadedListShape = 'ollama' | 'lm-studio' | 'llama-cpp';

/** What a provider's own ways change in a request written for it. The dialects' writers say what each means. */
export interface ProviderQuirks {
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  readonly systemRole?: 'system' | 'developer';
  readonly noStreamOptions?: boolean;
  readonly refusedFields?: readonly string[];
}

export interface ProviderKindFacts {
  /** For people. */
  readonly name: string;
  /** Where a list of kinds shows it. */
  readonly group: 'cloud' | 'local' | 'compatible' | 'built-in';
  /** Its sign: one to three letters, and the hue (0–359) of the ground they stand on. */
  readonly monogram: string;
  readonly hue: number;
  /** Null where every entry names its own address, or where there is none. */
  readonly baseUrl: string | null;
  /** What an address looks like. */
  readonly baseUrlExample: string;
  readonly keyRequired: boolean;
  readonly keyStyle: KeyStyle;
  /** The environment variable in which its own programs look for a key. */
  readonly keyVariable: string | null;
  /** Where a person gets a key. */
  readonly keyPageUrl: string | null;
  readonly docsUrl: string | null;
  readonly dialects: readonly DialectName[];
  /**
   * Base paths that are not the base URL's own: they take the place of the base URL's path (or, where that is empty, of a
   * version such as `/v1` that a person wrote), and the format's or endpoint's path follows.
   */
  readonly paths: Readonly<Partial<Record<DialectName | EndpointName, string>>>;
  /**
   * Where models are listed: a path under the base URL, or a whole `https:` address (asked only while the base URL is the
   * kind's own). Null where there is no list.
   */
  readonly modelList: { readonly path: string; readonly shape: ModelListShape } | null;
  /** Where a server tells which models it has in memory: a path after its host. Null where it does not tell. */
  readonly loadedList: { readonly path: string; readonly shape: LoadedListShape } | null;
  /** Stands in for a list that does not exist. */
  readonly knownModels: readonly string[];
  /** As in `modelList`: answers 401 or the like to a wrong key and costs nothing. Null where nothing free tells one. */
  readonly keyCheckPath: string | null;
  /** Sent with every request: name, value. */
  readonly extraHeaders: readonly (readonly [name: string, value: string])[];
  /** Which of a client's own headers mean something there, beside those of the format. */
  readonly passedHeaders: readonly string[];
  readonly quirks: ProviderQuirks;
  /** Offered in OpenAI's shape, unless the provider's documentation says otherwise; `rerank` in Cohere's. */
  readonly endpoints: readonly EndpointName[];
  /** Does an entry of this kind take an `apiVersion`? */
  readonly takesApiVersion: boolean;
  /** Answered inside the gateway, without key or network. */
  readonly builtIn: boolean;
}

/** What an entry writes down: its name and sign, and whatever differs from its group. */
type Given = Partial<ProviderKindFacts> & Pick<ProviderKindFacts, 'name' | 'monogram' | 'hue'>;

/** What nearly every server that follows OpenAI understands. */
const portable: ProviderQuirks = { maxTokensField: 'max_tokens', systemRole: 'system' };

const inGeneral = {
  baseUrl: null,
  baseUrlExample: 'https://api.example.com/v1',
  keyStyle: 'bearer',
  keyVariable: null,
  keyPageUrl: null,
  docsUrl: null,
  dialects: ['openai-chat'],
  paths: {},
  modelList: { path: '/models', shape: 'openai' },
  loadedList: null,
  knownModels: [],
  keyCheckPath: '/models',
  extraHeaders: [],
  passedHeaders: [],
  quirks: portable,
  endpoints: [],
  takesApiVersion: false,
  builtIn: false,
} satisfies Partial<ProviderKindFacts>;

/** A service on the internet that answers only with a key: OpenAI's chat format, unless the entry says otherwise. */
export function cloudService(given: Given): ProviderKindFacts {
  return { ...inGeneral, group: 'cloud', keyRequired: true, baseUrlExample: given.baseUrl ?? inGeneral.baseUrlExample, ...given };
}

/** A server on this machine or in its network, which rarely asks for a key. */
export function localServer(given: Given): ProviderKindFacts {
  const baseUrlExample = given.baseUrl ?? 'http://127.0.0.1:8000/v1';
  return { ...inGeneral, group: 'local', keyRequired: false, baseUrlExample, ...given };
}

/** Any server that speaks a known format, at an address the entry names. */
export function compatibleServer(given: Given): ProviderKindFacts {
  return { ...inGeneral, group: 'compatible', keyRequired: false, ...given };
}
