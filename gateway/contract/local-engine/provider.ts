/** How the local engine is reached: as an ordinary provider of kind `ollama`, whose address is known only while it runs. */
import type { GatewayConfig, ProviderConfig } from '../config.ts';

/** The provider that stands for the engine where the config has none. */
export const localProviderId = 'ollama';

/**
 * The config with the engine in it. An entry of kind `ollama` that names no address means the engine, wherever that runs; where
 * there is none, and the id is free, one is added, switched off while no engine runs, so that rules may name it at any time.
 * @param baseUrl null while none runs
 */
export function withLocalEngine(config: GatewayConfig, baseUrl: string | null): GatewayConfig {
  const { providers, localEngine } = config;
  if (!localEngine.enabled) return config;
  const placed = baseUrl === null ? providers : providers.map((one) => (meansEngine(one) ? { ...one, baseUrl } : one));
  const isThere = providers.some((one) => one.id === localProviderId || meansEngine(one) || isAt(one, baseUrl));
  if (isThere) return placed === providers ? config : { ...config, providers: placed };
  const added: ProviderConfig = { id: localProviderId, kind: 'ollama', enabled: baseUrl !== null, keys: [] };
  return { ...config, providers: [...placed, baseUrl === null ? added : { ...added, baseUrl }] };
}

/** The id by which the engine at that address is asked. */
export function localProviderOf({ providers }: GatewayConfig, baseUrl: string): string {
  const found = providers.find(meansEngine) ?? providers.find((one) => isAt(one, baseUrl));
  return found?.id ?? localProviderId;
}

const meansEngine = ({ kind, baseUrl }: ProviderConfig): boolean => kind === 'ollama' && baseUrl === undefined;

function isAt({ kind, baseUrl }: ProviderConfig, engineUrl: string | null): boolean {
  if (kind !== 'ollama' || baseUrl === undefined || engineUrl === null) return false;
  return originOf(baseUrl) === originOf(engineUrl);
}

const originOf = (url: string): string => new URL(url).origin.replace('//localhost:', '//127.0.0.1:');
