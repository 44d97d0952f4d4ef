/** The only file that talks to the gateway: typed calls, and one event stream that comes back after a gap. */
import { CallError } from '../gateway/contract/call-error.ts';
import type { CallAnswer, CallArgument, CallName, CallOutput } from '../gateway/contract/calls.ts';
import type { GatewayEvent } from '../gateway/contract/events.ts';
import { readEventStream } from './read-event-stream.ts';

/** How it stands with the event stream. `refused`: the gateway does not accept the token. */
export type Connection =
  | { readonly state: 'connecting' | 'open' | 'refused' }
  | { readonly state: 'lost'; readonly reason: string; readonly sinceMs: number };

export interface Follower {
  onConnection(connection: Connection): void;
  /** Something may have been missed: read everything anew. Called for the first connection and for a `resync`. */
  onFresh(): void;
  onEvent(event: GatewayEvent): void;
}

/** What a browser has and a test replaces. */
export interface ControlParts {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Null when the desktop shell adds the token itself. */
  readonly readToken: () => string | null;
  readonly saveToken: (token: string) => void;
  readonly now: () => number;
  /** Resolves after so many milliseconds, or at once when the signal ends it. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Control {
  /** @throws CallError as the gateway answered it; `unavailable` when there was no answer */
  call<N extends CallName>(name: N, input: CallArgument<N>): Promise<CallOutput<N>>;
  /** Follows the events until the returned function is called. One follower at a time. */
  follow(follower: Follower): () => void;
  /** Connects anew, now: after a pause, or with another token. */
  reconnect(token?: string): void;
}

const firstPauseMs = 400;
const longestPauseMs = 4_000;
/** The gateway sends a heartbeat every 15 s; a stream silent for longer than two of them is dead. */
const silenceMs = 40_000;

const unreachable = 'The gateway does not answer; trying again. Nothing you typed is lost.';

export function createControl(parts: ControlParts): Control {
  let wake: (() => void) | null = null;
  return {
    call: (name, input) => call(parts, name, input),
    follow(follower) {
      const ending = new AbortController();
      void followUntil(ending.signal, parts, follower, (waker) => {
        wake = waker;
      });
      return () => ending.abort();
    },
    reconnect(token) {
      if (token !== undefined) parts.saveToken(token);
      wake?.();
    },
  };
}

function headersWith(parts: ControlParts, more: Readonly<Record<string, string>>): Record<string, string> {
  const token = parts.readToken();
  return token === null ? { ...more } : { ...more, authorization: `Bearer ${token}` };
}

async function call<N extends CallName>(parts: ControlParts, name: N, input: CallArgument<N>): Promise<CallOutput<N>> {
  const answer = await ask<N>(parts, name, input);
  if (answer.ok) return answer.value;
  throw new CallError(answer.error.kind, answer.error.message, answer.error.field);
}

async function ask<N extends CallName>(parts: ControlParts, name: N, input: CallArgument<N>): Promise<CallAnswer<N>> {
  const headers = headersWith(parts, { 'content-type': 'application/json' });
  try {
    const response = await parts.fetch(`/control/calls/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
    return JSON.parse(await response.text());
  } catch {
    throw new CallError('unavailable', 'The gateway does not answer; try again when it is back.');
  }
}

class TokenRefused extends Error {}

/** Connects, reads, and after every end connects again, in growing steps until one connection holds. */
async function followUntil(
  ended: AbortSignal,
  parts: ControlParts,
  follower: Follower,
  onWaker: (wake: () => void) => void,
): Promise<void> {
  let lastId: string | null = null;
  let pauseMs = firstPauseMs;
  let lostAtMs: number | null = null;
  follower.onConnection({ state: 'connecting' });
  while (!ended.aborted) {
    try {
      await readConnection(ended, parts, {
        lastId,
        onOpen() {
          if (lastId === null) follower.onFresh();
          pauseMs = firstPauseMs;
          lostAtMs = null;
          follower.onConnection({ state: 'open' });
        },
        onItem(id, event) {
          if (event?.type === 'resync') follower.onFresh();
          else if (event) follower.onEvent(event);
          lastId = id ?? lastId;
        },
      });
      throw new Error(unreachable);
    } catch (error) {
      if (ended.aborted) return;
      lostAtMs ??= parts.now();
      follower.onConnection(connectionAfter(error, lostAtMs));
      const waker = new AbortController();
      onWaker(() => waker.abort());
      await parts.pause(
        error instanceof TokenRefused ? Number.POSITIVE_INFINITY : pauseMs,
        AbortSignal.any([ended, waker.signal]),
      );
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
}

function connectionAfter(error: unknown, sinceMs: number): Connection {
  if (error instanceof TokenRefused) return { state: 'refused' };
  const reason = error instanceof CallError ? error.message : unreachable;
  return { state: 'lost', reason, sinceMs };
}

interface StreamReading {
  readonly lastId: string | null;
  onOpen(): void;
  onItem(id: string | null, event: GatewayEvent | null): void;
}

async function readConnection(ended: AbortSignal, parts: ControlParts, reading: StreamReading): Promise<void> {
  const silence = new AbortController();
  const watch = () => setTimeout(() => silence.abort(), silenceMs);
  let timer = watch();
  try {
    const response = await parts.fetch('/control/events', {
      headers: headersWith(parts, reading.lastId === null ? {} : { 'last-event-id': reading.lastId }),
      signal: AbortSignal.any([ended, silence.signal]),
    });
    if (response.status === 401) throw new TokenRefused();
    if (!response.ok || !response.body) throw new CallError('unavailable', await refusalOf(response));
    reading.onOpen();
    const onBytes = () => {
      clearTimeout(timer);
      timer = watch();
    };
    for await (const { id, event } of readEventStream(response.body, onBytes)) reading.onItem(id, event);
  } finally {
    clearTimeout(timer);
  }
}

async function refusalOf(response: Response): Promise<string> {
  const answer: unknown = await response.json().catch(() => null);
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null;
  const told = typeof error === 'object' && error !== null && 'message' in error ? error.message : null;
  return typeof told === 'string' ? told : `The gateway answered ${response.status} instead of its events; trying again.`;
}

const tokenPlace = 'gatehouse-control-token';

/** Takes the token out of the address, so that it stays in no history and no screenshot. */
export function takeTokenFromAddress(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!given) return;
  sessionStorage.setItem(tokenPlace, given);
  history.replaceState(null, '', location.pathname + location.search);
}

function pauseInBrowser(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(milliseconds) ? setTimeout(resolve, milliseconds) : undefined;
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The window's own way to the gateway. */
export const control: Control = createControl({
  fetch: (path, init) => fetch(path, init),
  readToken: () => sessionStorage.getItem(tokenPlace),
  saveToken: (token) => sessionStorage.setItem(tokenPlace, token),
  now: () => Date.now(),
  pause: pauseInBrowser,
});
