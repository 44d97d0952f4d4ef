/** Where a chat request says what a policy may look at and set; relatives of OpenAI have words of their own for thinking. */
import type { ReasoningEffort } from '../../../../chat/request.ts';
import { isAbsent, isFields } from '../../../json/fields.ts';
import { commonNames } from '../../../json/sayings.ts';
import { type FieldReader, marksOf, type RequestWords, type WrittenField } from '../../../request-words.ts';

const effort = [['reasoning_effort']] as const;
const reasoning = [['reasoning']] as const;
const thinking = [['thinking']] as const;

export const chatWords: RequestWords = {
  names: [
    ...commonNames,
    'temperature',
    'top_p',
    'max_completion_tokens',
    'max_tokens',
    'seed',
    'n',
    'reasoning_effort',
    'reasoning',
    'thinking',
    'tools',
    'functions',
    'response_format',
    'messages',
    'metadata',
  ],
  places: {
    temperature: [['temperature']],
    topP: [['top_p']],
    maxOutputTokens: [['max_completion_tokens', 'max_tokens']],
    seed: [['seed']],
  },
  writeEffort,
  saysReasoning: (fields) => [effort, reasoning, thinking].some((place) => !isAbsent(fields.value(place))),
  wantsReasoning,
  wantsSchema(fields) {
    const type = fields.value([['response_format'], ['type']]);
    return type === 'json_object' || type === 'json_schema';
  },
  tools: [[['tools']], [['functions']]],
  choices: [[['n']]],
  imageMarks: marksOf('type', '"image_url"'),
  media: {
    base64: { field: 'data', beside: /"format"/, mark: '_audio"' },
    types: [
      ['image_url', 'image'],
      ['input_audio', 'audio'],
      ['video_url', 'video'],
      ['document_url', 'document'],
      ['file', 'document'],
    ],
  },
  instructions: null,
  conversation: [[['messages']]],
  metadata: [['metadata']],
};

/** In the words that the client chose, so that no two of them contradict each other. */
function writeEffort(wanted: ReasoningEffort, _: unknown, fields: FieldReader): readonly WrittenField[] {
  const written: WrittenField[] = [];
  if (isFields(fields.value(thinking)))
    written.push({ place: [['thinking'], ['type']], value: wanted === 'none' ? 'disabled' : 'enabled' });
  if (isFields(fields.value(reasoning))) written.push({ place: [['reasoning'], ['effort']], value: wanted });
  return written.length > 0 && isAbsent(fields.value(effort)) ? written : [...written, { place: effort, value: wanted }];
}

function wantsReasoning(fields: FieldReader): boolean {
  const wanted = fields.value(effort);
  if (typeof wanted === 'string') return wanted !== 'none';
  const router = fields.value(reasoning);
  if (isFields(router)) return router.enabled !== false && router.effort !== 'none';
  const switched = fields.value(thinking);
  return isFields(switched) && switched.type === 'enabled';
}
