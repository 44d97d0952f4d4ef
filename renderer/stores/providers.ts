/** Adds, changes and removes providers: secrets first, then the config, and nothing left over when it is refused. */
import { create } from 'zustand';
import type { CallOutput, KeyStanding, ProviderCheck } from '../../gateway/contract/calls.ts';
import type { ProviderConfig, ProviderKind } from '../../gateway/contract/config.ts';
import { keyReference, type ProviderKey } from '../../gateway/contract/provider-keys.ts';
import { control } from '../control.ts';
import { applyEdit } from './apply-edit.ts';
import { addProvider, changeProvider, type ProviderEntry, removeProvider } from './edit-providers.ts';
import { forgetUnusedSecrets, type GivenKey, withKey } from './kept-secrets.ts';
import { messageOf } from './message-of.ts';

export type ModelsAnswer = CallOutput<'providers.models'>;

/** What was found out about a provider; null while it is being asked for the first time. */
export interface ProviderFacts {
  readonly check: ProviderCheck | null;
  readonly checking: boolean;
  readonly models: ModelsAnswer | null;
  readonly modelsError: string | null;
  /** Which of its keys rest at present, by reference. */
  readonly standings: Readonly<Record<string, KeyStanding>>;
}

export const unknownFacts: ProviderFacts = { check: null, checking: false, models: null, modelsError: null, standings: {} };
export const useProviders = create<{ readonly facts: Readonly<Record<string, ProviderFacts>> }>(() => ({ facts: {} }));

function note(id: string, facts: Partial<ProviderFacts>): void {
  useProviders.setState((state) => ({ facts: { ...state.facts, [id]: { ...unknownFacts, ...state.facts[id], ...facts } } }));
}

/** Asks the provider a free question, and for its models. */
export async function checkProvider(id: string): Promise<void> {
  note(id, { checking: true });
  try {
    note(id, { check: await control.call('providers.check', { id }) });
  } catch (error) {
    note(id, { check: { ok: false, outcome: 'failed', message: messageOf(error), models: null, durationMs: 0 } });
  }
  await readModels(id);
  note(id, { checking: false });
  await readStandings(id);
}

export async function readModels(id: string): Promise<void> {
  try {
    note(id, { models: await control.call('providers.models', { id }), modelsError: null });
  } catch (error) {
    note(id, { modelsError: messageOf(error) });
  }
}

/** Takes the list as it is shown for seen: later ones are compared with it. @throws CallError */
export async function acceptModels(id: string): Promise<void> {
  note(id, { models: await control.call('providers.models', { id, refresh: false, accept: true }), modelsError: null });
}

/** Which keys rest. It is a detail: when it cannot be had, none is shown as resting. */
export async function readStandings(id: string): Promise<void> {
  const { items } = await control.call('providers.keys', { id }).catch(() => ({ items: [] }));
  note(id, { standings: Object.fromEntries(items.map((standing) => [standing.reference, standing])) });
}

export interface NewProvider {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string | null;
  readonly apiVersion: string | null;
  readonly models: readonly string[] | null;
  readonly key: GivenKey | null;
}

export async function createProvider({ id, kind, key, ...optional }: NewProvider): Promise<void> {
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null));
  const entry: ProviderEntry = { id, kind, ...given };
  const add = (keys: readonly string[]) =>
    applyEdit((document, running) => addProvider(document, running, keys.length > 0 ? { ...entry, keys } : entry));
  if (key) await withKey(id, key, (reference) => add([reference]));
  else await add([]);
  void checkProvider(id);
}

export async function updateProvider(id: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  await applyEdit((document, running) => changeProvider(document, running, id, changes));
  if (changes.enabled !== false) void checkProvider(id);
}

export async function addProviderKey(provider: ProviderConfig, key: GivenKey): Promise<void> {
  await withKey(provider.id, key, (reference) => updateProvider(provider.id, { keys: [...provider.keys, reference] }));
}

/** Takes a key out of the config, and its secret out of the vault when nobody else uses it. */
export async function removeProviderKey(provider: ProviderConfig, reference: string): Promise<void> {
  const rest = provider.keys.filter((key) => keyReference(key) !== reference);
  await updateProvider(provider.id, { keys: rest.length > 0 ? rest : undefined });
  await forgetUnusedSecrets([reference]);
}

export async function deleteProvider(provider: ProviderConfig): Promise<void> {
  await applyEdit((document, running) => removeProvider(document, running, provider.id));
  useProviders.setState(({ facts }) => ({
    facts: Object.fromEntries(Object.entries(facts).filter(([id]) => id !== provider.id)),
  }));
  await forgetUnusedSecrets(provider.keys.map(keyReference));
}

/** Sets a key's share among its provider's; one of 1 is written as the reference alone. */
export async function weighProviderKey(provider: ProviderConfig, reference: string, weight: number): Promise<void> {
  const weighed = (key: ProviderKey) =>
    keyReference(key) !== reference ? key : weight === 1 ? reference : { ref: reference, weight };
  await updateProvider(provider.id, { keys: provider.keys.map(weighed) });
}
