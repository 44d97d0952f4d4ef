/** Finds which models a provider has: from the config, from what is built in, or by asking it. */
import type { CallOutput, ProviderCheck } from '../contract/calls.ts';
import { providerHeaders } from '../providers/provider-headers.ts';
import { askProvider, type ProviderAccess } from './ask-provider.ts';
import { describeNoList, describeReply, describeUnusableKey, type Finding, type Question } from './describe-reply.ts';
import { readModelList } from './read-model-list.ts';

export interface ModelListing {
  readonly models: readonly { readonly id: string }[];
  readonly source: CallOutput<'providers.models'>['source'];
}

/** Why a provider's models are not known, in words for a person. */
export class ModelListError extends Error {
  readonly outcome: Exclude<ProviderCheck['outcome'], 'ready'>;

  constructor({ outcome, message }: Finding) {
    super(message);
    this.name = 'ModelListError';
    this.outcome = outcome;
  }
}

/**
 * Lists a provider's models; a list in the config goes before everything else.
 * @param builtInModels what a built-in provider offers
 * @throws ModelListError
 */
export async function listModels(access: ProviderAccess, builtInModels: readonly string[] = []): Promise<ModelListing> {
  const { provider } = access;
  if (provider.listedModels !== null) return listing(provider.listedModels, 'config');
  if (provider.builtIn) return listing(builtInModels, 'built-in');
  const found = await askForModels(access, provider.modelsPath);
  if (!found.ok) throw new ModelListError(found.finding);
  return listing(found.ids, 'provider');
}

export type Found = { readonly ok: true; readonly ids: readonly string[] } | { readonly ok: false; readonly finding: Finding };

/** Asks for the list at a path under the base URL. */
export async function askForModels(access: ProviderAccess, path: string): Promise<Found> {
  const asked = await askFreely(access, path);
  if (!asked.ok) return asked;
  const ids = readModelList(asked.body);
  return ids ? { ok: true, ids } : { ok: false, finding: describeNoList(questionOf(access, path)) };
}

export type Asked = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly finding: Finding };

/** Asks a free question; every way to fail comes back as a finding. */
export async function askFreely(access: ProviderAccess, path: string): Promise<Asked> {
  const { provider, key, keyProblem = null } = access;
  let headers: readonly string[];
  try {
    headers = providerHeaders(provider, key);
  } catch {
    return { ok: false, finding: describeUnusableKey(provider, key, keyProblem) };
  }
  const reply = await askProvider(access, path, headers);
  const finding = describeReply(reply, questionOf(access, path));
  if (finding) return { ok: false, finding };
  return { ok: true, body: reply.type === 'answer' ? reply.body : Buffer.alloc(0) };
}

function questionOf(access: ProviderAccess, path: string): Question {
  return { provider: access.provider, path, hasKey: hasKey(access), keyProblem: access.keyProblem ?? null };
}

/** Is there a key to send? */
export function hasKey({ provider, key }: ProviderAccess): boolean {
  return provider.keyStyle !== 'none' && key !== null && key !== '';
}

function listing(ids: readonly string[], source: ModelListing['source']): ModelListing {
  return { models: ids.map((id) => ({ id })), source };
}
