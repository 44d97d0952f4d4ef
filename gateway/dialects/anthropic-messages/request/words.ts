/** Where a Messages request says what a policy may look at and set. How hard a model thinks is said as that model takes it. */
import type { ReasoningEffort } from '../../../chat/request.ts';
import { isAbsent, isFields } from '../../json/fields.ts';
import { commonNames } from '../../json/sayings.ts';
import { type EffortTarget, type FieldReader, marksOf, type RequestWords, type WrittenField } from '../../request-words.ts';
import { budgetFor, leastBudget } from './encode-thinking.ts';
import { modelTraits } from './model-traits.ts';

const thinking = [['thinking']] as const;
const effort = [['output_config'], ['effort']] as const;

export const messagesWords: RequestWords = {
  names: [
    ...commonNames,
    'temperature',
    'top_p',
    'max_tokens',
    'thinking',
    'output_config',
    'output_format',
    'tools',
    'system',
    'messages',
    'metadata',
  ],
  places: {
    temperature: [['temperature']],
    topP: [['top_p']],
    maxOutputTokens: [['max_tokens']],
    seed: null,
  },
  writeEffort,
  fitLength,
  saysReasoning: (fields) => !isAbsent(fields.value(thinking)) || !isAbsent(fields.value(effort)),
  wantsReasoning(fields) {
    const type = fields.value([['thinking'], ['type']]);
    return type === 'enabled' || type === 'adaptive';
  },
  wantsSchema: (fields) => isFields(fields.value([['output_config'], ['format']])) || isFields(fields.value([['output_format']])),
  tools: [[['tools']]],
  choices: [],
  imageMarks: marksOf('type', '"image"'),
  media: {
    base64: { field: 'data', beside: /"base64"/, mark: 'base64"' },
    types: [
      ['image', 'image'],
      ['document', 'document'],
    ],
    elsewhere: ['url', 'file'],
  },
  instructions: [['system']],
  conversation: [[['messages']]],
  metadata: [['metadata']],
};

function writeEffort(
  wanted: ReasoningEffort,
  { model, maxOutputTokens }: EffortTarget,
  fields: FieldReader,
): readonly WrittenField[] | null {
  const traits = modelTraits(model);
  if (wanted === 'none') return traits.canStopThinking ? [{ place: thinking, value: { type: 'disabled' } }] : null;
  if (traits.thinking === 'adaptive') {
    return [
      { place: thinking, value: { type: 'adaptive', ...displayOf(fields) } },
      { place: effort, value: wanted === 'minimal' ? 'low' : wanted },
    ];
  }
  // The API takes no budget that leaves nothing of the answer's limit.
  if (maxOutputTokens === null || maxOutputTokens <= leastBudget) return null;
  const budget = budgetFor({ effort: wanted }, maxOutputTokens);
  return [{ place: thinking, value: { type: 'enabled', budget_tokens: budget, ...displayOf(fields) } }];
}

function displayOf(fields: FieldReader) {
  const display = fields.value([['thinking'], ['display']]);
  return display === undefined ? {} : { display };
}

/** A budget for thinking must stay below the answer's limit. */
function fitLength(maxOutputTokens: number, fields: FieldReader): readonly WrittenField[] {
  const budget = fields.value([['thinking'], ['budget_tokens']]);
  if (typeof budget !== 'number' || budget < maxOutputTokens) return [];
  if (maxOutputTokens <= leastBudget) return [{ place: thinking, value: { type: 'disabled' } }];
  return [{ place: [['thinking'], ['budget_tokens']], value: maxOutputTokens - 1 }];
}
