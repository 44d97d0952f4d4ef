/** What every exchange is given from outside: functions over the state that outlives any one config. */
import type { GatewayEvent } from '../contract/events.ts';
import type { ClientTerms } from '../contract/client-terms.ts';
import type { RequestRecorder } from '../contract/records.ts';
import type { DecisionClock, DecisionSnapshot } from '../decision/question.ts';
import type { ModelFactsSource } from './billing/billing.ts';
import type { BudgetSource } from './billing/budget-source.ts';
import type { PriceSource } from './price-source.ts';
import type { Limiter } from '../limits/limiter.ts';
import type { KeyPool } from '../providers/key-pool.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import type { LiveState } from './live-state/live-state.ts';
import type { ShadowFollower } from './shadow/asked-shadow.ts';
import type { ModelLoads } from './local/model-loads.ts';
import type { MissingDialects } from './attempts/missing-dialects.ts';
import type { RefusedFields } from './attempts/refused-fields.ts';
import type { TokenKnowledge } from './token-knowledge.ts';
import type { ReasoningMemory } from './translation/reasoning-memory.ts';
import type { ResponseMemory } from './translation/response-memory.ts';

/** A provider key, or why it is not there. */
export type ResolvedKey = { readonly value: string } | { readonly problem: string };

export interface ExchangePorts {
  readonly recorder: RequestRecorder;
  readonly live: LiveExchanges;
  readonly reasoning: ReasoningMemory;
  readonly responses: ResponseMemory;
  /** The next request's key (contract/request-id.ts). */
  nextKey(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /** A number in [0, 1): spreads retries. */
  random(): number;
  /** How everything stands that decides. */
  snapshot(): DecisionSnapshot;
  /** @param atMs milliseconds since 1970 */
  wallClock(atMs: number): DecisionClock;
  /** Resolves when the model lists that are being fetched have come, or after a bounded time. */
  whenModelsKnown(): Promise<void>;
  resolveKey(reference: string): ResolvedKey;
  /** Which keys rest, and in which order the others are asked. */
  readonly keyPool: KeyPool;
  /** Breakers, figures, sessions and turns of the targets. */
  readonly state: LiveState;
  /** Loads of models that requests wait for. */
  readonly loads: ModelLoads;
  readonly refusedFields: RefusedFields;
  readonly missingDialects: MissingDialects;
  readonly shadows: ShadowFollower;
  readonly prices: PriceSource;
  readonly budgets: BudgetSource;
  readonly modelFacts: ModelFactsSource;
  /** What limited clients and providers have used of their limits. */
  readonly limiter: Limiter;
  readonly tokens: TokenKnowledge;
  /** Notes a fault of our own in the program's log. */
  reportFailure(requestId: string, error: unknown): void;
  /** Tells every open window; the event is made only when there is one. */
  announce(makeEvent: () => GatewayEvent): void;
}

/** Who asks: known from the key alone. */
export interface ClientIdentity extends ClientTerms {
  readonly id: string;
  /** From then on the key that it came with opens nothing; null: it stays as long as its client. Milliseconds since 1970. */
  readonly keyEndsAtMs: number | null;
}
