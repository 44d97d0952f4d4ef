/** The names that a target may have: aliases of the draft, and the models that the providers list. */
import { useListedModels } from './listed-models.ts';
import { usePolicyDraft } from './policy-draft.ts';

/** More suggestions than these help nobody, and a browser draws them all. */
const mostSuggested = 1_000;

/** The models of each provider as `provider/model`, as far as they were read; one that cannot be asked has none. */
export function useNamesByProvider(): Readonly<Record<string, readonly string[]>> {
  const lists = useListedModels();
  return Object.fromEntries(
    Object.entries(lists).map(([provider, { answer }]) => [provider, answer?.models.map(({ id }) => `${provider}/${id}`) ?? []]),
  );
}

export function useModelNames(): readonly string[] {
  const aliases = usePolicyDraft(({ policy }) => policy.aliases);
  const names = useNamesByProvider();
  return [...Object.keys(aliases), ...Object.values(names).flat()].slice(0, mostSuggested);
}
