/** The wire formats Gatehouse speaks. */
import type { Dialect } from './dialect.ts';
import { openAiChat, openAiCompletions, openAiEmbeddings } from './openai/index.ts';

export type { Dialect } from './dialect.ts';
export { openAiChat, openAiCompletions, openAiEmbeddings };

export const dialects: readonly Dialect[] = [openAiChat, openAiCompletions, openAiEmbeddings];
