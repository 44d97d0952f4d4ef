/** Where a Gemini request says what a policy may look at and set: each name in camelCase or in snake_case. */
import { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ReasoningEffort } from '../../../chat/request.ts';
import { isAbsent, isFields } from '../../json/fields.ts';
import { commonNames } from '../../json/sayings.ts';
import {
  type EffortTarget,
  type FieldReader,
  marksOf,
  type Place,
  type RequestWords,
  type WrittenField,
} from '../../request-words.ts';
import { encodeThinking } from './encode-thinking.ts';
import { camelKeys } from './proto-fields.ts';

const config = ['generationConfig', 'generation_config'] as const;
const setting = (...spellings: readonly string[]): Place => [config, spellings];
const thinking = setting('thinkingConfig', 'thinking_config');
const schemas = setting('responseSchema', 'response_schema', 'responseJsonSchema', 'response_json_schema', '_responseJsonSchema');

export const contentWords: RequestWords = {
  names: [...commonNames, ...config, 'tools', 'systemInstruction', 'system_instruction', 'contents', 'labels'],
  places: {
    temperature: setting('temperature'),
    topP: setting('topP', 'top_p'),
    maxOutputTokens: setting('maxOutputTokens', 'max_output_tokens'),
    seed: setting('seed'),
  },
  writeEffort,
  saysReasoning(fields) {
    const { thinkingBudget, thinkingLevel } = thinkingOf(fields);
    return !isAbsent(thinkingBudget) || !isAbsent(thinkingLevel);
  },
  wantsReasoning(fields) {
    const { thinkingBudget, thinkingLevel } = thinkingOf(fields);
    return !isAbsent(thinkingLevel) || (!isAbsent(thinkingBudget) && Number(thinkingBudget) !== 0);
  },
  wantsSchema: (fields) =>
    fields.value(setting('responseMimeType', 'response_mime_type')) === 'application/json' || isFields(fields.value(schemas)),
  tools: [[['tools']]],
  choices: [
    [
      ['generationConfig', 'generation_config'],
      ['candidateCount', 'candidate_count'],
    ],
  ],
  imageMarks: [...marksOf('mimeType', '"image/'), ...marksOf('mime_type', '"image/')],
  media: { base64: { field: 'data', beside: /"mime_?type"/i }, addresses: ['fileUri', 'file_uri'] },
  instructions: [['systemInstruction', 'system_instruction']],
  conversation: [[['contents']]],
  metadata: [['labels']],
};

function thinkingOf(fields: FieldReader) {
  const value = fields.value(thinking);
  return isFields(value) ? camelKeys(value) : {};
}

/** Level and budget exclude each other, so the whole of it is written; whether thoughts are shown stays the client's word. */
function writeEffort(wanted: ReasoningEffort, { model }: EffortTarget, fields: FieldReader): readonly WrittenField[] | null {
  const amount = encodeThinking({ effort: wanted }, model, new FidelityNotes());
  if (amount === null) return null;
  const { includeThoughts = false } = thinkingOf(fields);
  return [{ place: thinking, value: { ...amount, includeThoughts } }];
}
