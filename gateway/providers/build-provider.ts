/** Makes a provider from its catalog kind and its config entry. */
import type { DialectName, ProviderConfig, ProviderKind, Timeouts } from '../contract/config.ts';
import { type KeyStyle, catalog } from './catalog.ts';

/** Milliseconds, for one attempt. */
export type ProviderTimeouts = Pick<Timeouts, 'connectMs' | 'firstByteMs' | 'idleMs'>;

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
  readonly streamUsage: boolean;
  readonly timeouts: ProviderTimeouts;
  readonly builtIn: boolean;
}

/**
 * What the entry says goes before the catalog, and its timeouts before the common ones.
 * @throws Error when an entry of a kind without an address names none; a checked config never does
 */
export function buildProvider(config: ProviderConfig, timeouts: Timeouts): Provider {
  const entry = catalog[config.kind];
  return {
    id: config.id,
    kind: config.kind,
    name: entry.name,
    enabled: config.enabled,
    ...(entry.builtIn ? { origin: '', basePath: '' } : splitBaseUrl(config.baseUrl ?? entry.baseUrl, config.id)),
    dialects: config.dialects ?? entry.dialects,
    keyReferences: entry.keyStyle === 'none' ? [] : config.keys,
    keyRequired: entry.keyRequired,
    keyStyle: entry.keyStyle,
    listedModels: config.models ?? null,
    modelsPath: entry.modelsPath,
    keyCheckPath: entry.keyCheckPath,
    extraHeaders: entry.extraHeaders,
    streamUsage: entry.streamUsage,
    timeouts: mergeTimeouts(timeouts, config.timeouts ?? {}),
    builtIn: entry.builtIn,
  };
}

function splitBaseUrl(baseUrl: string | null, id: string): { readonly origin: string; readonly basePath: string } {
  if (baseUrl === null) throw new Error(`The provider "${id}" has no address; give it a baseUrl.`);
  const url = new URL(baseUrl);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

function mergeTimeouts(common: Timeouts, own: NonNullable<ProviderConfig['timeouts']>): ProviderTimeouts {
  return {
    connectMs: own.connectMs ?? common.connectMs,
    firstByteMs: own.firstByteMs ?? common.firstByteMs,
    idleMs: own.idleMs ?? common.idleMs,
  };
}
