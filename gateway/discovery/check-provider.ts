/** Checks a provider and its key by a question that costs nothing. */
import type { ProviderCheck } from '../contract/calls.ts';
import type { Provider } from '../providers/build-provider.ts';
import type { ProviderAccess } from './ask-provider.ts';
import type { Finding } from './describe-reply.ts';
import { askForModels, askFreely, hasKey } from './list-models.ts';

/**
 * Asks for the list of models, or, where that list is public or none, for what belongs to the key. Never throws.
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
  const message = readyWords(provider, hasKey(access), found);
  return { ok: true, outcome: 'ready', message, models: found.count, durationMs };
}

type CheckFound =
  | { readonly ok: true; readonly count: number | null; readonly keyChecked: boolean }
  | { readonly ok: false; readonly finding: Finding };

async function findModelsOrTrouble(access: ProviderAccess): Promise<CheckFound> {
  const { keyCheck, modelList } = access.provider;
  if (keyCheck && (keyCheck.origin !== modelList?.origin || keyCheck.path !== modelList.path)) {
    const asked = await askFreely(access, keyCheck);
    return asked.ok ? { ok: true, count: null, keyChecked: true } : asked;
  }
  const found = await askForModels(access);
  return found.ok ? { ok: true, count: found.models.length, keyChecked: keyCheck !== null } : found;
}

function readyWords(provider: Provider, keySent: boolean, { count, keyChecked }: Extract<CheckFound, { ok: true }>): string {
  const begin = keySent && keyChecked ? `${provider.name} accepts the key` : beginWithoutCheck(provider, keySent);
  if (count === null) return `${begin}.`;
  if (count === 0) return `${begin}, but lists no models; load one there, or name the models yourself.`;
  return `${begin} and lists ${count} ${count === 1 ? 'model' : 'models'}.`;
}

function beginWithoutCheck({ name }: Provider, keySent: boolean): string {
  if (!keySent) return `${name} answers without a key`;
  return `${name} answers (whether it accepts the key shows with the first request)`;
}
