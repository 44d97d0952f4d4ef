/** Edits of the config's providers. Pure: each makes a new document out of the one the gateway gave. */
import type { ProviderConfig } from '../../gateway/contract/config.ts';

export type ConfigDocument = Readonly<Record<string, unknown>>;
/** A provider as the document holds it: only what a person or a form wrote. */
export type ProviderEntry = Readonly<Record<string, unknown>> & { readonly id: string };

function isEntry(value: unknown): value is ProviderEntry {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

/** The document's providers; where it names none, those that run by default. */
function entriesOf(document: ConfigDocument, running: readonly ProviderConfig[]): readonly ProviderEntry[] {
  return Array.isArray(document.providers) ? document.providers.filter(isEntry) : running;
}

export function addProvider(document: ConfigDocument, running: readonly ProviderConfig[], entry: ProviderEntry): ConfigDocument {
  return { ...document, providers: [...entriesOf(document, running), entry] };
}

/** Changes fields of one provider; a field set to undefined is left out, so that the default holds again. */
export function changeProvider(
  document: ConfigDocument,
  running: readonly ProviderConfig[],
  id: string,
  changes: Readonly<Record<string, unknown>>,
): ConfigDocument {
  const changed = (entry: ProviderEntry) =>
    Object.fromEntries(Object.entries({ ...entry, ...changes }).filter(([, value]) => value !== undefined));
  return { ...document, providers: entriesOf(document, running).map((entry) => (entry.id === id ? changed(entry) : entry)) };
}

export function removeProvider(document: ConfigDocument, running: readonly ProviderConfig[], id: string): ConfigDocument {
  return { ...document, providers: entriesOf(document, running).filter((entry) => entry.id !== id) };
}

/** `lab-1`, `lab-2`, …: the first name that no secret has. */
export function freeSecretName(providerId: string, taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`${providerId}-${number}`)) number += 1;
  return `${providerId}-${number}`;
}

/** `lab`, `lab-2`, …: the first id that no provider has. */
export function freeProviderId(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  let number = 2;
  while (taken.includes(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}

/**
 * The part of a config field's path that a provider's form knows: `providers.3.baseUrl` → `baseUrl`.
 * @returns null when the field lies elsewhere
 */
export function providerField(field: string | undefined): string | null {
  return /^providers\.\d+\.([^.]+)/.exec(field ?? '')?.[1] ?? null;
}
