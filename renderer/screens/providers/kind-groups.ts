/** Which kinds of providers there are to choose from, in groups, and which of them a search means. Pure. */
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { type ProviderKindFacts, providerKindNames, providerKinds } from '../../../gateway/contract/provider-kinds.ts';

export interface KindGroup {
  readonly title: string;
  readonly kinds: readonly ProviderKind[];
}

const titles: readonly (readonly [group: ProviderKindFacts['group'], title: string])[] = [
  ['cloud', 'In the cloud, with a key of yours'],
  ['local', 'On this machine or near it'],
  ['compatible', 'Anything that speaks a known format'],
  ['built-in', 'Built in'],
];

/** Groups in which nothing is found are left out. */
export function findKinds(search: string): readonly KindGroup[] {
  const words = search.trim().toLowerCase().split(/\s+/);
  const isMeant = (kind: ProviderKind) => {
    const { name, baseUrl } = providerKinds[kind];
    const text = `${kind} ${name} ${baseUrl ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return titles
    .map(([group, title]) => ({
      title,
      kinds: providerKindNames.filter((kind) => providerKinds[kind].group === group && isMeant(kind)),
    }))
    .filter(({ kinds }) => kinds.length > 0);
}

/** What a choice says under its name: where it is asked. */
export function kindWords(kind: ProviderKind): string {
  const { baseUrl, builtIn } = providerKinds[kind];
  if (builtIn) return 'needs neither key nor network';
  return baseUrl === null ? 'at an address of yours' : new URL(baseUrl).host;
}
