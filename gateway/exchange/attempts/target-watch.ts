/** What one request's attempts ask and tell of their targets: breakers, figures, sessions, and the budget of second attempts. */
import type { GatewayError } from '../../chat/error.ts';
import type { BreakerPass } from '../live-state/circuit-breakers.ts';
import type { BudgetPlace } from '../live-state/retry-budget.ts';
import type { LiveState } from '../live-state/live-state.ts';
import type { Measured } from '../live-state/target-figures.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import type { AttemptQueue } from './attempt-queue.ts';
import type { Candidate } from './candidates.ts';
import { breakerPlace, tellBreaker } from './target-standing.ts';

export interface TargetWatchInput {
  readonly state: Pick<LiveState, 'breakers' | 'figures' | 'sessions' | 'retries'>;
  readonly plan: Pick<AttemptPlan, 'settings' | 'route'>;
}

export class TargetWatch {
  readonly #input: TargetWatchInput;
  /** Of the attempt under way; null once its breaker was told. */
  #pass: BreakerPass | null = null;
  #measured: Measured | null = null;
  #hasAnswered = false;
  readonly #place: BudgetPlace;

  constructor(input: TargetWatchInput) {
    this.#input = input;
    this.#place = input.state.retries.enter();
  }

  /**
   * Takes the first whose breaker lets the request through; where none does, they are asked in their order all the same. Who
   * is failing already is sent another attempt only within the budget; who answers takes the request in any case.
   * @param isAnother is it another attempt, which no budget has allowed yet?
   * @returns why nobody may be asked, in a clause; null when the head may
   */
  enter(queue: AttemptQueue<Candidate>, isAnother: boolean): string | null {
    const { breakers } = this.#input.state;
    const { breaker } = this.#input.plan.settings;
    this.#gaveBack();
    for (let count = queue.length; count > 0 && queue.head; count -= 1) {
      this.#pass = this.#obstacle(queue.head, isAnother) === null ? breakers.enter(breakerPlace(queue.head), breaker) : null;
      if (this.#pass) return null;
      queue.demoteHead();
    }
    for (let count = queue.length; count > 0 && queue.head; count -= 1) {
      if (this.#obstacle(queue.head, isAnother) === null) {
        this.#pass = breakers.enterAnyway(breakerPlace(queue.head), breaker);
        return null;
      }
      queue.demoteHead();
    }
    return queue.head && this.#obstacle(queue.head, isAnother);
  }

  /** The attempt begins. */
  asked({ provider, model }: Candidate): void {
    this.#hasAnswered = false;
    this.#place.moveTo(provider.id);
    this.#measured = this.#input.state.figures.begin(provider.id, model);
  }

  /** Its model had to be loaded before it was sent. */
  sentAfterWait(): void {
    this.#measured?.sentAfterWait();
  }

  firstContent(candidate: Candidate): void {
    this.#measured?.firstContent();
    this.#succeeded(candidate);
  }

  /** The attempt is over; a second end says nothing new. */
  ended(candidate: Candidate, error: GatewayError | null, status: number | null, outputTokens: number | null): void {
    if (!this.#measured) return;
    if (error) this.#tellFailure(candidate, error, status);
    else this.#succeeded(candidate);
    this.#gaveBack();
    this.#measured?.end(outputTokens);
    this.#measured = null;
  }

  /** @returns why the budget allows no other attempt there, in a clause; null when it does */
  refusedByBudget({ provider }: Candidate): string | null {
    return this.#place.refusal(provider.id, this.#input.plan.settings.retryBudget);
  }

  /** Another attempt follows. */
  beginAgain(): void {
    this.#place.beginAgain();
  }

  /** The request is over. */
  leave(): void {
    this.#gaveBack();
    this.#place.leave();
  }

  /** The attempt that was entered for is not made. */
  #gaveBack(): void {
    this.#pass?.gaveBack();
    this.#pass = null;
  }

  /** Why the budget keeps it from being asked, in a clause. */
  #obstacle(candidate: Candidate, isAnother: boolean): string | null {
    const { breakers } = this.#input.state;
    const isFailing = isAnother && breakers.isFailing(breakerPlace(candidate), this.#input.plan.settings.breaker);
    return isFailing ? this.refusedByBudget(candidate) : null;
  }

  /** Told once for each attempt. */
  #succeeded({ provider, model }: Candidate): void {
    if (this.#hasAnswered) return;
    this.#hasAnswered = true;
    this.#pass?.succeeded();
    const { route } = this.#input.plan;
    if (route && route.session !== null) this.#input.state.sessions.note(route.id, route.session, `${provider.id}/${model}`);
  }

  #tellFailure(candidate: Candidate, error: GatewayError, status: number | null): void {
    if (!this.#pass) return;
    if (!this.#hasAnswered) return tellBreaker(this.#pass, error, status);
    // It had begun to answer, and broke off: a failure of its own. An answer that took all the time there was is none.
    if (error.kind === 'upstream-total-timeout') return;
    const { breakers } = this.#input.state;
    tellBreaker(breakers.enterAnyway(breakerPlace(candidate), this.#input.plan.settings.breaker), error, status);
  }
}
