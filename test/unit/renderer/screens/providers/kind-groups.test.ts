/** The choice of a kind: every kind is in it once, and a search finds it by whatever a person knows of it. */
import { expect, test } from 'vitest';
import { providerKindNames } from '../../../../../gateway/contract/provider-kinds.ts';
import { findKinds, kindWords } from '../../../../../renderer/screens/providers/kind-groups.ts';

const found = (search: string) => findKinds(search).flatMap(({ kinds }) => kinds);

test('every kind can be chosen, once', () => {
  expect(found('').toSorted()).toEqual(providerKindNames.toSorted());
});

test.each([
  ['kimi', ['moonshot']],
  ['  QWEN ', ['alibaba']],
  ['api.x.ai', ['xai']],
  ['openai compatible', ['openai-compatible']],
  ['11434', ['ollama']],
  ['no such thing', []],
])('%j finds %j', (search, kinds) => {
  expect(found(search)).toEqual(expect.arrayContaining(kinds));
  expect(found(search).length).toBeGreaterThanOrEqual(kinds.length);
  expect(found(search).length).toBeLessThanOrEqual(kinds.length + 2);
});

test('a choice says where it is asked', () => {
  expect([kindWords('groq'), kindWords('openai-compatible'), kindWords('demo')]).toEqual([
    'api.groq.com',
    'at an address of yours',
    'needs neither key nor network',
  ]);
});
