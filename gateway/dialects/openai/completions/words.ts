/** Where a legacy completion says what a policy may look at and set. */
import { commonNames } from '../../json/sayings.ts';
import type { RequestWords } from '../../request-words.ts';

export const completionWords: RequestWords = {
  names: [...commonNames, 'temperature', 'top_p', 'max_tokens', 'seed', 'n', 'best_of', 'prompt', 'metadata'],
  places: {
    temperature: [['temperature']],
    topP: [['top_p']],
    maxOutputTokens: [['max_tokens']],
    seed: [['seed']],
  },
  writeEffort: () => null,
  saysReasoning: () => false,
  wantsReasoning: () => false,
  wantsSchema: () => false,
  tools: [],
  choices: [[['n']], [['best_of']]],
  prompts: [['prompt']],
  imageMarks: [],
  media: {},
  instructions: null,
  conversation: [[['prompt']]],
  metadata: [['metadata']],
};
