/** What one attempt may cost at most, whatever its answer holds, and what it comes to if nobody ever tells. */
import type { Price } from '../../contract/money/price.ts';
import { answersWithText } from '../../decision/estimate.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import { boundInputTokens } from '../../money/tokens/input-bound.ts';
import { worstCost } from '../../money/worst-cost.ts';
import type { Candidate } from '../attempts/candidates.ts';

export interface BoundQuestion {
  readonly candidate: Pick<Candidate, 'provider' | 'model'>;
  readonly price: Price;
  /** The client's. */
  readonly dialect: Dialect;
  readonly request: PassthroughRequest;
  /** By the policy and the request; null where neither limits the answer. */
  readonly askedTokens: number | null;
  /** A bound of the input that is lower than the one by bytes; null where none was asked for. */
  readonly inputTokens: number | null;
  /** What is known of the model; null where it is not. */
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
}

/** One upper bound, and the limit of the answer that must be written for it to hold; null where the request holds it already. */
export interface CostBound {
  readonly nanoUsd: number;
  readonly limitTokens: number | null;
}

export interface CostBounds {
  /** The highest first. */
  readonly bounds: readonly CostBound[];
  readonly estimateNanoUsd: number;
}

/** Where a request says no limit under a hard budget, the answer gets the first of these that fits. */
const limitsToWrite = [16_384, 4_096, 1_024, 256] as const;
/** What is rehearsed is short, and so are the budgets it is rehearsed with. */
const limitsOfRehearsal = [...limitsToWrite, 64, 16] as const;

const usualOutputTokens = 4_096;

/** What a provider's own tools may ask on the way to one answer. */
const actingSearches = 20;
/** Of an answer of which nobody knows how long it is. */
export const likelyOutputTokens = 500;

/** @returns null where no bound can be given, as for a price by the minute or the picture */
export function boundCost(question: BoundQuestion): CostBounds | null {
  const { candidate, price, dialect, request, askedTokens } = question;
  const asked = { kind: candidate.provider.kind, model: candidate.model, contextTokens: question.contextTokens };
  const size = { ...request.measure(), ...request.additions() };
  const acts = dialect.endpoint === undefined && size.acts;
  const inputTokens = Math.min(boundInputTokens(size, asked), question.inputTokens ?? Number.POSITIVE_INFINITY);
  const choices = dialect.endpoint === undefined ? request.sayings().choices() : 1;
  const searches = acts ? actingSearches : 0;
  const served = mayBeServedOtherwise(price, request) ? {} : { serviceTiers: [] };
  const worst = (outputTokens: number): number | null =>
    worstCost(price, { inputTokens, outputTokens: outputTokens * choices, searches, ...served });
  const usual = estimateOf(price, estimateInputTokens(size, asked), askedTokens, dialect);
  if (!answersWithText({ dialect: dialect.name })) {
    const nanoUsd = dialect.endpoint === undefined ? worst(0) : null;
    return nanoUsd === null ? null : { bounds: [{ nanoUsd, limitTokens: null }], estimateNanoUsd: Math.min(usual, nanoUsd) };
  }
  const limits =
    askedTokens === null
      ? limitsOf(roomFor(question, estimateInputTokens(size, asked)), candidate.provider.builtIn)
      : [askedTokens];
  const bounds = limits.flatMap((limit) => {
    const nanoUsd = worst(limit);
    return nanoUsd === null ? [] : [{ nanoUsd, limitTokens: askedTokens === null ? limit : null }];
  });
  const [highest] = bounds;
  return highest ? { bounds, estimateNanoUsd: Math.min(usual, highest.nanoUsd) } : null;
}

/** OpenAI's word and its relatives', Gemini's, and Anthropic's for its speed and place. */
const servingWords = ['"service_tier"', '"serviceTier"', '"speed"', '"inference_geo"'] as const;

/** Who does not ask for a service tier is served by the usual one. */
function mayBeServedOtherwise({ serviceTiers }: Price, request: PassthroughRequest): boolean {
  return Object.keys(serviceTiers).length > 0 && servingWords.some((word) => request.holds(word));
}

/** What the model can write behind what it reads, as far as that is known; no more than a model of unknown size surely can. */
function roomFor({ contextTokens, maxOutputTokens }: BoundQuestion, inputTokens: number): number {
  if (contextTokens === null && maxOutputTokens === null) return usualOutputTokens;
  const behind = contextTokens === null ? Infinity : contextTokens - Math.ceil(inputTokens * 1.25);
  return Math.max(1, Math.min(maxOutputTokens ?? Infinity, behind));
}

function limitsOf(most: number, isRehearsal: boolean): readonly number[] {
  return [...new Set((isRehearsal ? limitsOfRehearsal : limitsToWrite).map((limit) => Math.min(limit, most)))];
}

function estimateOf(price: Price, inputTokens: number, askedTokens: number | null, dialect: Dialect): number {
  const outputTokens = answersWithText({ dialect: dialect.name })
    ? Math.min(askedTokens ?? likelyOutputTokens, likelyOutputTokens)
    : 0;
  return worstCost(price, { inputTokens, outputTokens, serviceTiers: [] }) ?? 0;
}
