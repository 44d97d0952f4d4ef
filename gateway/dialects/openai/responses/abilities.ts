/** What the Responses format has words for. */
import type { Abilities } from '../../../chat/abilities.ts';
import { dialectName } from './dialect-name.ts';

/**
 * Grown from the types of the official SDK. Reasoning goes back only sealed: a summary alone is refused by OpenAI. Sounds and
 * films are no input of this endpoint.
 */
export const responsesAbilities: Abilities = {
  dialect: dialectName,
  fieldNames: { verbosity: 'text.verbosity', response_format: 'text.format' },
  fields: new Set([
    'parallelToolCalls',
    'temperature',
    'topP',
    'logprobs',
    'reasoning',
    'verbosity',
    'serviceTier',
    'endUser',
    'metadata',
    'promptCacheKey',
  ]),
  customTools: true,
  namespaces: true,
  toolName: { forbidden: /[^a-zA-Z0-9_-]/g, letterFirst: false, longest: 64 },
  toolChoices: new Set(['none', 'required', 'tool', 'allowed']),
  jsonSchema: true,
  jsonMode: true,
  cacheMarks: false,
  sealMaker: 'openai',
  unsealedReasoning: false,
  media: new Set(['image', 'file']),
  mediaUrls: true,
  mediaInResults: true,
};
