/** An upper bound of the tokens that a provider may bill for reading a request, without a tokenizer. */
import type { RequestAdditions, RequestSize } from '../../chat/request-size.ts';
import type { AskedModel } from './images.ts';
import { mostMediaTokens, unknownContextTokens } from './media-tokens.ts';

/** Who is asked, as far as a bound depends on it. */
export interface BoundedModel extends AskedModel {
  /** What it can read at most; null where nobody knows. */
  readonly contextTokens: number | null;
}

/**
 * What stands around a conversation without being in the request: marks of turns, of which each has more bytes of JSON than
 * tokens, and instructions of a model's own template (gpt-oss, Qwen and Magistral: up to 150 tokens).
 */
const templateTokens = 256;
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
  const { textBytes, media, readsMore, acts } = request;
  const mediaTokens = media.reduce((sum, part) => sum + mostMediaTokens(part, model, model.contextTokens), 0);
  const elsewhere = (readsMore ? (model.contextTokens ?? unknownContextTokens) : 0) + (acts ? actingTokens : 0);
  return textBytes + mediaTokens + elsewhere + boundAddedTokens(request, model);
}

/** The part of a bound that is the provider's own words. */
export function boundAddedTokens({ hasTools, builtInTools }: RequestAdditions, { kind, model }: AskedModel): number {
  const template = kind === 'xai' || /grok/i.test(model) ? xaiTemplateTokens : templateTokens;
  return template + (hasTools ? toolTokens : 0) + builtInTools * builtInToolTokens;
}
