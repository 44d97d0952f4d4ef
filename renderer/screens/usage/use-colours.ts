/** The colours of the groups that are shown: a provider's is its own, in every chart. */
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import type { UsageGrouping } from '../../../gateway/contract/money/usage.ts';
import { coloursOf } from '../../charts/colours.ts';
import { useGateway } from '../../stores/gateway.ts';

/** @param ids what is shown; with providers, those of the config keep their colours whether they are shown or not */
export function useColours(groupBy: UsageGrouping, ids: readonly string[]): ReadonlyMap<string, string> {
  const providers = useGateway((state) => state.config?.effective.providers) ?? [];
  if (groupBy !== 'provider') return coloursOf(ids, () => null);
  const all = new Set([...providers.map(({ id }) => id), ...ids]);
  return coloursOf([...all], (id) => {
    const kind = providers.find((provider) => provider.id === id)?.kind;
    return kind === undefined ? null : providerKinds[kind].hue;
  });
}
