/** Makes a provider from its catalog kind and its config entry. */
import type { DialectName, ProviderConfig, ProviderKind, Timeouts } from '../contract/config.ts';
import type { WireQuirks } from '../dialects/codec.ts';
import { type KeyStyle, catalog } from './catalog.ts';
import { isLocalHost } from './local-address.ts';

/** Milliseconds, for one attempt. */
export interface ProviderTimeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
}

export interface Provider {
  readonly id: string;
  readonly kind: ProviderKind;
  /** For people. */
  readonly name: string;
  readonly enabled: boolean;
  /** `https://api.openai.com`; empty for a built-in provider. */
  readonly origin: string;
  /** `/v1`, or empty: what a dialect's path is joined to. Never ends in a slash. */
  readonly basePath: string;
  readonly dialects: readonly DialectName[];
  readonly keyReferences: readonly string[];
  readonly keyRequired: boolean;
  readonly keyStyle: KeyStyle;
  /** The models the config lists; null when the provider itself is to be asked. */
  readonly listedModels: readonly string[] | null;
  readonly modelsPath: string;
  readonly keyCheckPath: string;
  readonly extraHeaders: readonly (readonly [name: string, value: string])[];
  readonly passedHeaders: readonly string[];
  readonly streamUsage: boolean;
  /** What its own ways change in a request. */
  readonly quirks: WireQuirks;
  /** For a stream, and for questions of our own. */
  readonly timeouts: ProviderTimeouts;
  /** For an answer in one piece. */
  readonly wholeTimeouts: ProviderTimeouts;
  readonly builtIn: boolean;
}

/**
 * What the entry says goes before the catalog, and its timeouts before the common ones.
 * @throws Error when an entry of a kind without an address names none; a checked config never does
 */
export function buildProvider(config: ProviderConfig, timeouts: Timeouts): Provider {
  const entry = catalog[config.kind];
  const address = entry.builtIn ? { origin: '', basePath: '' } : splitBaseUrl(config.baseUrl ?? entry.baseUrl, config.id);
  const ownTimeouts = mergeTimeouts(timeouts, config.timeouts ?? {}, isNear(address.origin));
  return {
    id: config.id,
    kind: config.kind,
    name: entry.name,
    enabled: config.enabled,
    ...address,
    dialects: config.dialects ?? entry.dialects,
    keyReferences: entry.keyStyle === 'none' ? [] : config.keys,
    keyRequired: entry.keyRequired,
    keyStyle: entry.keyStyle,
    listedModels: config.models ?? null,
    modelsPath: entry.modelsPath,
    keyCheckPath: entry.keyCheckPath,
    extraHeaders: entry.extraHeaders,
    passedHeaders: entry.passedHeaders,
    streamUsage: config.streamUsage ?? entry.streamUsage,
    quirks: {},
    timeouts: ownTimeouts,
    // Its head comes when the model has finished; the request's own deadline is always sooner than this.
    wholeTimeouts: { ...ownTimeouts, firstByteMs: 2 * timeouts.totalMs },
    builtIn: entry.builtIn,
  };
}

function splitBaseUrl(baseUrl: string | null, id: string): { readonly origin: string; readonly basePath: string } {
  if (baseUrl === null) throw new Error(`The provider "${id}" has no address; give it a baseUrl.`);
  const url = new URL(baseUrl);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

/** A server nearby may first have to load its model, and then think at its own pace. */
const nearTimeouts = { firstByteMs: 300_000, idleMs: 120_000 };
const farTimeouts = { firstByteMs: 60_000, idleMs: 60_000 };

function isNear(origin: string): boolean {
  return origin !== '' && isLocalHost(new URL(origin).hostname);
}

function mergeTimeouts(common: Timeouts, own: NonNullable<ProviderConfig['timeouts']>, near: boolean): ProviderTimeouts {
  const usual = near ? nearTimeouts : farTimeouts;
  return {
    connectMs: own.connectMs ?? common.connectMs,
    firstByteMs: own.firstByteMs ?? common.firstByteMs ?? usual.firstByteMs,
    idleMs: own.idleMs ?? common.idleMs ?? usual.idleMs,
  };
}
