/** A call whose model may have to be loaded first: it is sent when that is done, and is the call itself from then on. */
import { GatewayError } from '../../chat/error.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../../upstream/transport.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { type LoadTerms, readLoadTerms } from './load-request.ts';
import type { ModelLoads } from './model-loads.ts';

export interface LoadingCallInput {
  readonly loads: ModelLoads;
  readonly candidate: Candidate;
  /** In which it is asked. */
  readonly dialect: string;
  readonly request: UpstreamRequest;
  /** Milliseconds that a rule allows until the first byte, which the load is a part of; null: only the load's own bound. */
  readonly patienceMs: number | null;
  readonly handler: UpstreamHandler;
  /** It has to wait. @returns ends the waiting */
  onWait(): () => void;
  /** It has waited, and is sent now. */
  onSent(): void;
}

export class LoadingCall implements UpstreamCall {
  readonly #input: LoadingCallInput;
  readonly #terms: LoadTerms;
  /** Null before it is sent. */
  #call: UpstreamCall | null = null;
  #over = false;
  #hasHead = false;
  #leaveLoad: () => void = () => undefined;
  #endWait: (() => void) | null = null;
  #patience: NodeJS.Timeout | null = null;

  constructor(input: LoadingCallInput) {
    const { loads, candidate, dialect, request } = input;
    this.#input = input;
    this.#terms = readLoadTerms(dialect, request.body);
    const isReady = this.#terms.isUnload || loads.isReady(candidate, this.#terms);
    if (isReady === true) this.#send();
    else this.#wait();
    if (isReady === false) this.#join();
    if (isReady === null) void loads.ask(candidate).then(() => this.#asked());
  }

  /** Has nothing been sent yet? */
  get isWaiting(): boolean {
    return this.#call === null;
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    this.#call?.abort();
    // Whoever left may have waited for a load that nobody knew of.
    if (this.#call) this.#tellEnd(!this.#hasHead);
  }

  pause(): void {
    this.#call?.pause();
  }

  resume(): void {
    this.#call?.resume();
  }

  #asked(): void {
    if (this.#over) return;
    const { loads, candidate } = this.#input;
    if (loads.isReady(candidate, this.#terms) === false) this.#join();
    // What its server has in memory nobody tells: it loads by itself what is missing.
    else this.#send();
  }

  #join(): void {
    const { loads, candidate } = this.#input;
    this.#leaveLoad = loads.join(candidate, this.#terms, {
      loaded: () => this.#send(),
      failed: (error) => this.#fail(error),
    });
  }

  #wait(): void {
    const { patienceMs, onWait } = this.#input;
    this.#endWait = onWait();
    if (patienceMs !== null) this.#patience = setTimeout(() => this.#tooLate(patienceMs), patienceMs);
  }

  #tooLate(patienceMs: number): void {
    const { provider, model } = this.#input.candidate;
    const words = `the provider ${provider.id} has not loaded ${model} within ${patienceMs / 1_000} seconds; the load goes on`;
    this.#fail(new GatewayError('upstream-load-timeout', words, { provider: provider.id }));
  }

  #send(): void {
    if (this.#over) return;
    const { candidate, request, onSent } = this.#input;
    if (this.#endWait !== null) onSent();
    this.#stopWaiting();
    this.#call = candidate.send(request, this.#listen());
  }

  /** What a server has in memory after a request is asked anew, and what was believed of one that failed counts no more. */
  #listen(): UpstreamHandler {
    const { handler } = this.#input;
    let isFailing = this.#terms.isUnload;
    return {
      onHead: (status, headers) => {
        this.#hasHead = true;
        isFailing ||= status >= 500;
        handler.onHead(status, headers);
      },
      onData: (chunk) => handler.onData(chunk),
      onEnd: () => {
        this.#ended(isFailing);
        handler.onEnd();
      },
      onError: (error) => {
        this.#ended(true);
        handler.onError(error);
      },
    };
  }

  #ended(isFailing: boolean): void {
    this.#over = true;
    this.#tellEnd(isFailing);
  }

  #tellEnd(isFailing: boolean): void {
    const { loads, candidate } = this.#input;
    loads.requestEnded(candidate, isFailing);
  }

  #fail(error: GatewayError): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    this.#input.handler.onError(error);
  }

  #stopWaiting(): void {
    if (this.#patience) clearTimeout(this.#patience);
    this.#leaveLoad();
    this.#endWait?.();
  }
}
