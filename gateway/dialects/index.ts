/** The wire formats Gatehouse speaks, and which can be translated to which. */
import { anthropicCountTokens } from './anthropic-messages/count-tokens.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import type { Dialect, DialectName } from './dialect.ts';
import { geminiCountTokens } from './gemini/count-tokens.ts';
import { gemini, geminiBatchEmbeddings, geminiEmbeddings } from './gemini/index.ts';
import { ollama, ollamaEmbeddings, ollamaGenerate, ollamaLegacyEmbeddings } from './ollama/index.ts';
import { openAiEndpoints } from './openai/endpoints/index.ts';
import { openAiChat, openAiCompletions, openAiEmbeddings } from './openai/index.ts';
import { openAiResponses } from './openai/responses/index.ts';
import { openAiInputTokens } from './openai/responses/input-tokens.ts';

export { readBoundary } from './multipart/boundary.ts';
export { encodeAnthropicModel, encodeAnthropicModels } from './anthropic-messages/encode-model-list.ts';
export type { Dialect, DialectName, RequestForm } from './dialect.ts';
export { encodeGeminiModel, encodeGeminiModels } from './gemini/encode-model-list.ts';
export { encodeArrayStreamError } from './gemini/encode-error.ts';
export { createArrayStreamEncoder } from './gemini/answer/stream-encoder.ts';
export type { ListedModel } from './listed-model.ts';
export { encodePs, encodeShow, encodeTags, encodeVersion } from './ollama/encode-lists.ts';
export { encodeOpenAiModel, encodeOpenAiModels } from './openai/encode-model-list.ts';
export { expandPrevious, expandReferences, storedTurn } from './openai/responses/request/turns.ts';
export {
  anthropicCountTokens,
  anthropicMessages,
  gemini,
  geminiBatchEmbeddings,
  geminiCountTokens,
  geminiEmbeddings,
  ollama,
  ollamaEmbeddings,
  ollamaGenerate,
  ollamaLegacyEmbeddings,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiEndpoints,
  openAiInputTokens,
  openAiResponses,
};

const all: readonly Dialect[] = [
  openAiChat,
  openAiResponses,
  openAiInputTokens,
  openAiCompletions,
  openAiEmbeddings,
  anthropicMessages,
  anthropicCountTokens,
  gemini,
  geminiCountTokens,
  geminiEmbeddings,
  geminiBatchEmbeddings,
  ollama,
  ollamaGenerate,
  ollamaEmbeddings,
  ollamaLegacyEmbeddings,
  ...openAiEndpoints,
];

/** By name. */
export const dialects: ReadonlyMap<string, Dialect> = new Map(all.map((dialect) => [dialect.name, dialect]));

/** Chat in any of its forms, best first: responses carries thoughts between turns, which chat cannot. */
const chatFamily: readonly DialectName[] = ['openai-responses', 'openai-chat', 'anthropic-messages', 'gemini', 'ollama'];

/** Only these can say what follows a gap. */
const gapFamily: readonly DialectName[] = ['openai-completions', 'ollama-generate'];

const embeddingsFamily: readonly DialectName[] = [
  'openai-embeddings',
  'ollama-embeddings',
  'gemini-batch-embeddings',
  'gemini-embeddings',
  'ollama-legacy-embeddings',
];

/**
 * The dialects in which a request of this door may be said to a provider, best first: its own, in which the bytes pass through,
 * then those it can be translated to.
 * @param fillsGap whether the text to be written has a text behind it (`suffix`)
 */
export function upstreamDialects({ name, chat, embeddings, answerHere }: Dialect, fillsGap = false): readonly DialectName[] {
  if (embeddings) return withFirst(name, embeddingsFamily);
  // A count is asked of its own dialect or answered here; the model must be one that somebody serves.
  if (!chat) return answerHere ? withFirst(name, chatFamily) : [name];
  return fillsGap ? withFirst(name, gapFamily) : withFirst(name, chatFamily);
}

const kept = new Map<readonly DialectName[], Map<DialectName, readonly DialectName[]>>();

/** Made once for each door: every request asks for it, and whoever decides may keep what he made of the same list. */
function withFirst(name: DialectName, family: readonly DialectName[]): readonly DialectName[] {
  const lists = kept.get(family) ?? new Map<DialectName, readonly DialectName[]>();
  const list = lists.get(name) ?? [name, ...family.filter((other) => other !== name)];
  if (!lists.has(name)) kept.set(family, lists.set(name, list));
  return list;
}
