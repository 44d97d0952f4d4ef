/** Holds what the query's field offers to what is being typed. */
import { expect, test } from 'vitest';
import { readQuery } from '../../../../../gateway/contract/requests/query.ts';
import { completionsOf, type KnownNames } from '../../../../../renderer/screens/requests/completions.ts';

const known: KnownNames = { model: ['gpt-5', 'mini-gpt', 'a "b"'], client: ['laptop agent'], provider: ['openai'] };
const labels = (text: string): string[] => completionsOf(text, known).map(({ label }) => label);

test.each([
  ['pro', ['provider:']],
  ['model:gp', ['model:gpt-5', 'model:mini-gpt']],
  ['model:gpt-5,mi', ['model:gpt-5,mini-gpt']],
  ['client:lap', ['client:"laptop agent"']],
  ['client:"laptop a', ['client:"laptop agent"']],
  ['-status:ref', ['status:refused']],
  ['model:"x y" open', ['provider:openai']],
  ['lapt', ['client:"laptop agent"']],
  ['cost:', ['cost:>0.01', 'cost:>0.1', 'cost:>1']],
  ['nothing:', []],
  ['zzz', []],
])('behind %j it offers %j', (text, offered) => {
  expect(labels(text)).toEqual(offered);
});

test('an empty field offers every field, and a chosen offer keeps what stands before it', () => {
  expect(labels('')).toContain('before:');
  expect(completionsOf('timeout -clie', known)[0]).toMatchObject({ text: 'timeout -client:', isWhole: false });
  expect(completionsOf('timeout -client:la', known)[0]).toMatchObject({ text: 'timeout -client:"laptop agent"', isWhole: true });
});

test('every value that is offered can be read', () => {
  for (const text of ['model:', 'status:', 'cost:', 'tokens:', 'duration:', 'first:', 'since:', 'before:'])
    for (const offer of completionsOf(text, known)) expect(readQuery(offer.text, 1e12)).toMatchObject({ ok: true });
});
