/** Checks a provider and its key by a question that costs nothing. */
import type { ProviderCheck } from '../contract/calls.ts';
import type { Provider } from '../providers/build-provider.ts';
import type { ProviderAccess } from './ask-provider.ts';
import type { Finding } from './describe-reply.ts';
import { askForModels, askFreely, hasKey } from './list-models.ts';

/**
 * Asks for the list of models, or, where that list is public, for what belongs to the key. Never throws.
 * @param builtInModels what a built-in provider offers
 */
export async function checkProvider(access: ProviderAccess, builtInModels: readonly string[] = []): Promise<ProviderCheck> {
  const { provider } = access;
  if (provider.builtIn) {
    const message = `${provider.name} answers inside Gatehouse and needs neither key nor network.`;
    return { ok: true, outcome: 'ready', message, models: builtInModels.length, durationMs: 0 };
  }
  const startedAtMs = performance.now();
  const found = await findModelsOrTrouble(access);
  const durationMs = performance.now() - startedAtMs;
  if (!found.ok) return { ok: false, ...found.finding, models: null, durationMs };
  const message = readyWords(provider, hasKey(access), found.count);
  return { ok: true, outcome: 'ready', message, models: found.count, durationMs };
}

type CheckFound = { readonly ok: true; readonly count: number | null } | { readonly ok: false; readonly finding: Finding };

async function findModelsOrTrouble(access: ProviderAccess): Promise<CheckFound> {
  const { keyCheckPath, modelsPath } = access.provider;
  if (keyCheckPath !== modelsPath) {
    const asked = await askFreely(access, keyCheckPath);
    return asked.ok ? { ok: true, count: null } : asked;
  }
  const found = await askForModels(access, modelsPath);
  return found.ok ? { ok: true, count: found.ids.length } : found;
}

function readyWords(provider: Provider, keySent: boolean, count: number | null): string {
  const begin = keySent ? `${provider.name} accepts the key` : `${provider.name} answers and asks for no key`;
  if (count === null) return `${begin}.`;
  if (count === 0) return `${begin}, but lists no models; load one there, or name the models yourself.`;
  return `${begin} and lists ${count} ${count === 1 ? 'model' : 'models'}.`;
}
