/** Asks a provider one free question and takes its whole answer, within a bounded time and size. */
import type { Place, Provider } from '../providers/build-provider.ts';
import { type Reply, takeAnswer } from '../upstream/take-answer.ts';
import type { Send } from '../upstream/transport.ts';

/** How a provider is reached, with the key to use; null when it has none. */
export interface ProviderAccess {
  readonly provider: Provider;
  readonly key: string | null;
  /** Why none of the keys that the config names can be used, in whole sentences; null or left out when there is no such trouble. */
  readonly keyProblem?: string | null;
  readonly send: Send;
  /** Milliseconds for the whole answer; 5,000 unless told. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 5_000;
/** The longest model lists there are hold a few hundred kilobytes. */
export const maximumBytes = 8 * 1024 * 1024;

/**
 * Sends a GET to one of the provider's places. What goes wrong on the way is part of the reply.
 * @param ownHeaders the provider's key and extras: name, value, …
 */
export function askProvider(access: ProviderAccess, place: Place, ownHeaders: readonly string[]): Promise<Reply> {
  const { provider, send, timeoutMs = defaultTimeoutMs } = access;
  const headers = ['accept', 'application/json', 'accept-encoding', 'identity', ...ownHeaders];
  const timeouts = {
    connectMs: Math.min(provider.timeouts.connectMs, timeoutMs),
    firstByteMs: Math.min(provider.timeouts.firstByteMs, timeoutMs),
    idleMs: Math.min(provider.timeouts.idleMs, timeoutMs),
  };
  const request = { method: 'GET', ...place, headers, body: null, timeouts } as const;
  return takeAnswer(send, request, { timeoutMs, maximumBytes });
}
