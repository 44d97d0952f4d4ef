/** Asks a provider one free question and takes its whole answer, within a bounded time and size. */
import type { Place, Provider } from '../providers/build-provider.ts';
import type { Send, UpstreamHandler } from '../upstream/transport.ts';

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

/** What an upstream call failed with. */
export type UpstreamProblem = Parameters<UpstreamHandler['onError']>[0];

export type Reply =
  | { readonly type: 'answer'; readonly status: number; readonly body: Buffer }
  | { readonly type: 'problem'; readonly problem: UpstreamProblem }
  | { readonly type: 'too-slow' }
  | { readonly type: 'too-large' };

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
  return new Promise((resolve) => {
    const collect = createCollector((reply) => {
      clearTimeout(timer);
      call.abort();
      resolve(reply);
    });
    const timer = setTimeout(() => collect.stop({ type: 'too-slow' }), timeoutMs);
    const request = {
      method: 'GET',
      ...place,
      headers,
      body: null,
      timeouts,
    } as const;
    const call = send(request, collect.handler);
  });
}

/** Collects an answer; `finish` is called once, never before `send` has returned. */
function createCollector(finish: (reply: Reply) => void): { readonly handler: UpstreamHandler; stop(reply: Reply): void } {
  const chunks: Buffer[] = [];
  let size = 0;
  let status = 0;
  let isDone = false;
  const stop = (reply: Reply): void => {
    if (isDone) return;
    isDone = true;
    queueMicrotask(() => finish(reply));
  };
  return {
    stop,
    handler: {
      onHead(headStatus) {
        status = headStatus;
      },
      onData(chunk) {
        size += chunk.length;
        if (size > maximumBytes) stop({ type: 'too-large' });
        else if (!isDone) chunks.push(chunk);
      },
      onEnd: () => stop({ type: 'answer', status, body: Buffer.concat(chunks) }),
      onError: (problem) => stop({ type: 'problem', problem }),
    },
  };
}
