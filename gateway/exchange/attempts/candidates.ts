/** Turns a decision's targets into what can really be asked: each target with each of its keys, in order. */
import { GatewayError } from '../../chat/error.ts';
import type { Target } from '../../decision/decision.ts';
import type { Provider } from '../../providers/build-provider.ts';
import type { KeyPool } from '../../providers/key-pool.ts';
import { dialectsWithOptions } from '../../providers/model-options.ts';
import { providerHeaders } from '../../providers/provider-headers.ts';
import type { Send } from '../../upstream/transport.ts';
import type { ResolvedKey } from '../ports.ts';
import type { Runtime } from '../runtime.ts';

export interface Candidate {
  readonly provider: Provider;
  readonly send: Send;
  readonly model: string;
  /** In which dialect it is asked. */
  readonly dialect: string;
  /** All in which it may be asked, best first. */
  readonly dialects: readonly string[];
  readonly key: string | null;
  /** What the config calls the key. */
  readonly keyReference: string | null;
  /** The provider's own headers, its key included. */
  readonly headers: readonly string[];
}

export interface PlannedCandidates {
  readonly candidates: readonly Candidate[];
  /** Why there is none; null when there is one. */
  readonly error: GatewayError | null;
}

/** What is known of keys from outside. */
export interface KeySource {
  resolveKey(reference: string): ResolvedKey;
  readonly keyPool: Pick<KeyPool, 'order'>;
}

/** Leaves out what has no usable key, and says so when nothing remains. */
export function planCandidates(targets: readonly Target[], runtime: Runtime, source: KeySource): PlannedCandidates {
  const candidates: Candidate[] = [];
  const problems: string[] = [];
  for (const target of targets) {
    const found = runtime.providers.get(target.provider);
    if (!found) continue;
    for (const { key, keyReference } of keysOf(found.provider, source, problems)) {
      const headers = headersOrNull(found.provider, key, problems);
      const { model } = target;
      const dialects = dialectsWithOptions(found.provider, model, target.dialects);
      const [dialect = target.dialect] = dialects;
      if (headers) candidates.push({ ...found, model, dialect, dialects, key, keyReference, headers });
    }
  }
  if (candidates.length > 0) return { candidates, error: null };
  const reason = problems.join('; ') || 'no target is left';
  return { candidates, error: new GatewayError('upstream-auth', reason, { code: 'provider_auth_failed' }) };
}

/** Null for a key that no header can carry: the others may still do. */
function headersOrNull(provider: Provider, key: string | null, problems: string[]): readonly string[] | null {
  try {
    return providerHeaders(provider, key);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    problems.push(error.message);
    return null;
  }
}

type FoundKey = Pick<Candidate, 'key' | 'keyReference'>;

const noKey: FoundKey = { key: null, keyReference: null };

/** The provider's usable keys, in the order to try them; a lone null where it needs none. */
function keysOf(provider: Provider, source: KeySource, problems: string[]): readonly FoundKey[] {
  if (provider.keyReferences.length === 0) {
    if (!provider.keyRequired) return [noKey];
    problems.push(`the provider ${provider.id} needs a key and has none; add one under its keys`);
    return [];
  }
  const keys: FoundKey[] = [];
  for (const keyReference of orderOf(provider, source)) {
    const resolved = source.resolveKey(keyReference);
    if ('value' in resolved) keys.push({ key: resolved.value, keyReference });
    else problems.push(`the provider ${provider.id} has no usable key: ${resolved.problem}`);
  }
  return keys;
}

/** One key has no order; most providers have one. */
function orderOf({ id, keys, keyReferences }: Provider, { keyPool }: KeySource): readonly string[] {
  return keys.length < 2 ? keyReferences : keyPool.order(id, keys);
}
