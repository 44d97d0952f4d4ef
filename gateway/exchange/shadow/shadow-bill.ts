/** What a copy costs, and the config's budgets that it is held to as clients' requests are: a key's own budget does not pay for it. */
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { chargeOfFailure, costOfAnswer, likelyOutput, noCharge, type Paid } from '../billing/attempt-cost.ts';
import { type Billing, type BillingPorts, openBilling } from '../billing/billing.ts';
import { lateMetersOf, settleCharge } from '../billing/settle-charge.ts';
import { type BudgetSource, budgetsTelling } from '../billing/budget-source.ts';
import type { Charge } from '../row.ts';
import type { CountingTarget, TokenKnowledge } from '../token-knowledge.ts';
import type { AskedShadow } from './asked-shadow.ts';
import type { ShadowResult } from './shadow-call.ts';

export type ShadowBillPorts = BillingPorts & { readonly tokens: TokenKnowledge };

export class ShadowBill {
  readonly #ports: ShadowBillPorts;
  readonly #request: PassthroughRequest;
  readonly #rule: string;
  readonly #candidate: Candidate;
  readonly #billing: Billing | null;

  constructor(ports: ShadowBillPorts, { request, decision, input, row }: AskedShadow, rule: string, candidate: Candidate) {
    this.#ports = ports;
    this.#request = request;
    this.#rule = rule;
    this.#candidate = candidate;
    // Beside its request's own: reservations are told apart by their keys.
    const start = { ...row.start, key: -row.start.key };
    const billed = {
      rule,
      dialect: input.dialect,
      place: input.place,
      request,
      settings: decision.settings,
      started: () => ({ start }),
    };
    this.#billing = openBilling({ ...ports, budgets: asCopy(ports.budgets) }, { budgets: ports.budgets.of(null), ...billed });
  }

  /**
   * @returns whether it may be sent. One of a request without a limit of its own is not sent where a budget would need one: it would
   * be another request
   */
  hold(): Promise<boolean> {
    const billing = this.#billing;
    if (billing === null) return Promise.resolve(true);
    return new Promise((resolve) => {
      billing.ask(this.#candidate, (refusal) => {
        const isHeld = refusal === null && !billing.limit.isSet;
        if (refusal === null && !isHeld) billing.release(0, true);
        resolve(isHeld);
      });
    });
  }

  notSent(): void {
    this.#billing?.release(0, true);
  }

  /** What it came to, by its answer or by what its provider may have billed for none. @param atMs when it was sent, milliseconds since 1970 */
  async charge(result: ShadowResult, atMs: number): Promise<Charge> {
    const { prices, budgets, now } = this.#ports;
    const { provider, model } = this.#candidate;
    // A catalog that cannot be read leaves the price unknown.
    if (prices.priceOf(provider, model, atMs) === undefined) await prices.load().catch(() => undefined);
    const charge = this.#costOf(result, atMs);
    const spender = { provider: provider.id, model, rule: this.#rule };
    const held = this.#billing?.meters ?? [];
    const late = lateMetersOf(budgets.periodAt, { budgets: budgets.now(null), spender, held, atMs: now() });
    return settleCharge({ billing: this.#billing, charge, usage: result.usage, late });
  }

  /** Its end is written down. */
  recorded({ cost, settlement }: Charge): void {
    if (cost.nanoUsd !== 0) this.#ports.budgets.spent(settlement?.meters ?? []);
    if (settlement) this.#billing?.settled(settlement);
  }

  #costOf({ usage, seen, rawUsageJson, wasSent, refusal }: ShadowResult, atMs: number): Pick<Charge, 'counted' | 'cost'> {
    const { prices } = this.#ports;
    if (!wasSent) return noCharge;
    const paid = this.#paid(atMs);
    if (refusal !== null && usage === null && seen === null)
      return chargeOfFailure(prices, refusal.error, refusal.upstreamStatus, paid);
    return costOfAnswer(prices, { usage, seen, rawUsageJson, error: refusal?.error ?? null }, paid);
  }

  #paid(atMs: number): Paid {
    const { tokens } = this.#ports;
    const { provider, model } = this.#candidate;
    const target: CountingTarget = { provider: provider.id, kind: provider.kind, model };
    return {
      candidate: this.#candidate,
      atMs,
      price: this.#billing?.price,
      estimateInput: () => tokens.estimateInput(this.#request.measure(), target),
      likelyOutput: () => likelyOutput(tokens, target, this.#request),
      isFree: false,
    };
  }
}

/** Nobody is told of a copy that is left out as of a request that was refused; a bill is told of by the request that it is a copy of. */
function asCopy(budgets: BudgetSource): BudgetSource {
  return budgetsTelling(budgets, {
    overBound: (closed, bill) => budgets.overBound(closed, { ...bill, requestKey: -bill.requestKey }),
    refused: () => undefined,
  });
}
