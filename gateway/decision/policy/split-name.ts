/** Reads `provider/model` of a name. */
import type { PolicyProvider } from '../question.ts';

export interface DirectName {
  readonly provider: PolicyProvider;
  readonly model: string;
}

/** `provider/model`, split at the first slash, when such a provider exists. */
export function splitName(name: string, providers: ReadonlyMap<string, PolicyProvider>): DirectName | null {
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1) return null;
  const provider = providers.get(name.slice(0, slash));
  return provider ? { provider, model: name.slice(slash + 1) } : null;
}
