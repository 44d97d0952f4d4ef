/** Finds which models a provider has: from the config, from what is built in, or by asking it. */
import type { CallOutput, ProviderCheck } from '../contract/calls.ts';
import type { Place } from '../providers/build-provider.ts';
import { providerHeaders } from '../providers/provider-headers.ts';
import { askProvider, type ProviderAccess } from './ask-provider.ts';
import { describeNoList, describeReply, describeUnusableKey, type Finding, type Question } from './describe-reply.ts';
import { type ListedModel, listQuestion, maximumModels, type ModelPage, readModelPage } from './read-model-list.ts';

export interface ModelListing {
  readonly models: readonly ListedModel[];
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
  if (provider.modelList === null) return listing(provider.knownModels, 'catalog');
  const found = await askForModels(access);
  if (!found.ok) throw new ModelListError(found.finding);
  return { models: found.models, source: 'provider' };
}

export type Found =
  | { readonly ok: true; readonly models: readonly ListedModel[] }
  | { readonly ok: false; readonly finding: Finding };

/** A list that goes on for longer than this is cut. */
const maximumPages = 20;

/** Asks for the list, page by page; a provider without one has no models. */
export async function askForModels(access: ProviderAccess): Promise<Found> {
  const { modelList } = access.provider;
  if (modelList === null) return { ok: true, models: [] };
  const models = new Map<string, ListedModel>();
  const seen = new Set<string>();
  let next: string | null = null;
  for (let page = 0; page < maximumPages && models.size < maximumModels; page += 1) {
    const found = await askForPage(access, modelList, next);
    if (!found.ok) return found;
    for (const model of found.page.models) models.set(model.id, model);
    next = found.page.next;
    if (next === null || seen.has(next)) break;
    seen.add(next);
  }
  return { ok: true, models: [...models.values()].slice(0, maximumModels) };
}

type FoundPage = { readonly ok: true; readonly page: ModelPage } | { readonly ok: false; readonly finding: Finding };

async function askForPage(
  access: ProviderAccess,
  list: NonNullable<ProviderAccess['provider']['modelList']>,
  next: string | null,
): Promise<FoundPage> {
  const { query, headers } = listQuestion(list.shape);
  const parts = [query, next].filter((part) => part !== null && part !== '');
  const begin = list.path.includes('?') ? '&' : '?';
  const place = { origin: list.origin, path: parts.length === 0 ? list.path : `${list.path}${begin}${parts.join('&')}` };
  const asked = await askFreely(access, place, headers);
  if (!asked.ok) return asked;
  const page = readModelPage(asked.body, list.shape);
  return page ? { ok: true, page } : { ok: false, finding: describeNoList(questionOf(access, place)) };
}

export type Asked = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly finding: Finding };

/**
 * Asks a free question; every way to fail comes back as a finding.
 * @param more headers beside the provider's own: name, value, …
 */
export async function askFreely(access: ProviderAccess, place: Place, more: readonly string[] = []): Promise<Asked> {
  const { provider, key, keyProblem = null } = access;
  let headers: readonly string[];
  try {
    headers = providerHeaders(provider, key);
  } catch {
    return { ok: false, finding: describeUnusableKey(provider, key, keyProblem) };
  }
  const reply = await askProvider(access, place, [...headers, ...more]);
  const finding = describeReply(reply, questionOf(access, place));
  if (finding) return { ok: false, finding };
  return { ok: true, body: reply.type === 'answer' ? reply.body : Buffer.alloc(0) };
}

function questionOf(access: ProviderAccess, place: Place): Question {
  return { provider: access.provider, place, hasKey: hasKey(access), keyProblem: access.keyProblem ?? null };
}

/** Is there a key to send? */
export function hasKey({ provider, key }: ProviderAccess): boolean {
  return provider.keyStyle !== 'none' && key !== null && key !== '';
}

function listing(ids: readonly string[], source: ModelListing['source']): ModelListing {
  return { models: ids.map((id) => ({ id })), source };
}
