/** Joins what a provider tells of its models with what is known of them anyway. */
import { type ModelFacts, unknownModelFacts } from '../contract/model-facts.ts';
import { providerKinds } from '../contract/provider-kinds.ts';
import type { Provider } from '../providers/build-provider.ts';
import type { LookUpModel } from './model-catalog.ts';
import type { ListedModel } from './read-model-list.ts';

export interface DescribedModel {
  readonly id: string;
  readonly facts: ModelFacts;
}

/** So many are looked up in one go, in about 5 ms; then whoever waits for the thread has a turn. */
const modelsAtOnce = 50;

/** The provider's own word goes first; prices are taken whole from one of the two, never mixed. */
export async function describeModels(
  provider: Pick<Provider, 'kind' | 'origin' | 'builtIn'>,
  models: readonly ListedModel[],
): Promise<DescribedModel[]> {
  if (provider.builtIn) return models.map(({ id }) => ({ id, facts: unknownModelFacts }));
  const { lookUpModel } = await import('./model-catalog.ts');
  const described: DescribedModel[] = [];
  for (const [place, model] of models.entries()) {
    if (place > 0 && place % modelsAtOnce === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    described.push(describeModel(provider, model, lookUpModel));
  }
  return described;
}

/** What is known of one model; the catalog is given by whoever has loaded it. */
export function describeModel(
  provider: Pick<Provider, 'kind' | 'origin'>,
  { id, facts: told = {} }: ListedModel,
  lookUpModel: LookUpModel,
): DescribedModel {
  const known = lookUpModel(provider, id, { prices: told.priceSource !== 'provider' });
  const isCloud = providerKinds[provider.kind].group === 'cloud';
  // A server of one's own says when it was started, not when the model came out.
  const releasedOn = (isCloud ? told.releasedOn : null) ?? known.releasedOn ?? null;
  return { id, facts: { ...unknownModelFacts, ...known, ...told, releasedOn } };
}
