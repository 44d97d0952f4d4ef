/** Sends copies of requests to other targets after the answers: few at once, within a day's budget, and felt by nobody. */
import { GatewayError } from '../../chat/error.ts';
import { nanoOfUsd } from '../../contract/money/nano-usd.ts';
import { formatRequestId } from '../../contract/request-id.ts';
import type { ShadowLog } from '../../contract/shadows.ts';
import type { Decision } from '../../decision/decision.ts';
import { isTranslatable } from '../answer-here.ts';
import { type Candidate, planCandidates } from '../attempts/candidates.ts';
import { noteFailure } from '../attempts/key-standing.ts';
import { withoutKey } from '../attempts/upstream-error.ts';
import { isMissingPath } from '../attempts/missing-dialects.ts';
import { asGatewayError } from '../own-errors.ts';
import type { ExchangePorts } from '../ports.ts';
import { errorColumns } from '../error-columns.ts';
import { boundedUsage, recordUsage } from '../row.ts';
import type { Translation } from '../translation/translation.ts';
import { letsProviderAct } from './acting-tools.ts';
import type { AskedShadow, ShadowFollower } from './asked-shadow.ts';
import { dayOf, type OverBudget, ShadowBudget } from './budget.ts';
import { estimateCopy } from './cost.ts';
import { sayRequest, wireOf } from './say-request.ts';
import { ShadowBill } from './shadow-bill.ts';
import { ShadowCall, type ShadowResult } from './shadow-call.ts';

/** Under way at once, at most; nothing waits for its turn. */
export const mostShadows = 4;
/** A larger body is not kept for a copy. */
export const largestBodyBytes = 1024 * 1024;

export type LeftOutReason =
  | OverBudget
  | 'budget'
  | 'not-comparable'
  | 'body-size'
  | 'same-target'
  | 'acting-tools'
  | 'busy'
  | 'no-ready-key'
  | 'log-unavailable'
  | 'stopping'
  | 'fault';

export type ShadowPorts = Pick<
  ExchangePorts,
  | 'now'
  | 'monotonic'
  | 'snapshot'
  | 'wallClock'
  | 'resolveKey'
  | 'keyPool'
  | 'refusedFields'
  | 'missingDialects'
  | 'tokens'
  | 'reportFailure'
  | 'recorder'
  | 'budgets'
  | 'modelFacts'
  | 'prices'
  | 'announce'
> & { readonly shadowLog: ShadowLog };

type DrawnShadow = NonNullable<Decision['shadow']>;
type AnsweredBy = NonNullable<AskedShadow['row']['ended']>;

/** A copy that may be sent, and was taken from the day's budget. */
interface Copy {
  readonly asked: AskedShadow;
  readonly shadow: DrawnShadow;
  readonly candidate: Candidate;
  readonly day: string;
  /** What it may cost by its estimate; null: nobody knows. */
  readonly heldNanoUsd: number | null;
}

export class Shadows implements ShadowFollower {
  readonly #ports: ShadowPorts;
  readonly #budget: ShadowBudget;
  readonly #runs = new Set<Promise<void>>();
  readonly #calls = new Set<ShadowCall>();
  readonly #leftOut = new Map<LeftOutReason, number>();
  #stopped = false;

  constructor(ports: ShadowPorts) {
    this.#ports = ports;
    this.#budget = new ShadowBudget((day) => ports.shadowLog.usedOn(day));
  }

  /** How many are under way. */
  get size(): number {
    return this.#runs.size;
  }

  /** How many that were drawn have not been sent, and why. */
  get leftOut(): ReadonlyMap<LeftOutReason, number> {
    return this.#leftOut;
  }

