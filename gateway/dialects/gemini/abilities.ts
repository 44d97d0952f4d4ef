/** What Gemini's generateContent has words for. */
import type { Abilities } from '../../chat/abilities.ts';

export const abilities: Abilities = {
  dialect: 'gemini',
  fields: new Set([
    'temperature',
    'topP',
    'topK',
    'frequencyPenalty',
    'presencePenalty',
    'seed',
    'stop',
    'choices',
    'logprobs',
    'reasoning',
    'serviceTier',
  ]),
  customTools: false,
  namespaces: false,
  // https://ai.google.dev/api/caching#FunctionDeclaration
  toolName: { forbidden: /[^a-zA-Z0-9_.:-]/g, letterFirst: true, longest: 64 },
  toolChoices: new Set(['none', 'required', 'tool', 'allowed']),
  jsonSchema: true,
  jsonMode: true,
  cacheMarks: false,
  sealMaker: 'gemini',
  unsealedReasoning: false,
  media: new Set(['image', 'audio', 'video', 'file']),
  mediaUrls: true,
  mediaInResults: true,
};
