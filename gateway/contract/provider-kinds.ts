/**
 * The kinds of providers Gatehouse knows, as data: one entry each, in the file of its group. The names a config may use, what
 * the page shows and how a provider is asked all come from here.
 */
import type { ProviderKindFacts } from './provider-kinds/entry.ts';
import { hosts } from './provider-kinds/hosts.ts';
import { makers } from './provider-kinds/makers.ts';
import { ownServers } from './provider-kinds/own-servers.ts';

export type { KeyStyle, LoadedListShape, ModelListShape, ProviderKindFacts, ProviderQuirks } from './provider-kinds/entry.ts';

const table = { ...makers, ...hosts, ...ownServers };

export type ProviderKind = keyof typeof table;

export const providerKinds: { readonly [Kind in ProviderKind]: ProviderKindFacts } = table;

export function isProviderKind(text: string): text is ProviderKind {
  return Object.hasOwn(table, text);
}

/** Every kind, in the order of the table. */
export const providerKindNames: readonly ProviderKind[] = Object.keys(table).filter(isProviderKind);
