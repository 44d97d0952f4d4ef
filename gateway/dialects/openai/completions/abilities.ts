/** What a legacy completion has words for: one text in, one out. */
import type { Abilities } from '../../../chat/abilities.ts';

export const completionAbilities: Abilities = {
  dialect: 'openai-completions',
  fields: new Set([
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
    'endUser',
    'suffix',
  ]),
  customTools: false,
  namespaces: false,
  toolName: { forbidden: /[^A-Za-z0-9_-]/g, letterFirst: false, longest: 64 },
  toolChoices: new Set(),
  jsonSchema: false,
  jsonMode: false,
  cacheMarks: false,
  sealMaker: null,
  unsealedReasoning: false,
  media: new Set(),
  mediaUrls: false,
  mediaInResults: false,
};
