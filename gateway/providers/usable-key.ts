/** Finds the key that a provider may be asked with, or says why there is none. */
import type { Provider } from './build-provider.ts';
import { isSendableKey } from './provider-headers.ts';

/** What a reference to a secret came to. */
export type FoundKey = { readonly value: string } | { readonly problem: string };

export interface UsableKey {
  /** Null where there is none, needed or not. */
  readonly key: string | null;
  /** Why none of the keys that the config names can be used; null when one can, or none is named. */
  readonly problem: string | null;
}

/** The first of the provider's keys that is there and that a header can carry. */
export function findUsableKey(
  { keyReferences }: Pick<Provider, 'keyReferences'>,
  resolve: (reference: string) => FoundKey,
): UsableKey {
  const problems: string[] = [];
  for (const reference of keyReferences) {
    const found = resolve(reference);
    if ('problem' in found) problems.push(found.problem);
    else if (isSendableKey(found.value)) return { key: found.value, problem: null };
    else problems.push(`The key ${reference} holds a character that cannot be sent; save it again.`);
  }
  return { key: null, problem: problems.length === 0 ? null : problems.join(' ') };
}

/**
 * Why no request can be sent to a provider for want of a key, as what follows its name in a sentence.
 * @returns null when there is a key, or none is needed
 */
export function describeMissingKey(
  provider: Pick<Provider, 'keyReferences' | 'keyRequired'>,
  resolve: (reference: string) => FoundKey,
): string | null {
  if (provider.keyReferences.length === 0)
    return provider.keyRequired ? 'needs a key and has none; add one under its keys' : null;
  const { problem } = findUsableKey(provider, resolve);
  return problem === null ? null : `has no usable key: ${problem}`;
}
