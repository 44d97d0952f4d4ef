/** Lists everything a program may write as `model`, with what is known of each. */
import type { CompiledPolicy } from './decision/policy/compiled-policy.ts';
import { decide } from './decision/decide.ts';
import { mayUse } from './decision/policy/allowed-models.ts';
import type { DecisionClock, DecisionSnapshot } from './decision/question.ts';
import { dialects, type ListedModel } from './dialects/index.ts';
import { describeModels } from './discovery/describe-models.ts';
import { isNamedForEmbeddings } from './discovery/read-list-entry.ts';
import type { ToldFacts } from './discovery/read-model-facts.ts';
import type { ListedModel as FoundModel } from './discovery/read-model-list.ts';
import { blankFeatures } from './exchange/features/blank-features.ts';
import type { Provider } from './providers/build-provider.ts';

export interface CallableInput {
  readonly policy: CompiledPolicy;
  readonly snapshot: DecisionSnapshot;
  readonly clock: DecisionClock;
  readonly providers: readonly Provider[];
  /** The newest list of one provider's models; the same array until there is a newer one. */
  readonly found: (providerId: string) => readonly FoundModel[];
}

export interface ListWish {
  /**
   * Looks up what providers do not tell in the packaged catalog. That is loaded for it (once: 40 ms, 25 MB), so only lists
   * that have words for such facts may ask for it.
   */
  readonly catalog: boolean;
  /** Of the key that asks: it is shown what it may use. Null: everything. */
  readonly allowedModels: readonly string[] | null;
}

/** The models of every provider that is switched on, by provider and id. */
type KnownModels = ReadonlyMap<string, ReadonlyMap<string, FoundModel>>;

/** The aliases, then `provider/model` of every provider that is switched on. An alias is what its first target is. */
export async function listCallableModels(input: CallableInput, { catalog, allowedModels }: ListWish): Promise<ListedModel[]> {
  const known = await gatherModels(input, catalog);
  const aliases = [...input.policy.aliases.keys()].flatMap((alias) => listAlias(alias, input, known, allowedModels));
  const offered = [...known].flatMap(([provider, models]) =>
    [...models.values()]
      .filter(({ id }) => mayUse(allowedModels, provider, id))
      .map((model) => listModel(`${provider}/${model.id}`, provider, model)),
  );
  return [...aliases, ...offered];
}

const allDialects = [...dialects.keys()];

/**
 * The engine that routes requests says what an alias leads to. The name for people is not its target's.
 * @returns nothing where the key may use none of what it leads to
 */
function listAlias(
  alias: string,
  { policy, snapshot, clock }: CallableInput,
  known: KnownModels,
  allowedModels: readonly string[] | null,
): readonly ListedModel[] {
  const features = { ...blankFeatures(alias, allDialects), allowedModels };
  const { targets, refusal } = decide(features, policy, snapshot, clock, 0);
  if (refusal?.kind === 'not-allowed') return [];
  const [target] = targets;
  const model = target && known.get(target.provider)?.get(target.model);
  return [{ ...listModel(alias, 'gatehouse', model ?? { id: target?.model ?? alias }), displayName: null }];
}

function listModel(id: string, ownedBy: string, { id: name, entry = {}, facts = {} }: FoundModel): ListedModel {
  const { contextTokens = null, maxOutputTokens = null, tools = null, vision = null, reasoning = null, releasedOn } = facts;
  return {
    id,
    ownedBy,
    createdAtSeconds: entry.createdAtSeconds ?? (releasedOn ? Date.parse(releasedOn) / 1_000 : 0),
    displayName: entry.displayName ?? null,
    contextLength: contextTokens,
    maximumOutputTokens: maxOutputTokens,
    abilities: { tools, vision, reasoning, embeddings: entry.embeddings ?? isNamedForEmbeddings(name) },
  };
}

async function gatherModels({ providers, found }: CallableInput, catalog: boolean): Promise<KnownModels> {
  const known = new Map<string, ReadonlyMap<string, FoundModel>>();
  for (const provider of providers.filter(({ enabled }) => enabled)) {
    const models = found(provider.id);
    const facts = catalog ? await lookUpOnce(provider, models) : null;
    known.set(provider.id, new Map(models.map((model) => [model.id, { ...model, ...facts?.get(model.id) }])));
  }
  return known;
}

type FactsById = ReadonlyMap<string, { readonly facts: ToldFacts }>;

/** A list is looked up once: programs ask for one of its models after the other. */
const lookedUp = new WeakMap<readonly FoundModel[], Promise<FactsById>>();

function lookUpOnce(provider: Provider, models: readonly FoundModel[]): Promise<FactsById> {
  const before = lookedUp.get(models);
  if (before) return before;
  const found = describeModels(provider, models).then((all) => new Map(all.map(({ id, facts }) => [id, { facts }])));
  lookedUp.set(models, found);
  found.catch(() => lookedUp.delete(models));
  return found;
}
