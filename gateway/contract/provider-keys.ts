/** A provider's keys as a config writes them: a reference, or one with a weight. */

/** `vault:<name>` or `env:<NAME>`, with its share of the requests (1 where none is given). */
export type ProviderKey = string | { readonly ref: string; readonly weight?: number | undefined };

export function keyReference(key: ProviderKey): string {
  return typeof key === 'string' ? key : key.ref;
}

export function keyWeight(key: ProviderKey): number {
  return typeof key === 'string' ? 1 : (key.weight ?? 1);
}
