/** What one request's attempts cost, as they end: for its row, and for the budgets that they are held to. */
import type { GatewayError } from '../../chat/error.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import type { AttemptLog } from '../attempts/attempt-log.ts';
import type { Candidate } from '../attempts/candidates.ts';
import type { PriceSource } from '../price-source.ts';
import type { Outcome } from '../relay/body-sink.ts';
import type { Charge } from '../row.ts';
import type { UpstreamAsk } from '../upstream-ask.ts';
import type { CountingTarget, TokenKnowledge } from '../token-knowledge.ts';
import { chargeOfFailure, costOfAnswer, likelyOutput, noCharge, type Paid, totalCost } from './attempt-cost.ts';
import type { Verdict } from './billing.ts';
import { settleCharge } from './settle-charge.ts';

export interface BillInput {
  readonly prices: PriceSource;
  readonly log: AttemptLog;
  /** The client's. */
  readonly dialect: Dialect;
  readonly tokens: TokenKnowledge;
  /** What was asked; null when it is not here any more. */
  request(): PassthroughRequest | null;
}

export class RequestBill {
  #asked: Pick<UpstreamAsk, 'billing' | 'lateMeters'> = { billing: null, lateMeters: () => [] };
  readonly #input: BillInput;

  constructor(input: BillInput) {
    this.#input = input;
  }

  begin(asked: Pick<UpstreamAsk, 'billing' | 'lateMeters'>): void {
    this.#asked = asked;
  }

  /** May the attempt be sent? Where no budget is asked, the answer comes before this returns. */
  ask(candidate: Candidate, verdict: Verdict): void {
    if (this.#asked.billing === null) verdict(null);
    else this.#asked.billing.ask(candidate, verdict);
  }

  /** Calls back when the price of the attempt under way is known. @returns false where it is known now */
  awaitsPrice(candidate: Candidate | null, then: () => void): boolean {
    const { prices, log } = this.#input;
    if (!candidate || !log.isOpen || prices.priceOf(candidate.provider, candidate.model, log.openedAtMs) !== undefined)
      return false;
    prices.load().then(then, then);
    return true;
  }

  /**
   * The attempt came to nothing, and its provider may have billed it all the same.
   * @param candidate null where it was never sent
   * @param status of its answer; null where none came
   */
  failed(candidate: Candidate | null, error: GatewayError, status: number | null): void {
    const { prices, log } = this.#input;
    const { cost } = candidate && log.isOpen ? chargeOfFailure(prices, error, status, this.#paid(candidate)) : noCharge;
    const { nanoUsd } = this.#asked.billing?.withinHeld(cost) ?? cost;
    log.end(error, nanoUsd);
    this.#asked.billing?.release(nanoUsd);
  }

  /** The request is over. @param candidate of the attempt under way, if one is */
  ended(candidate: Candidate | null, outcome: Outcome): Charge {
    const { prices, log } = this.#input;
    const earlier = log.costs;
    if (candidate && log.isOpen) this.#learn(candidate, outcome);
    const isOpen = candidate !== null && log.isOpen;
    const charge = isOpen ? costOfAnswer(prices, outcome, this.#paid(candidate)) : noCharge;
    const late = isOpen ? this.#asked.lateMeters(candidate) : [];
    const { counted, cost, settlement } = settleCharge({ billing: this.#asked.billing, charge, usage: outcome.usage, late });
    log.end(outcome.error, cost.nanoUsd);
    return { counted, cost: totalCost(cost, earlier), settlement };
  }

  /** Nothing is held from here on. */
  stop(): void {
    this.#asked.billing?.stop();
  }

  /** What the provider counted tells how its model counts. */
  #learn(candidate: Candidate, { usage, state }: Outcome): void {
    const { dialect, tokens, request: asked } = this.#input;
    if (usage === null || state !== 'ok' || dialect.endpoint || dialect.countsFor) return;
    const request = asked();
    if (request) tokens.learn(targetOf(candidate), request, usage);
  }

  #likelyOutput(candidate: Candidate): number {
    const { tokens, request: asked } = this.#input;
    const request = asked();
    return request ? likelyOutput(tokens, targetOf(candidate), request) : 0;
  }

  #paid(candidate: Candidate): Paid {
    const { dialect, log, tokens, request: asked } = this.#input;
    const estimateInput = (): number | null => {
      const size = asked()?.measure();
      return size ? tokens.estimateInput(size, targetOf(candidate)) : null;
    };
    // Of what an endpoint is sent nobody counts tokens but its provider.
    return {
      candidate,
      price: this.#asked.billing?.price,
      likelyOutput: () => this.#likelyOutput(candidate),
      atMs: log.openedAtMs,
      estimateInput: dialect.endpoint ? () => null : estimateInput,
      isFree: dialect.countsFor !== undefined,
    };
  }
}

function targetOf({ provider, model }: Pick<Candidate, 'provider' | 'model'>): CountingTarget {
  return { provider: provider.id, kind: provider.kind, model };
}
