/** The names that the query's completion offers: what the config and the requests shown have, without asking anybody. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { RequestItem } from '../../../gateway/contract/records.ts';
import { useGateway } from '../../stores/gateway.ts';
import { recentRequests } from '../../stores/requests.ts';
import type { KnownNames } from './completions.ts';

/** The list's newest rows say enough; it may have thousands. */
const rowsLookedAt = 300;

export function useKnownNames(shown: readonly RequestItem[]): KnownNames {
  const effective = useGateway(({ config }) => config?.effective);
  const clients = useGateway((state) => state.clients);
  const recent = useStore(recentRequests.store, ({ items }) => items);
  return useMemo(() => {
    const items = [...recent, ...shown.slice(0, rowsLookedAt)];
    const providers = effective?.providers ?? [];
    const listed = providers.flatMap(({ id, models }) => (models ?? []).map((model) => `${id}/${model}`));
    return {
      model: names([...Object.keys(effective?.aliases ?? {}), ...items.map(({ requestedModel }) => requestedModel), ...listed]),
      provider: names([...providers.map(({ id }) => id), ...items.map(({ provider }) => provider)]),
      client: names([...(clients ?? []).map(({ name }) => name), ...items.map(({ clientName }) => clientName)]),
      rule: names([...(effective?.policy.rules ?? []).map(({ name }) => name), ...items.map(({ rule }) => rule)]),
      task: names(items.map(({ task }) => task)),
      dialect: names(items.map(({ dialect }) => dialect)),
    };
  }, [effective, clients, recent, shown]);
}

const names = (all: readonly (string | null)[]): readonly string[] => [...new Set(all)].filter((name) => name !== null);
