/** Where a Responses request says what a policy may look at and set. */
import { isAbsent } from '../../../json/fields.ts';
import { commonNames } from '../../../json/sayings.ts';
import { marksOf, type RequestWords } from '../../../request-words.ts';

const effort = [['reasoning'], ['effort']] as const;

export const responsesWords: RequestWords = {
  names: [
    ...commonNames,
    'temperature',
    'top_p',
    'max_output_tokens',
    'reasoning',
    'tools',
    'text',
    'instructions',
    'input',
    'metadata',
  ],
  places: {
    temperature: [['temperature']],
    topP: [['top_p']],
    maxOutputTokens: [['max_output_tokens']],
    seed: null,
  },
  writeEffort: (wanted) => [{ place: effort, value: wanted }],
  saysReasoning: (fields) => !isAbsent(fields.value(effort)),
  wantsReasoning(fields) {
    const wanted = fields.value(effort);
    return typeof wanted === 'string' && wanted !== 'none';
  },
  wantsSchema(fields) {
    const type = fields.value([['text'], ['format'], ['type']]);
    return type === 'json_object' || type === 'json_schema';
  },
  tools: [[['tools']]],
  choices: [],
  imageMarks: marksOf('type', '"input_image"'),
  media: {
    base64: { field: 'data', beside: /"format"/, mark: '_audio"' },
    types: [
      ['input_image', 'image'],
      ['computer_screenshot', 'image'],
      ['input_file', 'document'],
      ['input_audio', 'audio'],
    ],
  },
  instructions: [['instructions']],
  conversation: [[['input']]],
  metadata: [['metadata']],
};
