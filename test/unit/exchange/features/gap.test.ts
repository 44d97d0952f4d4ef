/** A text to be written before another goes only to who can say that, and is refused by name when nobody can. */
import { expect, test } from 'vitest';
import type { Decision } from '../../../../gateway/decision/decision.ts';
import type { DecisionFeatures } from '../../../../gateway/decision/question.ts';
import { ollamaGenerate, openAiCompletions } from '../../../../gateway/dialects/index.ts';
import { blankFeatures } from '../../../../gateway/exchange/features/blank-features.ts';
import { dialectsFor, gapRefusal } from '../../../../gateway/exchange/features/gap.ts';

const read = (body: object, dialect = openAiCompletions) =>
  dialect.readRequest([Buffer.from(JSON.stringify({ model: 'm', prompt: 'a', ...body }))], { model: null, stream: null });

test('a text to be written before a gap goes only to formats that have gaps', () => {
  expect(dialectsFor(openAiCompletions, read({ suffix: '}' }))).toEqual(['openai-completions', 'ollama-generate']);
});

test.each([{ suffix: null }, { suffix: '' }, { metadata: { suffix: 'x' } }, { prompt: '"suffix"' }])(
  'what is no gap is said in any format: %j',
  (body) => {
    expect(dialectsFor(openAiCompletions, read(body))).toContain('anthropic-messages');
    expect(dialectsFor(ollamaGenerate, read(body, ollamaGenerate))).toContain('anthropic-messages');
  },
);

const none: Omit<Decision, 'targets'> = {
  fallbacks: {},
  candidates: [],
  resolvedAs: 'alias',
  rule: null,
  pinnedBy: null,
  limits: {},
  settings: null,
  shadow: null,
  route: null,
  refusal: null,
};
const chatAlone = ({ dialects }: DecisionFeatures): Decision => {
  const target = { provider: 'p', model: 'm', dialect: 'openai-chat', dialects: ['openai-chat'] };
  return { ...none, targets: dialects.includes('openai-chat') ? [target] : [] };
};

test('a gap that nobody can fill is refused by its name, unless nobody could answer anyway', () => {
  const asked = read({ suffix: '}' });
  const features = blankFeatures('m', ['openai-completions']);
  expect(gapRefusal(openAiCompletions, asked, features, chatAlone)).toMatchObject({
    kind: 'untranslatable',
    field: 'suffix',
    status: 400,
  });
  expect(gapRefusal(openAiCompletions, asked, features, () => ({ ...none, targets: [] }))).toBeNull();
  expect(gapRefusal(openAiCompletions, read({}), features, chatAlone)).toBeNull();
});