  follow(asked: AskedShadow): void {
    const { shadow } = asked.decision;
    const { dialect, response } = asked.input;
    if (shadow === null) return;
    if (!isTranslatable(dialect)) this.#leaveOut('not-comparable');
    else if (asked.row.start.requestBytes > largestBodyBytes) this.#leaveOut('body-size');
    // Every byte of the answer has left the program then; a client that leaves before never gets so far.
    else response.once('finish', () => this.#begin(asked, shadow));
  }

  /** Ends those under way at once; none begins any more. Resolves when all of them are written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const call of this.#calls) call.abort(stopping());
    await Promise.all(this.#runs);
  }

  #leaveOut(reason: LeftOutReason): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
  }

  #begin(asked: AskedShadow, shadow: DrawnShadow): void {
    const { ended, start } = asked.row;
    // A row that could not be committed is answered with an error, whatever it was to say.
    if (ended?.state !== 'ok' || asked.input.response.statusCode >= 300) return;
    try {
      const copy = this.#take(asked, shadow, ended);
      if (typeof copy === 'string') this.#leaveOut(copy);
      else this.#start(copy);
    } catch (error) {
      this.#leaveOut('fault');
      this.#ports.reportFailure(formatRequestId(start.key), error);
    }
  }

  /** Everything that may speak against it, what costs nothing first. */
  #take(asked: AskedShadow, shadow: DrawnShadow, answeredBy: AnsweredBy): Copy | LeftOutReason {
    const { provider, model } = shadow.asTarget;
    if (this.#stopped) return 'stopping';
    if (answeredBy.provider === provider && answeredBy.model === model) return 'same-target';
    if (this.#runs.size >= mostShadows) return 'busy';
    const day = dayOf(this.#ports.wallClock(this.#ports.now()));
    if (!this.#budget.hasCopies(shadow, day)) return 'daily-copies';
    if (letsProviderAct(asked.request)) return 'acting-tools';
    const candidate = this.#readyCandidate(asked, shadow);
    if (candidate === null) return 'no-ready-key';
    const heldNanoUsd = this.#estimate(asked, candidate);
    const over = this.#budget.take(shadow, day, heldNanoUsd);
    return over ?? { asked, shadow, candidate, day, heldNanoUsd };
  }

  /** A resting key is left to rest: it would be asked for nobody's sake. */
  #readyCandidate({ runtime }: AskedShadow, { asTarget }: DrawnShadow): Candidate | null {
    const [candidate] = planCandidates([asTarget], runtime, this.#ports).candidates;
    if (!candidate) return null;
    const { provider, keyReference } = candidate;
    const standings = this.#ports.keyPool.standings(provider.id, provider.keys);
    const standing = standings.find(({ reference }) => reference === keyReference);
    return standing === undefined || standing.state === 'ready' ? candidate : null;
  }

  #estimate({ request, input, decision }: AskedShadow, { provider, model }: Candidate): number | null {
    const facts = this.#ports.snapshot().facts(provider.id, model);
    const usd = estimateCopy({ provider, model, facts, request, dialect: input.dialect.name, settings: decision.settings });
    return usd === null ? null : nanoOfUsd(usd);
  }

  #start(copy: Copy): void {
    const run = this.#run(copy)
      .catch((error: unknown) => this.#ports.reportFailure(formatRequestId(copy.asked.row.start.key), error))
      .finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  async #run(copy: Copy): Promise<void> {
    const { asked, shadow, candidate, day, heldNanoUsd } = copy;
    const requestKey = asked.row.start.key;
    const startedAtMs = this.#ports.now();
    const target = `${candidate.provider.id}/${candidate.model}`;
    const bill = new ShadowBill(this.#ports, asked, shadow.rule, candidate);
    if (!(await bill.hold())) return this.#giveBack(copy, 'budget');
    try {
      await this.#ports.shadowLog.begin({ requestKey, startedAtMs, day, target, rule: shadow.rule, heldNanoUsd });
    } catch {
      // What cannot be counted is not spent.
      bill.notSent();
      return this.#giveBack(copy, 'log-unavailable');
    }
    const result = await this.#ask(copy, startedAtMs);
    await this.#write(copy, result, bill, startedAtMs);
  }

  #giveBack({ shadow, day, heldNanoUsd }: Copy, reason: LeftOutReason): void {
    this.#budget.giveBack(shadow.rule, day, heldNanoUsd);
    this.#leaveOut(reason);
  }

  async #ask({ asked, candidate }: Copy, startedAtMs: number): Promise<ShadowResult> {
    const { now, monotonic, refusedFields } = this.#ports;
    const { decision, runtime, request } = asked;
    const totalMs = decision.limits.timeouts?.totalMs ?? runtime.totalMs;
    const { stream } = request.head;
    const call = new ShadowCall({ candidate, wire: wireOf(asked, candidate), stream, totalMs, now, monotonic });
    let translation: Translation | null = null;
    this.#calls.add(call);
    try {
      if (this.#stopped) throw stopping();
      const said = sayRequest(asked, candidate, refusedFields.quirksOf(candidate));
      translation = said.translation;
      call.send(said.upstream);
    } catch (error) {
      call.abort(asGatewayError(error));
    }
    const result = await call.result;
    this.#calls.delete(call);
    this.#learn(candidate, translation, result, startedAtMs);
    return result;
  }

  /** What the provider said of its key and of its paths is true for whoever asks; how it fares as a target is not noted. */
  #learn(candidate: Candidate, translation: Translation | null, { refusal }: ShadowResult, sentAtMs: number): void {
    if (refusal === null) return;
    const { keyPool, refusedFields, missingDialects } = this.#ports;
    noteFailure(keyPool, candidate, refusal, sentAtMs);
    if (translation) refusedFields.learn(candidate, translation, refusal);
    if (isMissingPath(refusal)) missingDialects.note(candidate.provider.id, candidate.dialect);
  }

  /** The day's limit, the budgets and the log are settled by one figure. */
  async #write({ asked, shadow, candidate, day, heldNanoUsd }: Copy, result: ShadowResult, bill: ShadowBill, atMs: number) {
    const { status, durationMs, firstTokenMs, textLength, refusal } = result;
    const charge = await bill.charge(result, atMs);
    const { counted, cost, settlement } = charge;
    this.#budget.settle(shadow.rule, day, heldNanoUsd, cost.nanoUsd);
    const rawUsageJson = boundedUsage(result.rawUsageJson && withoutKey(result.rawUsageJson, candidate.key));
    const figures = { status, durationMs, firstTokenMs, textLength, usage: recordUsage(counted), rawUsageJson };
    const requestKey = asked.row.start.key;
    await this.#ports.shadowLog.end({ requestKey, ...figures, cost, settlement, ...errorColumns(refusal?.error ?? null) });
    bill.recorded(charge);
    this.#ports.announce(() => ({ type: 'copy-finished', id: formatRequestId(requestKey) }));
  }
}

function stopping(): GatewayError {
  return new GatewayError('shutting-down', 'the gateway stopped before the copy was answered');
}
