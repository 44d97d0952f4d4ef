/** The provider keys in use, resolved beforehand so that a request never waits for the vault. */
import type { SecretResolution } from './resolve-secret.ts';

export type CachedKey = { readonly value: string } | { readonly problem: string };

export interface KeyCache {
  /** Resolves these references anew and forgets all others. */
  load(references: readonly string[]): Promise<void>;
  get(reference: string): CachedKey;
}

export function createKeyCache(resolve: (reference: string) => Promise<SecretResolution>): KeyCache {
  let keys = new Map<string, CachedKey>();
  return {
    async load(references) {
      const fresh = new Map<string, CachedKey>();
      for (const reference of new Set(references)) {
        const resolution = await resolve(reference);
        fresh.set(reference, resolution.ok ? { value: resolution.secret.reveal() } : { problem: resolution.problem });
      }
      keys = fresh;
    },
    get: (reference) => keys.get(reference) ?? { problem: `the reference ${reference} was not resolved` },
  };
}
