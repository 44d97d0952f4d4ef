/** What one request's attempts cost, as they end: for its row, and for the budgets that they are held to. */
import type { GatewayError } from '../../chat/error.ts';
import type { Meter, Settlement } from '../../contract/money/ledger.ts';
import { noCost } from '../../contract/records.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import type { AttemptLog } from '../attempts/attempt-log.ts';
import type { Candidate } from '../attempts/candidates.ts';
import type { PriceSource } from '../price-source.ts';
import type { Outcome } from '../relay/body-sink.ts';
import type { Charge } from '../row.ts';
import type { UpstreamAsk } from '../upstream-ask.ts';
import type { CountingTarget, TokenKnowledge } from '../token-knowledge.ts';
import { costOfAnswer, costOfFailure, noCharge, type Paid, totalCost } from './attempt-cost.ts';
import type { Verdict } from './billing.ts';
import { likelyOutputTokens } from './cost-bound.ts';

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

  /** The attempt came to nothing, and its provider may have billed it all the same. @param status of its answer; null where none came */
  failed(candidate: Candidate, error: GatewayError, status: number | null): void {
    const { prices, log } = this.#input;
    const cost = log.isOpen ? costOfFailure(prices, error, status, this.#paid(candidate)) : noCost;
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
    const { counted, cost: answered } = isOpen ? costOfAnswer(prices, outcome, this.#paid(candidate)) : noCharge;
    const isOurs = counted.estimated || outcome.usage === null;
    const cost = isOurs ? (this.#asked.billing?.withinHeld(answered) ?? answered) : answered;
    log.end(outcome.error, cost.nanoUsd);
    const settlement = this.#asked.billing?.settle(cost.nanoUsd, !isOurs) ?? null;
    const late = isOpen ? this.#asked.lateMeters(candidate) : [];
    return { counted, cost: totalCost(cost, earlier), settlement: joined(settlement, late, cost.nanoUsd) };
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

  /** A stream that shows nothing has hardly begun; a whole answer may be done by the time that nobody waits for it any more. */
  #likelyOutput(candidate: Candidate): number {
    const { tokens, request: asked } = this.#input;
    const request = asked();
    if (!request || request.head.stream) return 0;
    const likely = tokens.estimateOutput(targetOf(candidate)) ?? likelyOutputTokens;
    return Math.min(likely, request.sayings().maxOutputTokens() ?? likely);
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

/** What was made while it ran counts it too; it holds nothing for it, and is not closed by it. */
function joined(settlement: Settlement | null, late: readonly Meter[], costNanoUsd: number | null): Settlement | null {
  if (late.length === 0) return settlement;
  const { heldNanoUsd = null, mayClose = false } = settlement ?? {};
  return { costNanoUsd, heldNanoUsd, mayClose, meters: [...(settlement?.meters ?? []), ...late] };
}

function targetOf({ provider, model }: Pick<Candidate, 'provider' | 'model'>): CountingTarget {
  return { provider: provider.id, kind: provider.kind, model };
}
