/** What is known of how models count tokens: a port, since counting exactly takes a thread, and what was learned is kept. */
import type { RequestSize } from '../chat/request-size.ts';
import type { Usage } from '../chat/usage.ts';
import type { RequestPlace } from '../dialects/codec.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import type { AskedModel } from '../money/tokens/images.ts';
import type { BoundedModel } from '../money/tokens/input-bound.ts';

/** A model at a provider of the config. */
export interface CountingTarget extends AskedModel {
  /** Its id. */
  readonly provider: string;
}

/** A request in its client's words. */
export interface CountedRequest {
  readonly dialect: Dialect;
  readonly place: RequestPlace;
  readonly request: PassthroughRequest;
  /** Whose it is; null for who came without a key. */
  readonly client: string | null;
}

export interface TokenKnowledge {
  /** By what was learned of the model, else by its bytes; media by the model's own rule. @param target null: not known yet */
  estimateInput(size: RequestSize, target: CountingTarget | null): number;
  /** What the model usually answers with; null while too little is known. */
  estimateOutput(target: CountingTarget): number | null;
  /** By the tokenizer, media by their rule; null where there is none, or it takes too long. Rejects never. */
  count(asked: CountedRequest, target: CountingTarget): Promise<number | null>;
  /**
   * An upper bound below the one by bytes (money/tokens/input-bound.ts): by the tokenizer, else by what was learned. It reads the
   * request several times, so it is asked only where the other does not fit. Rejects never.
   * @returns null where none is known
   */
  boundInput(asked: CountedRequest, target: CountingTarget & BoundedModel): Promise<number | null>;
  /** Its provider has counted a request. Costs next to nothing, but for the few that are read once more. */
  learn(target: CountingTarget, request: PassthroughRequest, usage: Usage): void;
}
