/** Everything a program may write as its model, as rows of one table. Pure. */
import type { GatewayConfig } from '../../../gateway/contract/config.ts';
import type { LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import type { ModelFacts } from '../../../gateway/contract/model-facts.ts';
import type { ListedPrice } from '../../../gateway/contract/money/calls.ts';
import type { Price } from '../../../gateway/contract/money/price.ts';
import { formatRate } from '../../components/formats.ts';
import { abilityWords, formatContext } from '../../components/model-words.ts';
import type { Listed } from '../../stores/listed-models.ts';
import { abilityNames } from './local-model-words.ts';

export interface CallableRow {
  /** What a program writes: an alias, or `provider/model`. */
  readonly name: string;
  /** Null for an alias. */
  readonly provider: string | null;
  /** Of a model: the aliases that lead to it. Of an alias: the models that it leads to, in their order. */
  readonly related: readonly string[];
  /** `40k`; empty where it is not known. */
  readonly context: string;
  /** `$0.25 / $2.00`, `free`; null where nobody knows. */
  readonly price: string | null;
  readonly abilities: readonly string[];
  readonly source: string;
}

export interface CallableInput {
  readonly aliases: GatewayConfig['aliases'];
  /** By provider. */
  readonly lists: Readonly<Record<string, Listed>>;
  readonly prices: readonly ListedPrice[];
  /** The local engine's provider, and what it tells of its models; null while none runs. */
  readonly local: { readonly provider: string; readonly models: readonly LocalModel[] } | null;
}

const sources = { config: 'config', provider: 'listed', 'built-in': 'built in', catalog: 'catalog' } as const;

/** The aliases, then the models of every provider by their names. */
export function callableRows(input: CallableInput): readonly CallableRow[] {
  const targets = new Map(Object.entries(input.aliases).map(([alias, route]) => [alias, targetsOf(route)]));
  const prices = new Map(input.prices.map((listed) => [`${listed.provider}/${listed.model}`, listed.price]));
  const locals = new Map(input.local?.models.map((model) => [`${input.local?.provider}/${model.name}`, model]));
  const models = Object.entries(input.lists).flatMap(([provider, { answer }]) =>
    (answer?.models ?? []).map(({ id, facts }) => {
      const name = `${provider}/${id}`;
      const row = modelRow(name, provider, facts, prices.get(name) ?? null, sources[answer?.source ?? 'provider']);
      const related = [...targets].flatMap(([alias, names]) => (names.includes(name) || names.includes(id) ? [alias] : []));
      const local = locals.get(name);
      return { ...row, related, ...(local ? localFacts(local, row) : {}) };
    }),
  );
  const byName = new Map(models.map((row) => [row.name, row]));
  return [...[...targets].map(([alias, names]) => aliasRow(alias, names, byName)), ...models];
}

function targetsOf({ targets }: GatewayConfig['aliases'][string]): readonly string[] {
  return targets.map((target) => (typeof target === 'string' ? target : target.model));
}

function modelRow(name: string, provider: string, facts: ModelFacts, price: Price | null, source: string): CallableRow {
  return {
    name,
    provider,
    related: [],
    context: facts.contextTokens === null ? '' : formatContext(facts.contextTokens),
    price: priceWords(price, facts),
    abilities: abilityWords(facts),
    source,
  };
}

/** The engine itself knows best what it has. */
function localFacts({ contextTokens, abilities }: LocalModel, row: CallableRow): Partial<CallableRow> {
  return {
    context: contextTokens === null ? row.context : formatContext(contextTokens),
    abilities: abilities === null ? row.abilities : abilityNames(abilities),
    source: 'local',
  };
}

/** An alias is what its first target is. */
function aliasRow(alias: string, names: readonly string[], models: ReadonlyMap<string, CallableRow>): CallableRow {
  const [first = ''] = names;
  const model = models.get(first);
  return {
    name: alias,
    provider: null,
    related: names,
    context: model?.context ?? '',
    price: model?.price ?? null,
    abilities: model?.abilities ?? [],
    source: 'alias',
  };
}

/** Input and output for a million tokens, by the price in force, else by what the list tells. */
function priceWords(price: Price | null, facts: ModelFacts): string | null {
  if (price?.source === 'local') return 'free';
  const input = price ? price.rates.inputPerMillionUsd : (facts.inputPerMillionUsd ?? undefined);
  const output = price ? price.rates.outputPerMillionUsd : (facts.outputPerMillionUsd ?? undefined);
  if (input === undefined && output === undefined) return null;
  return input === 0 && output === 0 ? 'free' : `${formatRate(input)} / ${formatRate(output)}`;
}

/** The rows in which every word of a search is found: names, aliases, abilities, source. */
export function findCallable(rows: readonly CallableRow[], search: string, provider: string | null): readonly CallableRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (provider !== null && row.provider !== provider) return false;
    const text = [row.name, ...row.related, ...row.abilities, row.source].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
