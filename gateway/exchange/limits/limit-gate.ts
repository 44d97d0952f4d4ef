/** The rate limits of one exchange: its client's before anybody is asked, its providers' before each attempt. */
import type { GatewayError } from '../../chat/error.ts';
import type { RateLimits } from '../../contract/money/rate-limits.ts';
import type { RequestFinish } from '../../contract/records.ts';
import type { DecidedSettings } from '../../decision/decision.ts';
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import { hasLimits } from '../../limits/limit-rules.ts';
import type { EstimatedCall, Limiter, Overrun, Pass } from '../../limits/limiter.ts';
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import type { Candidate } from '../attempts/candidates.ts';
import type { RequestBill } from '../billing/request-bill.ts';
import type { ExchangeInput } from '../exchange-input.ts';
import type { ClientIdentity, ExchangePorts } from '../ports.ts';
import { asGatewayError } from '../own-errors.ts';
import { estimateCopy } from '../shadow/cost.ts';
import { clientRefusal, type LimitRefusal, providerRefusal } from './limit-error.ts';
import { limitHeaders } from './limit-headers.ts';
import { clientScope, providerScope } from './scopes.ts';

/** By provider id; null where no provider is limited. */
export type ProviderLimits = ReadonlyMap<string, RateLimits> | null;

/** A call as it would be made. */
export interface AskedCall {
  readonly request: PassthroughRequest;
  /** Whom it would be sent to. */
  readonly candidate: Candidate;
  /** What the policy writes into it. */
  readonly settings: DecidedSettings | null;
}

interface LimitGateInput {
  readonly ports: Pick<ExchangePorts, 'limiter' | 'snapshot' | 'now'>;
  /** Null where it has no limits. */
  readonly client: Pick<ClientIdentity, 'id' | 'limits'> | null;
  readonly providerLimits: ProviderLimits;
  /** The client's. */
  readonly dialect: string;
}

/** @returns null where nothing is limited, as for nearly every request */
export function openLimitGate(
  ports: LimitGateInput['ports'],
  { providerLimits }: Pick<LimitGateInput, 'providerLimits'>,
  { client, dialect }: Pick<ExchangeInput, 'client' | 'dialect'>,
): LimitGate | null {
  const limited = client !== null && hasLimits(client.limits) ? client : null;
  if (limited === null && providerLimits === null) return null;
  return new LimitGate({ ports, client: limited, providerLimits, dialect: dialect.name });
}

/**
 * Holds a request to the limits of its client, at once where there are none.
 * @param then gets why it may not be sent, or null
 */
export function passLimits(
  gate: LimitGate | null,
  { candidates, ...call }: Omit<AskedCall, 'candidate'> & { readonly candidates: readonly Candidate[] },
  then: (error: unknown) => void,
): void {
  const [candidate] = candidates;
  const entering = gate !== null && candidate ? gate.enterClient({ ...call, candidate }) : null;
  if (entering === null) then(null);
  else entering.then(then).catch(then);
}

/** Holds a question that the gateway answers itself to the limits of its client, at once where there are none. */
export function passOwnLimits(gate: LimitGate | null, then: (error: unknown) => void): void {
  const entering = gate?.enterOwn() ?? null;
  if (entering === null) then(null);
  else entering.then(then).catch(then);
}

/**
 * Holds an attempt to the limits of its provider, and then to budgets: nothing is held for one that is not sent. At once where there is
 * nothing to be asked.
 */
export function mayBeSent(
  gate: LimitGate | null,
  bill: Pick<RequestBill, 'ask'>,
  { candidate, request }: { readonly candidate: Candidate; readonly request: PassthroughRequest | null },
  verdict: (refusal: GatewayError | null) => void,
): void {
  const entering = gate !== null && request ? gate.enterProvider(candidate, request) : null;
  if (entering === null) return bill.ask(candidate, verdict);
  const askBill = (limit: GatewayError | null): void => {
    if (gate?.isOver === true) return;
    if (limit !== null) return verdict(limit);
    bill.ask(candidate, (refusal) => {
      if (refusal !== null) gate?.notSent();
      verdict(refusal);
    });
  };
  entering.then(askBill).catch((error: unknown) => verdict(asGatewayError(error)));
}

/** Another try is of no use, unless a limit of ours is all that is in the way: then it says when. */
export function retryHeaders(gate: LimitGate | null, error: GatewayError): readonly string[] {
  return gate?.retryHeaders(error) ?? ['x-should-retry', 'false'];
}

const nothingAsked: EstimatedCall = { inputTokens: () => 0, costUsd: () => 0 };

