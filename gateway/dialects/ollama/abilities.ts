/** What Ollama's chat and generate formats have words for (ollama/ollama: api/types.go, docs/api.md). */
import type { Abilities, OptionalField } from '../../chat/abilities.ts';

const fields: readonly OptionalField[] = [
  'temperature',
  'topP',
  'topK',
  'minP',
  'frequencyPenalty',
  'presencePenalty',
  'repeatPenalty',
  'seed',
  'stop',
  'logprobs',
  'reasoning',
];

export const chatAbilities: Abilities = {
  dialect: 'ollama',
  fieldNames: {
    max_output_tokens: 'options.num_predict',
    temperature: 'options.temperature',
    top_p: 'options.top_p',
    top_k: 'options.top_k',
    min_p: 'options.min_p',
    frequency_penalty: 'options.frequency_penalty',
    presence_penalty: 'options.presence_penalty',
    repeat_penalty: 'options.repeat_penalty',
    seed: 'options.seed',
    stop: 'options.stop',
    response_format: 'format',
    reasoning: 'think',
  },
  fields: new Set(fields),
  customTools: false,
  namespaces: false,
  // Go takes any name; this is what the models' templates and parsers have seen.
  toolName: { forbidden: /[^A-Za-z0-9_.-]/g, letterFirst: false, longest: 128 },
  toolChoices: new Set(),
  jsonSchema: true,
  jsonMode: true,
  cacheMarks: false,
  sealMaker: null,
  unsealedReasoning: true,
  media: new Set(['image']),
  mediaUrls: false,
  mediaInResults: false,
};

export const generateAbilities: Abilities = { ...chatAbilities, fields: new Set([...fields, 'suffix']) };
