/**
 * Loads of models that requests wait for. Ollama lets a load die with the connection of the request that began it, so a load is the
 * gateway's own: one for all who wait, and it goes on when they have left.
 */
import { GatewayError } from '../../chat/error.ts';
import { isCloudModel } from '../../decision/policy/local-target.ts';
import { type Reply, takeAnswer } from '../../upstream/take-answer.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { readFailedAnswer } from '../attempts/upstream-error.ts';
import { loadKey, loadRequest, type LoadTerms } from './load-request.ts';
import type { LoadedModels } from './loaded-models.ts';

/** Told once, unless it leaves before. */
export interface LoadWaiter {
  /** The request may be sent: its model is in memory, or its own answer will say what is wrong. */
  loaded(): void;
  failed(error: GatewayError): void;
}

/** How a load of ours ended. */
export interface LoadReport {
  readonly provider: string;
  readonly model: string;
  readonly durationMs: number;
  /** Requests that waited for it to the end. */
  readonly waited: number;
  /** Null when it went well. */
  readonly error: GatewayError | null;
}

export interface ModelLoadsInput {
  readonly models: LoadedModels;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Does the model's server, by its own list, send it on to another machine? */
  isForwarded(provider: string, model: string): boolean;
  onEnded(report: LoadReport): void;
}

/** So many may wait for one load; Ollama itself takes 512. */
const mostWaiting = 256;
const mostLoads = 32;
const longestAnswerBytes = 64 * 1_024;

interface Load {
  readonly candidate: Candidate;
  readonly terms: LoadTerms;
  readonly startedAt: number;
  readonly waiters: Set<LoadWaiter>;
}

export class ModelLoads {
  readonly #input: ModelLoadsInput;
  readonly #loads = new Map<string, Load>();

  constructor(input: ModelLoadsInput) {
    this.#input = input;
  }

  /** Can a model of this provider have to be loaded first, by an Ollama? Asked of every attempt, so it is cheap. */
  isNeededFor({ provider, model }: Pick<Candidate, 'provider' | 'model'>): boolean {
    if (provider.loadedList?.shape !== 'ollama') return false;
    return !isCloudModel(model) && !this.#input.isForwarded(provider.id, model);
  }

  /** Is it in memory as this request needs it? Null where its server has to be asked first. */
  isReady({ provider, model }: Pick<Candidate, 'provider' | 'model'>, { options }: LoadTerms): boolean | null {
    const found = this.#input.models.find(provider.id, model);
    if (found === 'unknown') return null;
    if (typeof found === 'string') return found === 'silent';
    const wanted = options['num_ctx'];
    return wanted === undefined || found.contextTokens === null || found.contextTokens === wanted;
  }

  /** Resolves when the provider has said what it has in memory, or has not. */
  ask({ provider }: Pick<Candidate, 'provider'>): Promise<void> {
    return this.#input.models.refresh(provider.id);
  }

  /** A request to it has come to its end. */
  requestEnded({ provider }: Pick<Candidate, 'provider'>, isFailed: boolean): void {
    this.#input.models.ended(provider.id, isFailed);
  }

  /** Waits for the load that is under way, or begins one. @returns leaves it; the load goes on */
  join(candidate: Candidate, terms: LoadTerms, waiter: LoadWaiter): () => void {
    const key = loadKey(candidate, terms);
    const load = this.#loads.get(key) ?? this.#begin(key, candidate, terms);
    // So many loads at once are no loads: whatever these names are, their own answers tell.
    if (load === null) queueMicrotask(() => waiter.loaded());
    else if (load.waiters.size >= mostWaiting) queueMicrotask(() => waiter.failed(tooManyWaiting(candidate)));
    else load.waiters.add(waiter);
    return () => load?.waiters.delete(waiter);
  }

  /** Loads a model that nobody waits for yet, or keeps it in memory for longer. */
  warm(candidate: Candidate, terms: LoadTerms): void {
    const key = loadKey(candidate, terms);
    if (!this.#loads.has(key)) this.#begin(key, candidate, terms);
  }

  #begin(key: string, candidate: Candidate, terms: LoadTerms): Load | null {
    if (this.#loads.size >= mostLoads) return null;
    const load = { candidate, terms, startedAt: this.#input.monotonic(), waiters: new Set<LoadWaiter>() };
    this.#loads.set(key, load);
    const bounds = { timeoutMs: candidate.provider.loadMs, maximumBytes: longestAnswerBytes };
    void takeAnswer(candidate.send, loadRequest(candidate, terms), bounds).then((reply) => this.#ended(key, load, reply));
    return load;
  }

  #ended(key: string, load: Load, reply: Reply): void {
    const { candidate, terms, startedAt, waiters } = load;
    const { provider, model } = candidate;
    this.#loads.delete(key);
    const error = this.#errorOf(candidate, reply);
    if (error !== null) this.#input.models.ended(provider.id, true);
    else if (isGood(reply)) this.#input.models.loaded(provider.id, modelOf(model, terms));
    const durationMs = this.#input.monotonic() - startedAt;
    this.#input.onEnded({ provider: provider.id, model, durationMs, waited: waiters.size, error });
    for (const waiter of waiters) {
      if (error === null) waiter.loaded();
      else waiter.failed(error);
    }
  }

  /** Null for what the request's own answer tells better, such as a model that is not there. */
  #errorOf({ provider, model, key }: Candidate, reply: Reply): GatewayError | null {
    if (reply.type === 'problem') return reply.problem;
    const facts = { provider: provider.id };
    if (reply.type === 'too-slow') {
      const words = `the provider ${provider.id} did not load ${model} within ${provider.loadMs / 1_000} seconds`;
      return new GatewayError('upstream-load-timeout', words, facts);
    }
    if (reply.type === 'too-large' || reply.status < 500) return null;
    const { status, body } = reply;
    const { error } = readFailedAnswer({ provider: provider.id, status, headers: {}, body, key, now: this.#input.now() });
    if (error.kind === 'upstream-overloaded') {
      return new GatewayError('upstream-overloaded', `${error.message}; its queue is full`, { ...facts, status });
    }
    const words = `the provider ${provider.id} could not load ${model}: ${error.message}`;
    return new GatewayError('upstream-load-failed', words, facts);
  }
}

const isGood = (reply: Reply): boolean => reply.type === 'answer' && reply.status === 200;

/** As it will be told until its server says more. */
function modelOf(name: string, { options }: LoadTerms) {
  const context = options['num_ctx'];
  const contextTokens = typeof context === 'number' ? context : null;
  return { name, contextTokens, sizeBytes: null, graphicsBytes: null, expiresAtMs: null };
}

function tooManyWaiting({ provider, model }: Candidate): GatewayError {
  const words = `${mostWaiting} requests wait already until the provider ${provider.id} has loaded ${model}; ask again later`;
  return new GatewayError('upstream-overloaded', words, { provider: provider.id });
}
