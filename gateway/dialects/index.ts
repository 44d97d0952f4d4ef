/** The wire formats Gatehouse speaks, and which can be translated to which. */
import type { Dialect, DialectName } from './dialect.ts';
import { openAiChat, openAiCompletions, openAiEmbeddings } from './openai/index.ts';

export type { Dialect, DialectName } from './dialect.ts';
export { openAiChat, openAiCompletions, openAiEmbeddings };

const all: readonly Dialect[] = [openAiChat, openAiCompletions, openAiEmbeddings];

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
export function upstreamDialects({ name, chat, embeddings }: Dialect, fillsGap = false): readonly DialectName[] {
  if (embeddings) return withFirst(name, embeddingsFamily);
  if (!chat) return [name];
  return fillsGap ? withFirst(name, gapFamily) : withFirst(name, chatFamily);
}

const kept = new Map<string, readonly DialectName[]>();

/** Made once for each door: every request asks for it. */
function withFirst(name: DialectName, family: readonly DialectName[]): readonly DialectName[] {
  const key = `${name} ${family[0]}`;
  let list = kept.get(key);
  if (!list) kept.set(key, (list = [name, ...family.filter((other) => other !== name)]));
  return list;
}
