/** Makes a provider from what its kind is known for and what its config entry says. */
import type { DialectName as ApiFamily, EndpointName } from '../contract/dialect-names.ts';
import type { ProviderConfig, ProviderKind, Timeouts } from '../contract/config.ts';
import { keyReference, keyWeight } from '../contract/provider-keys.ts';
import { type KeyStyle, type ModelListShape, type ProviderKindFacts, providerKinds } from '../contract/provider-kinds.ts';
import type { WireQuirks } from '../dialects/codec.ts';
import type { DialectName } from '../dialects/dialect.ts';
import { basePathFor, pathOf } from './base-paths.ts';
import { isLocalHost, isLoopback } from './local-address.ts';
import type { ModelOptions } from './model-options.ts';

/** Milliseconds, for one attempt. */
export interface ProviderTimeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
}

/** Where a question is asked: path and query. */
export interface Place {
  readonly origin: string;
  readonly path: string;
}

export interface WeightedKey {
  readonly reference: string;
  /** 1 to 100. */
  readonly weight: number;
}

export interface Provider {
  readonly id: string;
  readonly kind: ProviderKind;
  /** For people. */
  readonly name: string;
  readonly enabled: boolean;
  /** `https://api.openai.com`; empty for a built-in provider. */
  readonly origin: string;
  /** `/v1`, or empty: what the first format's paths are joined to. Never ends in a slash. */
  readonly basePath: string;
  /** Every wire format it speaks, and by their names the endpoints that it offers beside chat and embeddings. */
  readonly dialects: readonly DialectName[];
  /** By format or endpoint: what its path is joined to. */
  readonly basePaths: Readonly<Partial<Record<DialectName | EndpointName, string>>>;
  /** Set where an address names the deployment and this version (Azure's older form). */
  readonly apiVersion: string | null;
  readonly quirks: WireQuirks;
  readonly keys: readonly WeightedKey[];
  /** The same keys without their weights. */
  readonly keyReferences: readonly string[];
  readonly keyRequired: boolean;
  readonly keyStyle: KeyStyle;
  /** The models the config lists; null when the provider itself is to be asked. */
  readonly listedModels: readonly string[] | null;
  /** Stands in for a list that does not exist. */
  readonly knownModels: readonly string[];
  /** Where it lists its models; null where it does not. */
  readonly modelList: (Place & { readonly shape: ModelListShape }) | null;
  /** Where a wrong key is refused for free; null where nothing is known that does. */
  readonly keyCheck: Place | null;
  readonly extraHeaders: readonly (readonly [name: string, value: string])[];
  readonly passedHeaders: readonly string[];
  /** May a stream be asked for its usage (`stream_options.include_usage`)? */
  readonly streamUsage: boolean;
  /** For a stream, and for questions of our own. */
  readonly timeouts: ProviderTimeouts;
  /** For an answer in one piece. */
  readonly wholeTimeouts: ProviderTimeouts;
  readonly builtIn: boolean;
  /** Does what it is sent stay on this machine, as far as the config can know? */
  readonly isHere: boolean;
  /** What its models are asked with beside; null for nearly every provider. */
  readonly modelOptions: ModelOptions | null;
}

/**
 * What the entry says goes before what its kind is known for, and its timeouts before the common ones.
 * @throws Error when an entry of a kind without an address names none; a checked config never does
 */
export function buildProvider(config: ProviderConfig, timeouts: Timeouts): Provider {
  const facts = providerKinds[config.kind];
  const address = facts.builtIn ? null : addressOf(config, facts);
  const families = config.dialects ?? facts.dialects;
  const keyStyle = config.keyStyle ?? facts.keyStyle;
  const keys = keyStyle === 'none' ? [] : config.keys.map((key) => ({ reference: keyReference(key), weight: keyWeight(key) }));
  const streamUsage = config.streamUsage ?? facts.quirks.noStreamOptions !== true;
  const ownTimeouts = mergeTimeouts(timeouts, config.timeouts ?? {}, address !== null && isLocalHost(address.hostName));
  return {
    id: config.id,
    kind: config.kind,
    name: facts.name,
    enabled: config.enabled,
    origin: address?.origin ?? '',
    ...placesOf(config, facts, address, families),
    dialects: [...families.flatMap(wireDialects), ...facts.endpoints],
    apiVersion: config.apiVersion ?? null,
    quirks: { ...facts.quirks, noStreamOptions: !streamUsage },
    keys,
    keyReferences: keys.map(({ reference }) => reference),
    keyRequired: facts.keyRequired && keyStyle !== 'none',
    keyStyle,
    listedModels: config.models ?? null,
    knownModels: facts.knownModels,
    extraHeaders: facts.extraHeaders,
    passedHeaders: facts.passedHeaders,
    streamUsage,
    timeouts: ownTimeouts,
    // Its head comes when the model has finished; the request's own deadline is always sooner than this.
    wholeTimeouts: { ...ownTimeouts, firstByteMs: 2 * timeouts.totalMs },
    builtIn: facts.builtIn,
    modelOptions: null,
    isHere: address === null || (isLoopback(address.hostName) && config.forwards !== true),
  };
}

