/** What one attempt came to, by its answer or by what its provider may have billed for none. */
import type { ErrorKind, GatewayError } from '../../chat/error.ts';
import { unknownUsage } from '../../chat/usage.ts';
import type { Price } from '../../contract/money/price.ts';
import { noCost, type RecordedCost } from '../../contract/records.ts';
import { recordCost } from '../../money/record-cost.ts';
import type { PassthroughRequest } from '../../dialects/dialect.ts';
import type { Candidate } from '../attempts/candidates.ts';
import { comparedWith, type PriceSource } from '../price-source.ts';
import type { Outcome } from '../relay/body-sink.ts';
import { type Charge, countUsage, isUncounted } from '../row.ts';
import type { CountingTarget, TokenKnowledge } from '../token-knowledge.ts';
import { likelyOutputTokens } from './cost-bound.ts';

/** The request was sent whole, and nobody knows what its provider made of it: it may have worked, and billed. */
const possiblyBilled: ReadonlySet<ErrorKind> = new Set([
  'upstream-reset',
  'upstream-first-byte-timeout',
  'upstream-stalled',
  'upstream-total-timeout',
  'upstream-truncated',
  'upstream-protocol',
  'upstream-too-large',
  'client-gone',
  'client-slow',
  'key-revoked',
  'shutting-down',
  'ledger-unavailable',
  'internal',
]);

/** Whom the attempt asked, and when (milliseconds since 1970). */
export interface Paid {
  readonly candidate: Pick<Candidate, 'provider' | 'model'>;
  readonly atMs: number;
  /** By which it was held to budgets; undefined where none was looked up: then by the price of now. */
  readonly price: Price | null | undefined;
  /** Tokens of what was asked; null when it is not here any more, or nobody can count them. */
  estimateInput(): number | null;
  /** Tokens of an answer that nobody saw. */
  likelyOutput(): number;
  /** Nobody is billed for it: it only counts tokens. */
  readonly isFree: boolean;
}

/** Of the attempt that was answered, or was under way when its request ended. */
export function costOfAnswer(
  prices: PriceSource,
  outcome: Pick<Outcome, 'usage' | 'seen' | 'rawUsageJson' | 'error'>,
  paid: Paid,
): Pick<Charge, 'counted' | 'cost'> {
  const { usage, seen, rawUsageJson, error } = outcome;
  const counted = countUsage(outcome, isUncounted(outcome) ? paid.estimateInput() : null);
  if (paid.isFree) return { counted, cost: noCost };
  if (error !== null && usage === null && seen === null) return chargeOfFailure(prices, error, null, paid);
  return { counted, cost: recordCost({ ...pricesOf(prices, paid), ...counted, rawUsageJson }) };
}

/** Of a request that nobody was asked for, or whose attempts have all ended. */
export const noCharge: Pick<Charge, 'counted' | 'cost'> = { counted: { usage: null, estimated: false }, cost: noCost };

/**
 * Of an attempt that came to nothing, what was asked counts as it was estimated, where it may have been billed.
 * @param status its provider's answer; null where none came: an error of its own is billed by nobody
 */
export function chargeOfFailure(
  prices: PriceSource,
  { kind }: Pick<GatewayError, 'kind'>,
  status: number | null,
  paid: Paid,
): Pick<Charge, 'counted' | 'cost'> {
  const isBilled = !paid.isFree && possiblyBilled.has(kind) && (status === null || status < 300);
  if (!isBilled) return noCharge;
  const inputTokens = paid.estimateInput();
  const outputTokens = inputTokens === null ? null : paid.likelyOutput();
  const usage = inputTokens === null ? null : { ...unknownUsage, inputTokens, outputTokens };
  const cost = recordCost({ ...pricesOf(prices, paid), usage, estimated: true, rawUsageJson: null });
  return { counted: { usage, estimated: usage !== null }, cost };
}

/** A stream that shows nothing has hardly begun; a whole answer may be done by the time that nobody waits for it any more. */
export function likelyOutput(tokens: TokenKnowledge, target: CountingTarget, request: PassthroughRequest): number {
  if (request.head.stream) return 0;
  const likely = tokens.estimateOutput(target) ?? likelyOutputTokens;
  return Math.min(likely, request.sayings().maxOutputTokens() ?? likely);
}

function pricesOf(prices: PriceSource, { candidate, atMs, price: held }: Paid) {
  const price = held === undefined ? (prices.priceOf(candidate.provider, candidate.model, atMs) ?? null) : held;
  return { price, comparedPrice: comparedWith(candidate.provider, price, () => prices.compared()) };
}

/** The request's cost: of its last attempt, and of those before it. */
export function totalCost(last: RecordedCost, earlierNanoUsd: readonly (number | null)[]): RecordedCost {
  const earlier = earlierNanoUsd.filter((cost) => cost !== 0);
  if (earlier.length === 0) return last;
  if (last.nanoUsd === null || earlier.includes(null)) return { ...last, nanoUsd: null, basis: 'unknown' };
  const sum = earlier.reduce<number>((total, cost) => total + (cost ?? 0), last.nanoUsd);
  return { ...last, nanoUsd: sum, basis: 'estimated' };
}
