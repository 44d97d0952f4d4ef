/** Everything an exchange needs from the config, built once and never changed: a new config builds a new one. */
import type { GatewayConfig } from '../contract/config.ts';
import type { RouteTarget } from '../contract/policy/route.ts';
import type { DecisionPolicy } from '../decision/decide.ts';
import { buildProvider, type Provider } from '../providers/build-provider.ts';
import type { Send } from '../upstream/transport.ts';

export interface RuntimeProvider {
  readonly provider: Provider;
  readonly send: Send;
}

export interface Runtime {
  readonly configVersion: number;
  readonly policy: DecisionPolicy;
  readonly providers: ReadonlyMap<string, RuntimeProvider>;
  /** Milliseconds for one request in all, over every attempt. */
  readonly totalMs: number;
  /** Are translated answers of the Responses format kept, so that they can be continued? */
  readonly keepsResponses: boolean;
}

/** How bytes reach a provider: over the network, or, for a built-in one, not at all. */
export interface Transports {
  readonly network: Send;
  readonly builtIn: Send;
}

const nameOf = (target: RouteTarget): string => (typeof target === 'string' ? target : target.model);

function mapValues<A, B>(record: Readonly<Record<string, A>>, make: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value)]));
}

export function buildRuntime(config: GatewayConfig, configVersion: number, transports: Transports): Runtime {
  const providers = config.providers.map((entry) => buildProvider(entry, config.timeouts));
  return {
    configVersion,
    policy: {
      providers: providers.map(({ id, enabled, dialects }) => ({ id, enabled, dialects })),
      aliases: mapValues(config.aliases, ({ targets }) => ({ strategy: 'first' as const, targets: targets.map(nameOf) })),
    },
    providers: new Map(
      providers.map((provider) => [provider.id, { provider, send: provider.builtIn ? transports.builtIn : transports.network }]),
    ),
    totalMs: config.timeouts.totalMs,
    keepsResponses: config.responses.keep,
  };
}
