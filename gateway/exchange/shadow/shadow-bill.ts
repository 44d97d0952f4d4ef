/** Holds a copy to the config's budgets, as the requests of clients are: a key's own budget does not pay for it. */
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { costOfAnswer } from '../billing/attempt-cost.ts';
import { type Billing, type BillingPorts, openBilling } from '../billing/billing.ts';
import type { AskedShadow } from './asked-shadow.ts';
import type { ShadowResult } from './shadow-call.ts';

export class ShadowBill {
  readonly #ports: BillingPorts;
  readonly #asked: AskedShadow;
  readonly #candidate: Candidate;
  readonly #billing: Billing | null;

  constructor(ports: BillingPorts, asked: AskedShadow, rule: string, candidate: Candidate) {
    this.#ports = ports;
    this.#asked = asked;
    this.#candidate = candidate;
    const { request, decision, input, row } = asked;
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
    this.#billing = openBilling(ports, { budgets: ports.budgets.of(null), ...billed });
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

  settle(result: ShadowResult, atMs: number): void {
    if (this.#billing === null) return;
    const estimateInput = (): number => estimateInputTokens(this.#asked.request.measure());
    const likelyOutput = (): number => 0;
    const outcome = { usage: result.usage, seen: result.seen, rawUsageJson: null, error: result.refusal?.error ?? null };
    const { cost } = costOfAnswer(this.#ports.prices, outcome, {
      candidate: this.#candidate,
      atMs,
      estimateInput,
      price: this.#billing.price,
      likelyOutput,
      isFree: false,
    });
    this.#billing.release(cost.nanoUsd, true);
  }
}
