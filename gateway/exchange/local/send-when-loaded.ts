/** Sends an attempt whose model may have to be loaded first: as soon as that is done, and its client is kept patient meanwhile. */
import type { ServerResponse } from 'node:http';
import type { Dialect } from '../../dialects/dialect.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../../upstream/transport.ts';
import type { Candidate } from '../attempts/candidates.ts';
import type { RelayHost } from '../relay/body-sink.ts';
import type { SentForm } from '../relay/sent-form.ts';
import { usualForm } from '../relay/sent-form.ts';
import { LoadingCall } from './loading-call.ts';
import type { ModelLoads } from './model-loads.ts';
import { WaitingClient } from './waiting-client.ts';

export interface SentAttempt {
  readonly loads: ModelLoads;
  readonly candidate: Candidate;
  /** The upstream's dialect. */
  readonly wire: Dialect;
  readonly request: UpstreamRequest;
  readonly host: RelayHost;
  readonly response: ServerResponse;
  /** The client's. */
  readonly dialect: Dialect;
  readonly streamForm: SentForm | null;
  readonly stream: boolean;
  /** What the request's rule allows until the first byte, in milliseconds; undefined where it says nothing. */
  readonly firstByteMs: number | undefined;
  /** May another target answer in the end? */
  mayMove(): boolean;
  /** It has waited, and is sent now. */
  onSent(): void;
}

export function sendWhenLoaded(sent: SentAttempt, handler: UpstreamHandler): UpstreamCall {
  const { loads, candidate, request, wire, stream, firstByteMs, onSent } = sent;
  // The head of a whole answer is as long in coming as its model writes: a rule's limit is not for that.
  const patienceMs = stream ? (firstByteMs ?? null) : null;
  const waits = { onWait: () => keepPatient(sent), onSent };
  return new LoadingCall({ loads, candidate, dialect: wire.name, request, patienceMs, handler, ...waits });
}

/** Has nothing of it been sent yet? */
export function isUnsent(call: UpstreamCall | null): boolean {
  return call instanceof LoadingCall && call.isWaiting;
}

/** @returns ends it */
function keepPatient({ host, response, dialect, streamForm, stream, mayMove }: SentAttempt): () => void {
  const { keepAlive } = dialect;
  if (!stream || keepAlive === undefined || streamForm !== null) return () => undefined;
  const { contentType } = usualForm(dialect);
  const client = new WaitingClient({ host, response, contentType, keepAlive, mayMove });
  return () => client.end();
}
