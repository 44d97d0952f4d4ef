/** Knows how models count tokens: asks the thread that has the tokenizer, and learns from what providers bill. */
import type { RequestSize } from './chat/request-size.ts';
import type { Usage } from './chat/usage.ts';
import type { TokenCalibration } from './contract/money/tokens.ts';
import type { PassthroughRequest } from './dialects/dialect.ts';
import { totalLength } from './dialects/json/pieces.ts';
import type { CountedRequest, CountingTarget, TokenKnowledge } from './exchange/token-knowledge.ts';
import { estimateInputTokens } from './money/estimate-tokens.ts';
import {
  errorPercentOf,
  isSampled,
  isTeaching,
  type LearnedRatio,
  learnInput,
  learnOutput,
  nothingLearned,
  ratioOf,
  teachesBounds,
  readLearned,
  usualOutputTokens,
} from './money/tokens/calibration.ts';
import { type ExactCount, encodingOf } from './money/tokens/exact-tokens.ts';
import { boundByLearning, boundCountedTokens, type BoundedModel } from './money/tokens/input-bound.ts';
import { likelyMediaTokens } from './money/tokens/media-tokens.ts';
import type { TokenRatioStorage } from './storage/open-storage.ts';
import type { TokenCounter } from './token-counter.ts';

/** How long what was learned may wait to be written. A crash loses at most this much of it. */
const flushAfterMs = 30_000;
/** Names come from clients: so many models are learned, and no more. */
const mostModels = 1_000;
/** What is longer is not counted: copying it to the thread would keep everybody waiting. */
const longestCounted = 8 * 1024 * 1024;

interface Model {
  readonly provider: string;
  readonly model: string;
  learned: LearnedRatio;
  /** Requests since the start. */
  seen: number;
  isUnwritten: boolean;
}

export class LearnedTokens implements TokenKnowledge {
  readonly #counter: TokenCounter;
  readonly #storage: TokenRatioStorage;
  /** By provider, then by model: no text is put together for a request. */
  readonly #models = new Map<string, Map<string, Model>>();
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(counter: TokenCounter, storage: TokenRatioStorage) {
    this.#counter = counter;
    this.#storage = storage;
    for (const { provider, model, ratioJson } of storage.load()) {
      const learned = readLearned(ratioJson);
      if (learned) this.#add(provider, model, learned);
    }
  }

  estimateInput(size: RequestSize, target: CountingTarget | null): number {
    const learned = target === null ? undefined : this.#find(target)?.learned;
    return estimateInputTokens(size, target, learned ? ratioOf(learned) : null);
  }

  estimateOutput(target: CountingTarget): number | null {
    const learned = this.#find(target)?.learned;
    return learned ? usualOutputTokens(learned) : null;
  }

  async count(asked: CountedRequest, target: CountingTarget): Promise<number | null> {
    const counted = await this.#countText(asked, target, false);
    if (counted === null) return null;
    const { media } = asked.request.measure();
    return media.reduce((sum, part) => sum + likelyMediaTokens(part, target), counted.tokens);
  }

  async boundInput(asked: CountedRequest, target: CountingTarget & BoundedModel): Promise<number | null> {
    const { request } = asked;
    const counted = await this.#countText(asked, target, true);
    const learned = this.#find(target)?.learned;
    if (!counted?.isWhole && !(learned && teachesBounds(learned))) return null;
    const size = { ...request.measure(), ...request.additions() };
    if (counted?.isWhole) return boundCountedTokens(counted.tokens, size, target);
    return learned ? boundByLearning(size, request.denseBytes(), target, learned) : null;
  }

  learn(target: CountingTarget, request: PassthroughRequest, { inputTokens, outputTokens }: Usage): void {
    const model = this.#find(target) ?? this.#add(target.provider, target.model, nothingLearned);
    if (!model) return;
    model.seen += 1;
    if (outputTokens !== null && outputTokens > 0) model.learned = learnOutput(model.learned, outputTokens);
    if (inputTokens !== null) this.#learnInput(model, request, inputTokens);
    model.isUnwritten = true;
    // A write that fails is no reason to fail a request: the next request tries again.
    this.#timer ??= setTimeout(() => this.flush().catch(() => undefined), flushAfterMs).unref();
  }

  /** Writes what is new. @throws WriteFailedError */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const unwritten = this.#all().filter(({ isUnwritten }) => isUnwritten);
    if (unwritten.length === 0) return;
    for (const model of unwritten) model.isUnwritten = false;
    try {
      await this.#storage.save(
        unwritten.map(({ provider, model, learned }) => ({ provider, model, ratioJson: JSON.stringify(learned) })),
      );
    } catch (error) {
      for (const model of unwritten) model.isUnwritten = true;
      throw error;
    }
  }

  /** What is known of each model, those first that were learned from most. */
  list(): TokenCalibration[] {
    return this.#all()
      .map(({ provider, model, learned }) => {
        const ratio = ratioOf(learned);
        return {
          provider,
          model,
          samples: Math.round(learned.samples),
          bytesPerToken: ratio === null ? null : 1 / ratio,
          errorPercent: errorPercentOf(learned),
          outputTokens: usualOutputTokens(learned),
        };
      })
      .sort((one, other) => other.samples - one.samples || one.model.localeCompare(other.model));
  }

  async close(): Promise<void> {
    await Promise.all([this.flush().catch(() => undefined), this.#counter.close()]);
  }

  #learnInput(model: Model, request: PassthroughRequest, inputTokens: number): void {
    if (!isSampled(model.learned, model.seen)) return;
    const bytes = totalLength(piecesOf(request));
    if (!isTeaching(bytes)) return;
    const { textBytes, media } = request.measure();
    if (media.length > 0) return;
    const { readsMore, acts } = request.additions();
    if (!readsMore && !acts) model.learned = learnInput(model.learned, textBytes, inputTokens);
  }

  async #countText(
    { dialect, place, request, client }: CountedRequest,
    target: CountingTarget,
    isForBudget: boolean,
  ): Promise<ExactCount | null> {
    const encoding = encodingOf(target);
    if (encoding === null) return null;
    const pieces = piecesOf(request);
    if (totalLength(pieces) > longestCounted) return null;
    const { model } = request.head;
    const body = Buffer.concat(pieces);
    const question = { encoding, dialect: dialect.countsFor ?? dialect.name, place: { ...place, model, stream: false }, body };
    return this.#counter.count(question, { client, isForBudget });
  }

  #find({ provider, model }: CountingTarget): Model | undefined {
    return this.#models.get(provider)?.get(model);
  }

  #add(provider: string, model: string, learned: LearnedRatio): Model | null {
    if (this.#count >= mostModels) return null;
    const added: Model = { provider, model, learned, seen: 0, isUnwritten: false };
    const models = this.#models.get(provider) ?? new Map<string, Model>();
    this.#models.set(provider, models.set(model, added));
    this.#count += 1;
    return added;
  }

  #all(): Model[] {
    return [...this.#models.values()].flatMap((models) => [...models.values()]);
  }
}

/** The client's bytes. */
function piecesOf({ head, write }: PassthroughRequest): readonly Buffer[] {
  return write({ model: head.model, askUsage: false });
}
