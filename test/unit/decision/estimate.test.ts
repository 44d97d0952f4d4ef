/** What a request is taken to cost, by what its format is answered with. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../gateway/decision/decide.ts';
import { answersWithText, estimateCost } from '../../../gateway/decision/estimate.ts';
import { dialects } from '../../../gateway/dialects/index.ts';
import { noon, plainFeatures, policyOf, provider, snapshotOf, unknownFacts } from '../../support/ask-engine.ts';

test.each([...dialects.values()])('$name is answered with words exactly where it is chat', ({ name, chat }) => {
  expect(answersWithText({ dialect: name })).toBe(chat !== null);
});

describe.each([...dialects.values()].filter(({ embeddings }) => embeddings !== null))('vectors by $name', ({ name }) => {
  const asked = { ...plainFeatures, dialect: name, dialects: [name], requestedModel: 'many', inputTokens: 900_000 };

  test('cost what is read, and nothing for an answer that is no text', () => {
    const facts = { ...unknownFacts, inputPerMillionUsd: 2, outputPerMillionUsd: 50 };
    expect(estimateCost(asked, 4_000, facts, false)).toBe(1.8);
  });

  test('are asked of a model that reads each of many texts, though not all of them at once', () => {
    const policy = policyOf({
      providers: [provider('a', { dialects: [name] }), provider('b', { dialects: [name] })],
      aliases: { many: { targets: ['a/m', 'b/m'] } },
    });
    const small = { contextTokens: 8_192, maxOutputTokens: 1 };
    const { targets } = decide(asked, policy, snapshotOf({ facts: { 'a/m': small, 'b/m': small } }), noon, 1);
    expect(targets.map((target) => target.provider)).toEqual(['a', 'b']);
  });
});

test('a target on this machine costs nothing, unless a person priced it: then what it will be billed', () => {
  const asked = { dialect: 'openai-chat', inputTokens: 1_000 };
  expect(estimateCost(asked, 100, unknownFacts, true)).toBe(0);
  expect(estimateCost(asked, 100, { ...unknownFacts, inputPerMillionUsd: 2, outputPerMillionUsd: 50 }, true)).toBeCloseTo(
    0.007,
    9,
  );
});
