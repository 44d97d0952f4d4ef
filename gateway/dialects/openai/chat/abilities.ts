/** What OpenAI's chat format has words for. */
import type { Abilities } from '../../../chat/abilities.ts';

/** Names it in the ledger, and marks what only it has. */
export const dialectName = 'OpenAI chat';

/**
 * As its many relatives take it: custom tools, lists of allowed tools and cache marks are OpenAI's or OpenRouter's alone, refused
 * by most others, and can be said in words that all of them take.
 */
export const chatAbilities: Abilities = {
  dialect: dialectName,
  fieldNames: { choices: 'n', repeat_penalty: 'repetition_penalty' },
  fields: new Set([
    'parallelToolCalls',
    'temperature',
    'topP',
    'topK',
    'minP',
    'frequencyPenalty',
    'presencePenalty',
    'repeatPenalty',
    'seed',
    'stop',
    'choices',
    'logprobs',
    'logitBias',
    'reasoning',
    'verbosity',
    'serviceTier',
    'endUser',
    'metadata',
    'promptCacheKey',
  ]),
  customTools: false,
  namespaces: false,
  toolName: { forbidden: /[^A-Za-z0-9_-]/g, letterFirst: false, longest: 64 },
  toolChoices: new Set(['none', 'required', 'tool']),
  jsonSchema: true,
  jsonMode: true,
  cacheMarks: false,
  sealMaker: null,
  unsealedReasoning: true,
  media: new Set(['image', 'audio', 'video', 'file']),
  mediaUrls: true,
  mediaInResults: false,
};
