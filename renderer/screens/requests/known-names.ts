/** The names that the query's completion offers: what the config and the requests shown have, without asking anybody. */
import type { RequestItem } from '../../../gateway/contract/records.ts';
import { useGateway } from '../../stores/gateway.ts';
import { recentRequests } from '../../stores/requests.ts';
import type { KnownNames } from './completions.ts';

/** The list's newest rows say enough; it may have thousands. */
const rowsLookedAt = 300;

/** As they are at this moment: gathered when somebody types, and not with every request that arrives. */
export function knownNames(shown: readonly RequestItem[]): KnownNames {
  const { config, clients } = useGateway.getState();
  const effective = config?.effective;
  const items = [...recentRequests.store.getState().items, ...shown.slice(0, rowsLookedAt)];
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
}

const names = (all: readonly (string | null)[]): readonly string[] => [...new Set(all)].filter((name) => name !== null);
