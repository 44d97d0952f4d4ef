/** An upper bound of the tokens that a provider may bill for reading a request, without a tokenizer. */
import type { RequestAdditions, RequestSize } from '../../chat/request-size.ts';
import { boundLearnedTokens, type LearnedRatio } from './calibration.ts';
import type { AskedModel } from './images.ts';
import { mostMediaTokens, unknownContextTokens } from './media-tokens.ts';

/** Who is asked, as far as a bound depends on it. */
export interface BoundedModel extends AskedModel {
  /** What it can read at most; null where nobody knows. */
  readonly contextTokens: number | null;
}

/**
 * What stands around a conversation without being in the request: marks of turns, of which each has more bytes of JSON than
 * tokens, and a date that some templates put before it.
 */
const templateTokens = 32;
/** Families whose template brings instructions of its own: gpt-oss, Qwen, Magistral and Kimi up to 150 tokens, others unseen. */
const talkativeFamilies = /gpt-oss|qwen|magistral|kimi|granite|command|hermes|minimax/i;
const talkativeTemplateTokens = 256;
/** xAI puts instructions of its own before a conversation: 680 tokens were seen. */
const xaiTemplateTokens = 1_024;
/** Anthropic's instructions for tools have up to 804 tokens (platform.claude.com, tool use), others' fewer; so have those for a schema. */
const toolTokens = 1_024;
/** Anthropic's own tools: up to 735 for one, with 499 of instructions (the same source). */
const builtInToolTokens = 1_536;

/** What a provider's own tools may read on the way to one answer. */
const actingTokens = 200_000;

/**
 * Every tokenizer in use falls back to bytes, so that a text has at most as many tokens as bytes; JSON's envelopes and escapes
 * only add bytes. Media are counted by the dearest that one can be (media-tokens.ts). What a provider keeps and adds is
 * taken for the model's whole context. What its own tools read has no bound: that is an allowance.
 * @param request as the provider is sent it: of a translated one, what was translated
 * @returns a whole number
 */
export function boundInputTokens(request: RequestSize & RequestAdditions, model: BoundedModel): number {
  const { hasTools, builtInTools, textBytes } = request;
  const tools = (hasTools ? toolTokens : 0) + builtInTools * builtInToolTokens;
  return textBytes + templateOf(model) + tools + boundUnreadTokens(request, model);
}

/**
 * The same by what was learned of the model, which is lower. What a provider adds for tools is in what was learned, and stands
 * here once more.
 * @param denseBytes of the text what is not plain words
 * @returns null while too little is known
 */
export function boundByLearning(
  request: RequestSize & RequestAdditions,
  denseBytes: number,
  model: BoundedModel,
  learned: LearnedRatio,
): number | null {
  const textTokens = boundLearnedTokens(learned, request.textBytes, denseBytes);
  return textTokens === null ? null : boundInputTokens({ ...request, textBytes: textTokens }, model);
}

/** A counted text may yet be framed in another way, and tools be shown in other words: never seen to be more than a hundredth. */
const countedMargin = 1.03;
const countedTemplateTokens = 32;

/**
 * The same by a tokenizer's count, which is lower.
 * @param textTokens as it counted them, of a request in which nothing but media was left out
 */
export function boundCountedTokens(textTokens: number, request: RequestSize & RequestAdditions, model: BoundedModel): number {
  const template = /gpt-oss/i.test(model.model) ? talkativeTemplateTokens : countedTemplateTokens;
  const tools = request.builtInTools * builtInToolTokens;
  return Math.ceil(textTokens * countedMargin) + template + tools + boundUnreadTokens(request, model);
}

function templateOf({ kind, model }: AskedModel): number {
  if (kind === 'xai' || /grok/i.test(model)) return xaiTemplateTokens;
  return talkativeFamilies.test(model) ? talkativeTemplateTokens : templateTokens;
}

/** What is no text of the request. */
function boundUnreadTokens({ media, readsMore, acts }: RequestSize & RequestAdditions, model: BoundedModel): number {
  const mediaTokens = media.reduce((sum, part) => sum + mostMediaTokens(part, model, model.contextTokens), 0);
  return mediaTokens + (readsMore ? (model.contextTokens ?? unknownContextTokens) : 0) + (acts ? actingTokens : 0);
}
