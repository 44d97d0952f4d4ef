/** What the form for a new provider holds, and what it comes to. Pure. */
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import type { GivenKey, NewProvider } from '../../stores/providers.ts';

export interface KeyDraft {
  readonly from: 'secret' | 'env';
  readonly secret: string;
  readonly name: string;
}

export interface ProviderDraft {
  readonly kind: ProviderKind;
  readonly id: string;
  readonly baseUrl: string;
  readonly key: KeyDraft;
}

export const emptyKey: KeyDraft = { from: 'secret', secret: '', name: '' };

/** A suggestion for the id of each kind. */
export const suggestedIds: Readonly<Record<ProviderKind, string>> = {
  openai: 'openai',
  openrouter: 'openrouter',
  'openai-compatible': 'local',
  demo: 'demo',
};

/** The key as typed; null when nothing was. */
export function givenKey({ from, secret, name }: KeyDraft): GivenKey | null {
  if (from === 'secret') return secret.trim() === '' ? null : { kind: 'secret', value: secret.trim() };
  return name.trim() === '' ? null : { kind: 'env', name: name.trim() };
}

/** What is still missing, by field, in words; empty when the form can be sent. */
export function missingParts(draft: ProviderDraft): Readonly<Record<string, string>> {
  const facts = providerKinds[draft.kind];
  const missing: Record<string, string> = {};
  if (draft.id.trim() === '') missing.id = 'Give it a name.';
  if (draft.kind === 'openai-compatible' && draft.baseUrl.trim() === '') missing.baseUrl = 'Where does the server answer?';
  if (facts.keyRequired && givenKey(draft.key) === null) missing.keys = `${facts.name} answers only with a key.`;
  return missing;
}

export function newProvider(draft: ProviderDraft): NewProvider {
  const { builtIn } = providerKinds[draft.kind];
  const baseUrl = draft.baseUrl.trim();
  return {
    id: draft.id.trim(),
    kind: draft.kind,
    baseUrl: baseUrl === '' || builtIn ? null : baseUrl,
    key: builtIn ? null : givenKey(draft.key),
  };
}
