/** Which providers run on this machine, as far as their address tells. Pure. */
import type { ProviderConfig } from '../../gateway/contract/config.ts';
import { providerKinds } from '../../gateway/contract/provider-kinds.ts';

/** Is its address this machine's own? What is built in never leaves it, and is not asked. */
export function isOnThisMachine({ kind, baseUrl }: Pick<ProviderConfig, 'kind' | 'baseUrl'>): boolean {
  const address = baseUrl ?? providerKinds[kind].baseUrl;
  if (providerKinds[kind].builtIn || address === null || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
