/** Everything an exchange needs from the config, built once and never changed: a new config builds a new one. */
import type { GatewayConfig } from '../contract/config.ts';
import { withLocalEngine } from '../contract/local-engine/provider.ts';
import type { ReliabilitySettings } from '../contract/reliability.ts';
import { compilePolicy } from '../decision/policy/compile-policy.ts';
import type { CompiledPolicy } from '../decision/policy/compiled-policy.ts';
import type { PolicyProvider } from '../decision/question.ts';
import { buildProvider, type Provider } from '../providers/build-provider.ts';
import { withModelOptions } from '../providers/model-options.ts';
import { hasLimits } from '../limits/limit-rules.ts';
import type { ProviderLimits } from './limits/limit-gate.ts';
import type { Send } from '../upstream/transport.ts';

export interface RuntimeProvider {
  readonly provider: Provider;
  readonly send: Send;
}

export interface Runtime {
  readonly configVersion: number;
  /** Rules and names, made ready once. */
  readonly policy: CompiledPolicy;
  readonly providers: ReadonlyMap<string, RuntimeProvider>;
  /** Milliseconds for one request in all, over every attempt. */
  readonly totalMs: number;
  readonly reliability: ReliabilitySettings;
  /** Are translated answers of the Responses format kept, so that they can be continued? */
  readonly keepsResponses: boolean;
  /** How much may be sent to each provider that is limited. */
  readonly providerLimits: ProviderLimits;
}

/** How bytes reach a provider: over the network, or, for a built-in one, not at all. */
export interface Transports {
  readonly network: Send;
  readonly builtIn: Send;
}

/** What a decision must know of a provider. */
export function policyProvider({ id, enabled, dialects, isHere }: Provider): PolicyProvider {
  return { id, enabled, dialects, local: isHere };
}

export function policyProviders(config: GatewayConfig): readonly PolicyProvider[] {
  const { providers, timeouts } = withLocalEngine(config, null);
  return providers.map((entry) => policyProvider(buildProvider(entry, timeouts)));
}

function compileFor({ aliases, policy }: GatewayConfig, providers: readonly Provider[], version: number): CompiledPolicy {
  return compilePolicy({ providers: providers.map(policyProvider), aliases, policy, version });
}

/** The policy of a config that may not be in force. @param version 0 for one that never was */
export function compileConfig(config: GatewayConfig, version: number): CompiledPolicy {
  return compilePolicy({ providers: policyProviders(config), aliases: config.aliases, policy: config.policy, version });
}

function providerLimitsOf({ limits }: GatewayConfig): ProviderLimits {
  const limited = Object.entries(limits.providers).filter(([, one]) => hasLimits(one));
  return limited.length === 0 ? null : new Map(limited);
}

export function buildRuntime(config: GatewayConfig, configVersion: number, transports: Transports): Runtime {
  const { localEngine, timeouts } = config;
  const providers = config.providers.map((entry) => withModelOptions(buildProvider(entry, timeouts), localEngine));
  return {
    configVersion,
    policy: compileFor(config, providers, configVersion),
    providers: new Map(
      providers.map((provider) => [provider.id, { provider, send: provider.builtIn ? transports.builtIn : transports.network }]),
    ),
    totalMs: config.timeouts.totalMs,
    reliability: config.reliability,
    keepsResponses: config.responses.keep,
    providerLimits: providerLimitsOf(config),
  };
}
