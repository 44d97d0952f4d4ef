/** The provider keys in use, resolved beforehand so that no request reads or decrypts anything. */
import type { SecretResolution } from './resolve-secret.ts';

export type CachedKey = { readonly value: string } | { readonly problem: string };

export interface KeyCache {
  /** Resolves these references anew and forgets all others. */
  load(references: readonly string[]): void;
  get(reference: string): CachedKey;
}

export function createKeyCache(resolve: (reference: string) => SecretResolution): KeyCache {
  let keys = new Map<string, CachedKey>();
  const read = (reference: string): CachedKey => {
    const resolution = resolve(reference);
    return resolution.ok ? { value: resolution.secret.reveal() } : { problem: resolution.problem };
  };
  return {
    load(references) {
      keys = new Map(references.map((reference) => [reference, read(reference)]));
    },
    get: (reference) => keys.get(reference) ?? read(reference),
  };
}
