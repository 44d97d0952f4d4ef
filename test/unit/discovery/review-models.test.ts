/** The preview of what a new list changes: nothing is news twice, and nothing is lost before a person has seen it. */
import { expect, test } from 'vitest';
import type { ModelListing } from '../../../gateway/discovery/list-models.ts';
import { ModelReview } from '../../../gateway/discovery/model-review.ts';
import { reviewModels } from '../../../gateway/discovery/review-models.ts';
import { provider, type Script, scriptSend } from './scripted-send.ts';

const lab = { kind: 'openai-compatible', id: 'lab' } as const;

function open() {
  const review = new ModelReview();
  const listings: ModelListing[] = [];
  let asked = 0;
  const ask = async (script: Script, wishes: { refresh?: boolean; accept?: boolean } = {}, port = 8000) => {
    const scripted = scriptSend(script);
    const answer = reviewModels({
      access: { provider: provider({ ...lab, baseUrl: `http://127.0.0.1:${port}/v1` }), key: null, send: scripted.send },
      review,
      refresh: wishes.refresh ?? true,
      accept: wishes.accept ?? false,
      builtInModels: [],
      onListing: (listing) => void listings.push(listing),
    });
    return answer.finally(() => (asked += scripted.asked.length));
  };
  return { ask, listings, countAsked: () => asked };
}

const list = (...entries: (readonly [id: string, contextTokens?: number])[]): Script => ({
  body: JSON.stringify({ data: entries.map(([id, length]) => ({ id, context_length: length })) }),
});
const nothing = { added: [], removed: [], changed: [] };

test('the first list is no news; later ones tell what they add, remove and change until a person accepts them', async () => {
  const { ask } = open();
  expect(await ask(list(['x-a', 1_000], ['x-b']))).toMatchObject(nothing);
  const changed = {
    added: ['x-c'],
    removed: ['x-b'],
    changed: [{ id: 'x-a', before: expect.objectContaining({ contextTokens: 1_000 }) }],
  };
  expect(await ask(list(['x-a', 2_000], ['x-c']))).toMatchObject(changed);
  expect(await ask(list(['x-a', 2_000], ['x-c']))).toMatchObject(changed);
  expect(await ask(list(['x-a', 2_000], ['x-c']), { accept: true })).toMatchObject(nothing);
  expect(await ask(list(['x-a', 2_000]))).toMatchObject({ ...nothing, removed: ['x-c'] });
});

test('without refresh the newest list is given and nobody is asked, unless none is known', async () => {
  const { ask, countAsked, listings } = open();
  expect((await ask(list(['x-a']), { refresh: false })).models.map(({ id }) => id)).toEqual(['x-a']);
  expect((await ask(list(['x-b']), { refresh: false })).models.map(({ id }) => id)).toEqual(['x-a']);
  expect([countAsked(), listings.length]).toEqual([1, 1]);
});

test('a failed question changes nothing of what is known', async () => {
  const { ask } = open();
  await ask(list(['x-a']));
  await expect(ask({ status: 500 })).rejects.toThrow(/trouble of its own/);
  expect(await ask(list(), { refresh: false })).toMatchObject({ ...nothing, models: [{ id: 'x-a' }] });
});

test('a provider that moved lists other models, not changed ones', async () => {
  const { ask } = open();
  await ask(list(['x-a']));
  expect(await ask(list(['x-b']), {}, 9000)).toMatchObject(nothing);
});
