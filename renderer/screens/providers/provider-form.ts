/** What the form for a new provider holds, and what it comes to. Pure. */
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import type { GivenKey } from '../../stores/kept-secrets.ts';
import type { NewProvider } from '../../stores/providers.ts';

export interface KeyDraft {
  readonly from: 'secret' | 'env';
  readonly secret: string;
  readonly name: string;
}

export interface ProviderDraft {
  readonly kind: ProviderKind;
  readonly id: string;
  readonly baseUrl: string;
  readonly apiVersion: string;
  /** Names with commas or line breaks between them. */
  readonly models: string;
  readonly key: KeyDraft;
}

export const emptyKey: KeyDraft = { from: 'secret', secret: '', name: '' };

/** A suggestion for the id of each kind. */
export function suggestedId(kind: ProviderKind): string {
  return providerKinds[kind].group === 'compatible' ? 'local' : kind;
}

/** Must the form ask for an address? */
export function needsAddress(kind: ProviderKind): boolean {
  const { baseUrl, builtIn } = providerKinds[kind];
  return baseUrl === null && !builtIn;
}

/** Must the form ask for names of models? Where no list tells any. */
export function needsModels(kind: ProviderKind): boolean {
  const { modelList, knownModels, builtIn } = providerKinds[kind];
  return modelList === null && knownModels.length === 0 && !builtIn;
}

/** The key as typed; null when nothing was. */
export function givenKey({ from, secret, name }: KeyDraft): GivenKey | null {
  if (from === 'secret') return secret.trim() === '' ? null : { kind: 'secret', value: secret.trim() };
  return name.trim() === '' ? null : { kind: 'env', name: name.trim() };
}

function givenModels(text: string): readonly string[] {
  return [...new Set(text.split(/[,\n]/).map((name) => name.trim()))].filter((name) => name !== '');
}

/** What is still missing, by field, in words; empty when the form can be sent. */
export function missingParts(draft: ProviderDraft): Readonly<Record<string, string>> {
  const facts = providerKinds[draft.kind];
  const missing: Record<string, string> = {};
  if (draft.id.trim() === '') missing.id = 'Give it a name.';
  if (needsAddress(draft.kind) && draft.baseUrl.trim() === '') missing.baseUrl = 'Where does the server answer?';
  if (needsModels(draft.kind) && givenModels(draft.models).length === 0)
    missing.models = 'Name at least one; it has no list of them.';
  if (facts.keyRequired && givenKey(draft.key) === null) missing.keys = `${facts.name} answers only with a key.`;
  return missing;
}

export function newProvider(draft: ProviderDraft): NewProvider {
  const { builtIn, takesApiVersion } = providerKinds[draft.kind];
  const baseUrl = draft.baseUrl.trim();
  const apiVersion = draft.apiVersion.trim();
  const models = givenModels(draft.models);
  return {
    id: draft.id.trim(),
    kind: draft.kind,
    baseUrl: baseUrl === '' || builtIn ? null : baseUrl,
    apiVersion: takesApiVersion && apiVersion !== '' ? apiVersion : null,
    models: needsModels(draft.kind) && models.length > 0 ? models : null,
    key: builtIn ? null : givenKey(draft.key),
  };
}
