/** Holds money back for each attempt of one exchange, before it is sent, where budgets apply; and says what it came to. */
import { GatewayError } from '../../chat/error.ts';
import type { Price } from '../../contract/money/price.ts';
import type { Meter, ReservationOutcome, ReservationRefusal, Settlement } from '../../contract/money/ledger.ts';
import type { RecordedCost, RequestRecorder, StartedRow } from '../../contract/records.ts';
import { askedOutputTokens } from '../../decision/estimate.ts';
import type { DecidedSettings } from '../../decision/decision.ts';
import type { DecisionSnapshot } from '../../decision/question.ts';
import type { RequestPlace } from '../../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { type ApplyingBudgets, applyingBudgets, budgetOfMeter } from '../../money/budgets/applying-budgets.ts';
import type { Budget } from '../../money/budgets/budget.ts';
import { callWords, fullWords, unboundWords } from '../../money/budgets/refusal-words.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { ledgerUnavailable } from '../own-errors.ts';
import type { PriceSource } from '../price-source.ts';
import type { BudgetSource, RefusedAttempt } from './budget-source.ts';
import type { TokenKnowledge } from '../token-knowledge.ts';
import { boundCost, type CostBound } from './cost-bound.ts';
import { OutputLimit } from './output-limit.ts';
import { plainRequest } from './plain-request.ts';

export interface BillingPorts {
  readonly recorder: Pick<RequestRecorder, 'reserve' | 'release'>;
  readonly budgets: BudgetSource;
  readonly prices: PriceSource;
  readonly tokens: Pick<TokenKnowledge, 'boundInput'>;
  readonly modelFacts: ModelFactsSource;
  snapshot(): Pick<DecisionSnapshot, 'facts'>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface BilledRequest {
  /** The config's budgets and the client's own. */
  readonly budgets: readonly Budget[];
  readonly rule: string | null;
  readonly dialect: Dialect;
  readonly place: RequestPlace;
  readonly request: PassthroughRequest;
  readonly settings: DecidedSettings | null;
  started(): StartedRow;
}

/** What is known of models beside their prices: read from the packaged catalog when it is first needed. */
export interface ModelFactsSource {
  readonly areKnown: boolean;
  load(): Promise<void>;
}

/** Why an attempt is not made; null: it may be sent. */
export type Verdict = (refusal: GatewayError | null) => void;

type Asked = Pick<Candidate, 'provider' | 'model'>;

/** One question of one attempt. */
interface Asking {
  readonly candidate: Asked;
  /** Null: nobody knows it. */
  readonly price: Price | null;
  readonly applying: ApplyingBudgets;
  readonly verdict: Verdict;
  /** A bound of the input that is lower than the one by bytes; null while that one was not refused. */
  readonly inputTokens: number | null;
}

export class Billing {
  /** Written into the request while a hard budget needs it. */
  readonly limit = new OutputLimit();
  readonly #ports: BillingPorts;
  readonly #billed: BilledRequest;
  /** Of the attempt under way. */
  #applying: ApplyingBudgets | null = null;
  #isHeld = false;
  #heldNanoUsd = 0;
  /** Was a bound held, so that a bill above it is one that could not be? */
  #isBounded = false;
  /** By which the latest attempt was held; undefined before one was. */
  price: Price | null | undefined = undefined;
  /** Was anything ever held, so that the ledger has something to forget? */
  #wasHeld = false;
  #isOver = false;
  #plainKept: PassthroughRequest | null = null;

  constructor(ports: BillingPorts, billed: BilledRequest) {
    this.#ports = ports;
    this.#billed = billed;
  }

  /** Nothing is held from here on. */
  stop(): void {
    this.#isOver = true;
  }