/** The wire formats that an API family consists of. */
function wireDialects(family: ApiFamily): readonly DialectName[] {
  if (family === 'openai-responses') return ['openai-responses', 'openai-input-tokens'];
  if (family === 'anthropic-messages') return ['anthropic-messages', 'anthropic-count-tokens'];
  if (family === 'gemini') return ['gemini', 'gemini-count-tokens', 'gemini-embeddings', 'gemini-batch-embeddings'];
  if (family === 'ollama') return ['ollama', 'ollama-generate', 'ollama-embeddings', 'ollama-legacy-embeddings'];
  return [family];
}

interface Address {
  readonly origin: string;
  readonly hostName: string;
  readonly path: string;
  /** Is it the kind's own, to which whole addresses of the kind belong? */
  readonly isUsual: boolean;
}

function addressOf({ id, kind, baseUrl, apiVersion }: ProviderConfig, facts: ProviderKindFacts): Address {
  const written = baseUrl ?? facts.baseUrl;
  if (written === null) throw new Error(`The provider "${id}" has no address; give it a baseUrl.`);
  const { origin, hostname } = new URL(written);
  const path = kind === 'azure-openai' ? azurePath(pathOf(written), apiVersion) : pathOf(written);
  const isUsual = facts.baseUrl !== null && origin === new URL(facts.baseUrl).origin;
  return { origin, hostName: hostname, path, isUsual };
}

/** `/openai/v1`, or with a version `/openai`, however much of it was written after the resource's name. */
function azurePath(path: string, apiVersion: string | undefined): string {
  const root = path.replace(/\/openai(?:\/v1|\/deployments(?:\/[^/]+)?)?$/, '');
  return apiVersion === undefined ? `${root}/openai/v1` : `${root}/openai`;
}

type Places = Pick<Provider, 'basePath' | 'basePaths' | 'modelList' | 'keyCheck'>;

function placesOf(
  config: ProviderConfig,
  facts: ProviderKindFacts,
  address: Address | null,
  families: readonly ApiFamily[],
): Places {
  if (address === null) return { basePath: '', basePaths: {}, modelList: null, keyCheck: null };
  const basePathOf = (name: ApiFamily | EndpointName) => basePathFor(name, address.path, facts);
  const listBase = basePathOf(facts.modelList ? (listFamilies[facts.modelList.shape] ?? 'openai-chat') : 'openai-chat');
  const query = config.apiVersion === undefined ? '' : `?api-version=${config.apiVersion}`;
  const ask = (path: string): Place => placeOf(path, address, listBase, query);
  const endpointBase = (name: EndpointName) => (facts.paths[name] === undefined ? basePathOf('openai-chat') : basePathOf(name));
  return {
    basePath: basePathOf(families[0] ?? 'openai-chat'),
    basePaths: Object.fromEntries([
      ...families.flatMap((family) => wireDialects(family).map((name) => [name, basePathOf(family)] as const)),
      ...facts.endpoints.map((name) => [name, endpointBase(name)] as const),
    ]),
    modelList: facts.modelList && { ...ask(facts.modelList.path), shape: shapeAt(facts.modelList, address) },
    keyCheck: facts.keyCheckPath === null ? null : ask(facts.keyCheckPath),
  };
}

/** The format among whose paths a list stands. */
const listFamilies: Readonly<Partial<Record<ModelListShape, ApiFamily>>> = {
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
  ollama: 'ollama',
};

/** A whole address is the service's own; behind an address of a person's own the usual place stands in for it. */
function placeOf(path: string, address: Address, base: string, query: string): Place {
  if (path.startsWith('/')) return { origin: address.origin, path: `${base}${path}${query}` };
  if (!address.isUsual) return { origin: address.origin, path: `${base}/models` };
  const { origin, pathname, search } = new URL(path);
  return { origin, path: pathname + search };
}

/** A list in the usual place of somebody's own address has the usual shape. */
function shapeAt({ path, shape }: NonNullable<ProviderKindFacts['modelList']>, { isUsual }: Address): ModelListShape {
  return path.startsWith('/') || isUsual ? shape : 'openai';
}

/** A server nearby may first have to load its model, and then think at its own pace. */
const nearTimeouts = { firstByteMs: 300_000, idleMs: 120_000 };
const farTimeouts = { firstByteMs: 60_000, idleMs: 60_000 };

function mergeTimeouts(common: Timeouts, own: NonNullable<ProviderConfig['timeouts']>, near: boolean): ProviderTimeouts {
  const usual = near ? nearTimeouts : farTimeouts;
  return {
    connectMs: own.connectMs ?? common.connectMs,
    firstByteMs: own.firstByteMs ?? common.firstByteMs ?? usual.firstByteMs,
    idleMs: own.idleMs ?? common.idleMs ?? usual.idleMs,
  };
}
