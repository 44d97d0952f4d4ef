/** Where Ollama's requests say what a policy may look at and set: most of it stands in `options`. */
import { isAbsent, isFields } from '../../json/fields.ts';
import { commonNames } from '../../json/sayings.ts';
import { marksOf, type Place, type RequestWords } from '../../request-words.ts';
import { efforts } from './encode-settings.ts';

const think = [['think']] as const;
const option = (name: string): Place => [['options'], [name]];

const words: Omit<RequestWords, 'conversation'> = {
  names: [...commonNames, 'options', 'think', 'tools', 'format', 'system', 'messages', 'prompt', 'metadata'],
  places: {
    temperature: option('temperature'),
    topP: option('top_p'),
    maxOutputTokens: option('num_predict'),
    seed: option('seed'),
  },
  writeEffort: (wanted) => [{ place: think, value: efforts[wanted] }],
  saysReasoning: (fields) => !isAbsent(fields.value(think)),
  wantsReasoning(fields) {
    const wanted = fields.value(think);
    return !isAbsent(wanted) && wanted !== false;
  },
  wantsSchema(fields) {
    const format = fields.value([['format']]);
    return format === 'json' || isFields(format);
  },
  tools: [[['tools']]],
  choices: [],
  imageMarks: marksOf('images', '["'),
  media: { pictureList: 'images' },
  instructions: [['system']],
  metadata: [['metadata']],
};

export const chatWords: RequestWords = { ...words, conversation: [[['messages']]] };

export const generateWords: RequestWords = { ...words, conversation: [[['prompt']]] };