  /** Asked before every attempt. Where nothing can be refused the answer comes before this returns. */
  ask(candidate: Asked, verdict: Verdict): void {
    if (this.#isOver) return;
    const { budgets, rule } = this.#billed;
    const { now, prices, modelFacts, budgets: source } = this.#ports;
    const spender = { provider: candidate.provider.id, model: candidate.model, rule };
    this.limit.lift();
    this.#isHeld = false;
    this.price = undefined;
    this.#applying = applyingBudgets(budgets, spender, now(), source.periodAt);
    if (this.#applying === null) return verdict(null);
    const price = prices.priceOf(candidate.provider, candidate.model, now());
    const isKnown = price !== undefined && (price === null || price.source === 'local' || modelFacts.areKnown);
    if (isKnown) return this.#askAt({ candidate, price, applying: this.#applying, verdict, inputTokens: null });
    // Without the model's own limits a limit that is written could be one that it refuses.
    Promise.all([prices.load(), modelFacts.load()]).then(
      () => this.ask(candidate, verdict),
      (cause: unknown) => verdict(new GatewayError('internal', 'the price catalog cannot be read', { cause })),
    );
  }

  /**
   * The attempt failed and another may follow, or none does and there is no row to settle it with.
   * @param costNanoUsd what its provider may have billed; null: nobody knows
   */
  release(costNanoUsd: number | null, isLast = false): void {
    if (!this.#isHeld || !this.#applying) return;
    this.#isHeld = false;
    this.#ports.recorder.release(this.#key, costNanoUsd ?? 0, isLast);
    this.#ports.budgets.spent(this.#applying.meters);
    this.#applying = null;
  }

  /** Of what we counted ourselves: never said to be more than the most that it can have been. */
  withinHeld(cost: RecordedCost): RecordedCost {
    if (!this.#isHeld || !this.#isBounded || cost.nanoUsd === null || cost.nanoUsd <= this.#heldNanoUsd) return cost;
    return { ...cost, nanoUsd: this.#heldNanoUsd };
  }

  /**
   * @param costNanoUsd of the last attempt; null: nobody knows
   * @param isBill by the provider's own count
   * @returns null where it counts nowhere
   */
  settle(costNanoUsd: number | null, isBill: boolean): Settlement | null {
    const meters = this.#applying?.meters ?? [];
    if (meters.length === 0 && !this.#wasHeld) return null;
    return {
      costNanoUsd,
      heldNanoUsd: this.#isHeld && this.#isBounded ? this.#heldNanoUsd : null,
      mayClose: isBill && this.#isBounded,
      meters: meters.map(({ scope, period, startsAtMs, endsAtMs }) => ({ scope, period, startsAtMs, endsAtMs })),
    };
  }

  /** What was settled is written down. */
  settled({ costNanoUsd, mayClose }: Settlement): void {
    if (!mayClose || this.#applying === null || !this.#isHeld || (costNanoUsd ?? 0) <= this.#heldNanoUsd) return;
    const closed = this.#applying.budgets.filter(({ isHard, period }) => isHard && period !== 'call');
    const bill = { requestKey: this.#key, heldNanoUsd: this.#heldNanoUsd, billedNanoUsd: costNanoUsd ?? 0 };
    if (closed.length > 0) this.#ports.budgets.overBound(closed, bill);
  }

  /** Where the attempt under way counts. */
  get meters(): readonly Meter[] {
    return this.#applying?.meters ?? [];
  }

  /** The request as it can be searched. */
  get #plain(): PassthroughRequest {
    this.#plainKept ??= plainRequest(this.#billed);
    return this.#plainKept;
  }

  get #key(): number {
    return this.#billed.started().start.key;
  }

  #askAt(asking: Asking): void {
    const { candidate, price, applying, verdict } = asking;
    this.price = price;
    // What runs here costs nothing, and is let through however empty the purse is.
    if (price?.source === 'local') {
      this.#applying = null;
      return verdict(null);
    }
    const worksOn = worksOnAfterwards(this.#billed.dialect, this.#plain);
    if (worksOn && applying.budgets.some(({ isHard }) => isHard)) return verdict(cannotFollow());
    const bounds = price === null ? null : this.#bound(asking, price);
    const { call } = applying;
    if (bounds === null) {
      const strict = applying.budgets.find(({ allowsUnknownPrice }) => !allowsUnknownPrice);
      if (!strict) return this.#hold(asking, [{ nanoUsd: 0, limitTokens: null }], null);
      const words = unboundWords(strict, `${candidate.provider.id}/${candidate.model}`, price);
      return this.#refuse(asking, strict, { refusal: null, askedNanoUsd: null, words });
    }
    const affordable = bounds.bounds.filter(({ nanoUsd }) => call === null || nanoUsd <= call.limitNanoUsd);
    if (call !== null && affordable.length === 0) {
      const askedNanoUsd = bounds.bounds.at(-1)?.nanoUsd ?? 0;
      const refused = { refusal: null, askedNanoUsd, words: callWords(call, askedNanoUsd) };
      return this.#askLower(asking, () => this.#refuse(asking, call, refused));
    }
    this.#hold(asking, affordable, bounds.estimateNanoUsd);
  }

  /** A lower bound costs reading the request again, so it is made where the first one did not fit. */
  #askLower(asking: Asking, refuse: () => void): void {
    if (asking.inputTokens !== null || asking.price === null) return refuse();
    const { provider, model } = asking.candidate;
    const { contextTokens } = this.#ports.snapshot().facts(provider.id, model);
    const { dialect, place, request } = this.#billed;
    const target = { provider: provider.id, kind: provider.kind, model, contextTokens };
    this.#ports.tokens
      .boundInput({ dialect, place, request, client: this.#billed.started().start.clientId }, target)
      .then((inputTokens) => {
        if (this.#isOver) return;
        if (inputTokens === null) return refuse();
        this.#applying = asking.applying;
        this.#askAt({ ...asking, inputTokens });
      })
      .catch((cause: unknown) => {
        if (!this.#isOver) asking.verdict(new GatewayError('internal', 'the cost of the request cannot be bounded', { cause }));
      });
  }

  #bound({ candidate, inputTokens }: Asking, price: Price) {
    const { dialect, settings } = this.#billed;
    const request = this.#plain;
    const { maxOutputTokens, contextTokens } = this.#ports.snapshot().facts(candidate.provider.id, candidate.model);
    const askedTokens = askedOutputTokens({ maxOutputTokens: request.sayings().maxOutputTokens() }, settings);
    return boundCost({ candidate, price, dialect, request, askedTokens, inputTokens, contextTokens, maxOutputTokens });
  }

  /** Where no meter has a hard limit, nobody waits for the ledger. */
  #hold(asking: Asking, bounds: readonly CostBound[], estimateNanoUsd: number | null): void {
    const { candidate, applying, verdict } = asking;
    const { meters } = applying;
    const isWall = meters.some(({ limitNanoUsd }) => limitNanoUsd !== null);
    const isLimited = isWall || applying.call !== null;
    if (!isWall) this.#take(bounds[0], isLimited);
    if (meters.length === 0) return verdict(null);
    this.#isHeld = true;
    this.#wasHeld = true;
    this.#isBounded = estimateNanoUsd !== null;
    const amounts = bounds.map(({ nanoUsd }) => nanoUsd);
    const names = { requestKey: this.#key, provider: candidate.provider.id, model: candidate.model };
    this.#ports.recorder.reserve(this.#billed.started(), { ...names, amounts, estimateNanoUsd, meters }, (outcome) => {
      if (isWall) this.#decided(outcome, bounds, asking);
    });
    if (!isWall) verdict(null);
  }

  #decided(outcome: ReservationOutcome | Error, bounds: readonly CostBound[], asking: Asking): void {
    const { applying, verdict } = asking;
    if ('held' in outcome) {
      this.#take(bounds[outcome.held], true);
      return verdict(null);
    }
    this.#isHeld = false;
    this.#applying = null;
    if (outcome instanceof Error) return verdict(ledgerUnavailable(outcome));
    const { refusal } = outcome;
    const budget = budgetOfMeter(applying, refusal.meter);
    if (!budget) return verdict(new GatewayError('internal', 'a budget that is not there refused the request'));
    const askedNanoUsd = bounds.at(-1)?.nanoUsd ?? 0;
    const words = fullWords(budget, refusal, askedNanoUsd);
    const refuse = (): void => this.#refuse(asking, budget, { refusal, askedNanoUsd, words });
    return hasRoom(refusal) ? this.#askLower(asking, refuse) : refuse();
  }

  #take(bound: CostBound | undefined, isLimited: boolean): void {
    this.#heldNanoUsd = bound?.nanoUsd ?? 0;
    if (isLimited && bound?.limitTokens !== null && bound !== undefined) this.limit.set(bound.limitTokens);
  }

  #refuse({ candidate, verdict }: Asking, budget: Budget, refused: Omit<RefusedAttempt, 'target'>): void {
    this.#applying = null;
    this.#ports.budgets.refused(budget, { ...refused, target: `${candidate.provider.id}/${candidate.model}` });
    verdict(overBudget(refused.words));
  }
}

/** @returns null for a request that no budget can apply to, as for nearly every one */
export function openBilling(ports: BillingPorts, billed: BilledRequest): Billing | null {
  return billed.budgets.length === 0 ? null : new Billing(ports, billed);
}

function hasRoom({ meter, settledNanoUsd, reservedNanoUsd, closed }: ReservationRefusal): boolean {
  return closed === null && settledNanoUsd + reservedNanoUsd < (meter.limitNanoUsd ?? 0);
}

/** OpenAI's background responses go on after their answer, and nobody tells us what they come to. */
function worksOnAfterwards(dialect: Dialect, request: PassthroughRequest): boolean {
  if (dialect.name !== 'openai-responses' || !request.holds('"background"')) return false;
  const body = request.parse();
  return typeof body === 'object' && body !== null && Reflect.get(body, 'background') === true;
}

function cannotFollow(): GatewayError {
  const words = 'a hard budget applies, and nobody could say what a response in the background comes to; leave background out';
  return new GatewayError('bad-request', words, { field: 'background' });
}

function overBudget(words: string): GatewayError {
  return new GatewayError('over-budget', words, { code: 'insufficient_quota' });
}
