/** What Anthropic's messages have words for. */
import type { Abilities } from '../../chat/abilities.ts';

/** How native parts and tools of this dialect are marked. */
export const dialectName = 'anthropic-messages';

export const abilities: Abilities = {
  dialect: dialectName,
  fieldNames: {
    max_output_tokens: 'max_tokens',
    stop: 'stop_sequences',
    end_user: 'metadata.user_id',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
  },
  fields: new Set(['temperature', 'topP', 'topK', 'stop', 'parallelToolCalls', 'reasoning', 'serviceTier', 'endUser']),
  customTools: false,
  namespaces: false,
  toolName: { forbidden: /[^a-zA-Z0-9_-]/, letterFirst: false, longest: 64 },
  toolChoices: new Set(['none', 'required', 'tool']),
  jsonSchema: true,
  jsonMode: false,
  cacheMarks: true,
  sealMaker: 'anthropic',
  unsealedReasoning: false,
  media: new Set(['image', 'file']),
  mediaUrls: true,
  mediaInResults: true,
};
