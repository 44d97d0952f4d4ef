/** A model in a line of words: nothing is said that is not known. */
import { expect, test } from 'vitest';
import { unknownModelFacts } from '../../../../gateway/contract/model-facts.ts';
import { changeWords, factWords, formatContext, formatRate } from '../../../../renderer/components/model-words.ts';

const mini = {
  ...unknownModelFacts,
  contextTokens: 400_000,
  inputPerMillionUsd: 0.25,
  outputPerMillionUsd: 2,
  priceSource: 'catalog',
  tools: true,
  vision: true,
  reasoning: false,
} as const;

test.each([
  [mini, '400k context · $0.25 in, $2.00 out a million (list price) · tools, images'],
  [
    { ...unknownModelFacts, inputPerMillionUsd: 0, outputPerMillionUsd: 0, priceSource: 'provider' } as const,
    '$0.00 in, $0.00 out a million',
  ],
  [{ ...unknownModelFacts, structuredOutput: true, tools: false }, 'JSON schema'],
  [unknownModelFacts, ''],
])('%j is told as %j', (facts, words) => {
  expect(factWords(facts)).toBe(words);
});

test('sizes and prices are rounded to what people say, and small prices keep their places', () => {
  expect([512, 8_192, 131_072, 1_000_000, 1_048_576].map(formatContext)).toEqual(['512', '8k', '131k', '1M', '1.05M']);
  expect([15, 0.25, 0.025, 0.0375].map(formatRate)).toEqual(['$15.00', '$0.25', '$0.025', '$0.0375']);
});

test('a change is told as what it was and what it is', () => {
  const now = { ...mini, contextTokens: 200_000, outputPerMillionUsd: null, reasoning: true, vision: false } as const;
  expect(changeWords(mini, now)).toBe('context 400k → 200k, output $2.00 → unknown, now reasoning, no images any more');
  expect(changeWords(mini, mini)).toBe('');
});