export class LimitGate {
  readonly #input: LimitGateInput;
  readonly #limiter: Limiter;
  #ofClient: Pass | null = null;
  /** Of the latest attempt. */
  #ofProvider: Pass | null = null;
  #refusal: LimitRefusal | null = null;
  #settings: DecidedSettings | null = null;
  /** The request has ended: nothing of it may be sent any more. */
  isOver = false;

  constructor(input: LimitGateInput) {
    this.#input = input;
    this.#limiter = input.ports.limiter;
  }

  /** @returns null where its client has no limits; else, before anything is sent, why it may not be, or null */
  enterClient(call: AskedCall): Promise<GatewayError | null> | null {
    const { client, ports } = this.#input;
    this.#settings = call.settings;
    if (client === null) return null;
    return this.#enter(clientScope(client.id), client.limits, call, (pass) => {
      this.#ofClient = pass;
    }).then((overrun) => this.#told(overrun && clientRefusal(overrun, ports.now())));
  }

  /** A request like any other, but for tokens: no model reads any. @returns as `enterClient` */
  enterOwn(): Promise<GatewayError | null> | null {
    const { client, ports } = this.#input;
    if (client === null) return null;
    return this.#take(clientScope(client.id), client.limits, nothingAsked, (pass) => {
      this.#ofClient = pass;
    }).then((overrun) => this.#told(overrun && clientRefusal(overrun, ports.now())));
  }

  /** @returns null where its provider has no limits; else, before the attempt is sent, why it may not be, or null */
  enterProvider(candidate: Candidate, request: PassthroughRequest): Promise<GatewayError | null> | null {
    this.#leaveProvider(null);
    const { providerLimits, ports } = this.#input;
    const { id } = candidate.provider;
    const limits = providerLimits?.get(id);
    if (limits === undefined) return null;
    const call = { request, candidate, settings: this.#settings };
    return this.#enter(providerScope(id), limits, call, (pass) => {
      this.#ofProvider = pass;
    }).then((overrun) => this.#told(overrun && providerRefusal(id, overrun, ports.now())));
  }

  /** The attempt that was entered for is not made. */
  notSent(): void {
    this.#ofProvider?.cancel();
    this.#ofProvider = null;
  }

  /**
   * The request is over, however it ended; one of which nothing was sent to anybody counts nowhere, as in the log, unless it was answered
   * all the same.
   */
  end({ provider, state, usage: { inputTokens, outputTokens } }: Pick<RequestFinish, 'provider' | 'state' | 'usage'>): void {
    this.isOver = true;
    const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
    if (provider === null && state !== 'ok') this.#ofClient?.cancel();
    else this.#ofClient?.leave(tokens);
    this.#ofClient = null;
    this.#leaveProvider(tokens);
  }

  /** Name, value, …: what is left for its client by now; empty for one without limits. */
  headers(): readonly string[] {
    const { client, dialect, ports } = this.#input;
    if (client === null) return [];
    return limitHeaders(this.#limiter.read(clientScope(client.id), client.limits), dialect, ports.now());
  }

  /** When a client may come again that is refused for a limit; null for another error. */
  retryHeaders(error: GatewayError): readonly string[] | null {
    return this.#refusal?.error.kind === error.kind ? ['retry-after', String(this.#refusal.retryAfterSeconds)] : null;
  }

  #enter(scope: string, limits: RateLimits, call: AskedCall, take: (pass: Pass) => void): Promise<Overrun | null> {
    return this.#take(scope, limits, this.#estimate(call), take);
  }

  async #take(scope: string, limits: RateLimits, call: EstimatedCall, take: (pass: Pass) => void): Promise<Overrun | null> {
    const entered = await this.#limiter.enter(scope, limits, call);
    if (!('leave' in entered)) return entered;
    if (this.isOver) entered.cancel();
    else take(entered);
    return null;
  }

  #estimate({ request, candidate: { provider, model }, settings }: AskedCall): EstimatedCall {
    const { ports, dialect } = this.#input;
    return {
      inputTokens: () => estimateInputTokens(request.measure(), { kind: provider.kind, model }),
      costUsd: () => {
        const facts = ports.snapshot().facts(provider.id, model);
        return estimateCopy({ provider, model, facts, request, dialect, settings });
      },
    };
  }

  #told(refusal: LimitRefusal | null): GatewayError | null {
    this.#refusal = refusal ?? this.#refusal;
    return refusal?.error ?? null;
  }

  #leaveProvider(tokens: number | null): void {
    this.#ofProvider?.leave(tokens);
    this.#ofProvider = null;
  }
}
