/** What a request says that decides which formats it may be said in. */
import { expect, test } from 'vitest';
import type { DecisionFeatures, Decision } from '../../../gateway/decision/decide.ts';
import { ollamaGenerate, openAiCompletions } from '../../../gateway/dialects/index.ts';
import { featuresOf, gapRefusal } from '../../../gateway/exchange/features.ts';

const read = (body: object, dialect = openAiCompletions) =>
  dialect.readRequest([Buffer.from(JSON.stringify({ model: 'm', prompt: 'a', ...body }))], { model: null, stream: null });

test('a text to be written before a gap goes only to formats that have gaps', () => {
  expect(featuresOf(openAiCompletions, read({ suffix: '}' })).dialects).toEqual(['openai-completions', 'ollama-generate']);
});

test.each([{ suffix: null }, { suffix: '' }, { metadata: { suffix: 'x' } }, { prompt: '"suffix"' }])(
  'what is no gap is said in any format: %j',
  (body) => {
    expect(featuresOf(openAiCompletions, read(body)).dialects).toContain('anthropic-messages');
    expect(featuresOf(ollamaGenerate, read(body, ollamaGenerate)).dialects).toContain('anthropic-messages');
  },
);

const none = { resolvedAs: 'alias', candidates: [], refusal: 'no', unlisted: false, lacksKey: false } as const;
const chatAlone = ({ dialects }: DecisionFeatures): Decision => {
  const target = { provider: 'p', model: 'm', dialect: 'openai-chat', dialects: ['openai-chat'] };
  return { ...none, targets: dialects.includes('openai-chat') ? [target] : [] };
};

test('a gap that nobody can fill is refused by its name, unless nobody could answer anyway', () => {
  const asked = read({ suffix: '}' });
  expect(gapRefusal(openAiCompletions, asked, chatAlone)).toMatchObject({ kind: 'untranslatable', field: 'suffix', status: 400 });
  expect(gapRefusal(openAiCompletions, asked, () => ({ ...none, targets: [] }))).toBeNull();
  expect(gapRefusal(openAiCompletions, read({}), chatAlone)).toBeNull();
});
