/** Joins what a provider tells of its models with what is known of them anyway. */
import { type ModelFacts, unknownModelFacts } from '../contract/model-facts.ts';
import { providerKinds } from '../contract/provider-kinds.ts';
import type { Provider } from '../providers/build-provider.ts';
import type { ListedModel } from './read-model-list.ts';

export interface DescribedModel {
  readonly id: string;
  readonly facts: ModelFacts;
}

/** The provider's own word goes first; prices are taken whole from one of the two, never mixed. */
export async function describeModels(
  provider: Pick<Provider, 'kind' | 'origin' | 'builtIn'>,
  models: readonly ListedModel[],
): Promise<DescribedModel[]> {
  if (provider.builtIn) return models.map(({ id }) => ({ id, facts: unknownModelFacts }));
  const { lookUpModel } = await import('./model-catalog.ts');
  const isCloud = providerKinds[provider.kind].group === 'cloud';
  return models.map(({ id, facts: told = {} }) => {
    const known = lookUpModel(provider, id);
    const facts = { ...unknownModelFacts, ...known, ...(told.priceSource === 'provider' ? noPrices : {}), ...told };
    // A server of one's own says when it was started, not when the model came out.
    return { id, facts: { ...facts, releasedOn: (isCloud ? told.releasedOn : null) ?? known.releasedOn ?? null } };
  });
}

const noPrices = {
  inputPerMillionUsd: null,
  outputPerMillionUsd: null,
  cachedInputPerMillionUsd: null,
  cacheWritePerMillionUsd: null,
};
