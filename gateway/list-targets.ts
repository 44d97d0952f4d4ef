/** Lists how each key of each target stands: those that were asked lately, and those that something is held against. */
import type { TargetStanding } from './contract/calls.ts';
import type { BreakerSettings } from './contract/reliability.ts';
import type { DecisionSnapshot } from './decision/question.ts';
import type { BreakerStanding } from './exchange/live-state/circuit-breakers.ts';
import type { LiveState } from './exchange/live-state/live-state.ts';
import type { Runtime } from './exchange/runtime.ts';
import type { KeyPool } from './providers/key-pool.ts';

export interface TargetSources {
  readonly runtime: Pick<Runtime, 'providers'>;
  readonly snapshot: Pick<DecisionSnapshot, 'state'>;
  readonly state: Pick<LiveState, 'breakers' | 'figures'>;
  readonly keyPool: Pick<KeyPool, 'standings'>;
  readonly settings: BreakerSettings;
}

/** Those of one provider beside each other, in the config's order; within it by model, keys as the config names them. */
export function listTargets(sources: TargetSources): TargetStanding[] {
  const breakers = sources.state.breakers.standings(sources.settings);
  const names = new Set([...sources.state.figures.names(), ...breakers.map(({ provider, model }) => `${provider}/${model}`)]);
  const sorted = [...names].sort();
  return [...sources.runtime.providers.keys()].flatMap((provider) =>
    sorted
      .filter((name) => name.startsWith(`${provider}/`))
      .flatMap((name) => listKeys(provider, name.slice(provider.length + 1), breakers, sources)),
  );
}

function listKeys(
  provider: string,
  model: string,
  breakers: readonly BreakerStanding[],
  { runtime, snapshot, keyPool }: TargetSources,
): TargetStanding[] {
  const keys = runtime.providers.get(provider)?.provider.keys ?? [];
  const state = snapshot.state(provider, model);
  const standingOf = (key: string | null, ofKey: TargetStanding['state']['key']): TargetStanding => {
    const breaker = breakers.find((one) => one.provider === provider && one.model === model && one.key === key);
    const { failures = 0, untilMs = null, reason = null } = breaker ?? {};
    return {
      provider,
      model,
      key,
      state: { ...state, breaker: breaker?.state ?? 'closed', key: ofKey },
      failures,
      untilMs,
      reason,
    };
  };
  if (keys.length === 0) return [standingOf(null, state.key)];
  return keyPool.standings(provider, keys).map((key) => {
    const isMissing = state.key === 'missing';
    const standing = standingOf(key.reference, isMissing ? 'missing' : key.state);
    // What keeps it from being asked now: an open breaker, else its key; failures that open nothing come last.
    return standing.state.breaker === 'closed' && key.reason !== null ? { ...standing, reason: key.reason } : standing;
  });
}
