/** What it means to ask an upstream: the one shape that the network and the built-in demo both have. */
import type { GatewayError } from '../chat/error.ts';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `https://api.openai.com`; for a built-in provider, unused. */
  readonly origin: string;
  readonly path: string;
  /** Name, value, name, value, … all checked and allowed. */
  readonly headers: readonly string[];
  /** In pieces, which are sent one behind the other. */
  readonly body: readonly Buffer[] | null;
  readonly timeouts: UpstreamTimeouts;
}

/** Milliseconds. `firstByteMs` runs until the answer's head, `idleMs` between two pieces of its body. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
}

/** The answer as it arrives. After `onEnd` or `onError` nothing more comes; both never come. */
export interface UpstreamHandler {
  /** Header names are in lower case; a repeated header is an array. */
  onHead(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: GatewayError): void;
}

/** A call under way. Every function may be called at any time, also after the end. */
export interface UpstreamCall {
  /** Ends the call at once; no handler is called afterwards. */
  abort(): void;
  pause(): void;
  resume(): void;
}

export type Send = (request: UpstreamRequest, handler: UpstreamHandler) => UpstreamCall;
