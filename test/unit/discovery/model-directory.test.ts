/** Holds the model directory: reading never waits, old lists outlive failures, and nobody is asked twice at once. */
import { expect, test } from 'vitest';
import type { ModelListing } from '../../../gateway/discovery/list-models.ts';
import { createModelDirectory } from '../../../gateway/discovery/model-directory.ts';
import type { Provider } from '../../../gateway/providers/build-provider.ts';
import { provider } from './scripted-send.ts';

const lab = provider({ kind: 'openai-compatible', id: 'lab', baseUrl: 'http://127.0.0.1:8000/v1' });
const fixed = provider({ kind: 'openai-compatible', id: 'fixed', baseUrl: 'http://127.0.0.1:9000/v1', models: ['mine'] });
const refreshMs = 600_000;

/** A directory whose clock and providers a test moves by hand. */
function open(providers: readonly Provider[] = [lab], timeoutMs = 1_000) {
  let nowMs = 0;
  const asked: string[] = [];
  let answer: () => ModelListing | Promise<ModelListing> = () => listing('a', 'b');
  let news = 0;
  const directory = createModelDirectory({
    onProblems: () => void (news += 1),
    providers,
    now: () => nowMs,
    refreshMs,
    timeoutMs,
    listModels: async ({ id, origin }) => {
      asked.push(`${id} ${origin}`);
      return answer();
    },
  });
  return {
    directory,
    asked,
    countNews: () => news,
    ids: (id = 'lab') => [...(directory.snapshot().get(id) ?? [])],
    pass: (milliseconds: number) => void (nowMs += milliseconds),
    answerWith: (next: typeof answer) => void (answer = next),
  };
}

const listing = (...ids: string[]): ModelListing => ({ models: ids.map((id) => ({ id })), source: 'provider' });
const fail = (message: string) => () => Promise.reject(new Error(message));

test('models of the config are there at once, and a provider that the config lists is never asked', async () => {
  const { directory, asked, ids, pass } = open([fixed]);
  expect(ids('fixed')).toEqual(['mine']);
  pass(refreshMs * 10);
  ids('fixed');
  await directory.whenSettled();
  expect(asked).toEqual([]);
});

test('a provider is asked at the start, and reading before its answer gives nothing rather than waiting', async () => {
  const { directory, ids, asked } = open();
  expect(ids()).toEqual([]);
  await directory.whenSettled();
  expect(ids()).toEqual(['a', 'b']);
  expect(asked).toHaveLength(1);
});

test('an old list is served while the new one is fetched, once however often it is read', async () => {
  const { directory, ids, asked, pass, answerWith } = open();
  await directory.whenSettled();
  answerWith(() => listing('c'));
  pass(refreshMs - 1);
  ids();
  expect(asked).toHaveLength(1);
  pass(1);
  for (let read = 0; read < 100; read += 1) expect(ids()).toEqual(['a', 'b']);
  expect(asked).toHaveLength(2);
  await directory.whenSettled();
  expect(ids()).toEqual(['c']);
});

test('the snapshot is the same object until something changes', async () => {
  const { directory, pass } = open();
  await directory.whenSettled();
  const before = directory.snapshot();
  expect(directory.snapshot()).toBe(before);
  pass(refreshMs);
  directory.snapshot();
  await directory.whenSettled();
  expect(directory.snapshot()).not.toBe(before);
});

test('a failure keeps the old list, is remembered in words, is tried again soon, and forgotten on success', async () => {
  const { directory, ids, asked, pass, answerWith } = open();
  await directory.whenSettled();
  pass(refreshMs);
  answerWith(fail('Nothing answers at http://127.0.0.1:8000.'));
  ids();
  await directory.whenSettled();
  expect(ids()).toEqual(['a', 'b']);
  expect(directory.known('lab')).toMatchObject({ failure: 'Nothing answers at http://127.0.0.1:8000.', listedAtMs: 0 });
  pass(14_999);
  ids();
  expect(asked).toHaveLength(2);
  pass(1);
  answerWith(() => listing('d'));
  ids();
  await directory.whenSettled();
  expect(ids()).toEqual(['d']);
  expect(directory.known('lab')?.failure).toBeNull();
});

test('a provider that stays away is asked ever less often, down to once a minute', async () => {
  const { directory, asked, pass, ids, answerWith } = open();
  await directory.whenSettled();
  answerWith(fail('gone'));
  pass(refreshMs);
  for (const waitMs of [15_000, 30_000, 60_000, 60_000]) {
    ids();
    await directory.whenSettled();
    const before = asked.length;
    pass(waitMs - 1);
    ids();
    expect(asked).toHaveLength(before);
    pass(1);
  }
});

test('asking now joins a fetch under way instead of starting another, and does not throw when it fails', async () => {
  const { directory, asked, answerWith } = open();
  const both = [directory.refresh('lab'), directory.refresh('lab')];
  await Promise.all(both);
  expect(asked).toHaveLength(1);
  answerWith(fail('gone'));
  await directory.refresh('lab');
  await directory.refresh('nobody');
  expect(asked).toHaveLength(2);
  expect(directory.known('lab')?.failure).toBe('gone');
});

test('a provider that never answers is given up, so that it can be asked again', async () => {
  const { directory, ids, asked, pass, answerWith } = open([lab], 20);
  answerWith(() => new Promise(() => {}));
  await directory.whenSettled();
  await directory.refresh('lab');
  expect(directory.known('lab')?.failure).toContain('in time');
  answerWith(() => listing('late'));
  pass(60_000);
  ids();
  await directory.whenSettled();
  expect(ids()).toEqual(['late']);
  expect(asked).toHaveLength(3);
});

test('saving a config forgets no list and asks nobody again, unless address, keys or the switch changed', async () => {
  const { directory, ids, asked } = open();
  await directory.whenSettled();
  directory.setProviders([lab, fixed]);
  expect([ids(), ids('fixed')]).toEqual([['a', 'b'], ['mine']]);
  expect(asked).toHaveLength(1);
  directory.setProviders([{ ...lab, keyReferences: ['vault:new'] }]);
  expect(ids()).toEqual(['a', 'b']);
  expect(asked).toHaveLength(2);
  await directory.whenSettled();
  directory.setProviders([{ ...lab, keyReferences: ['vault:new'], enabled: false }]);
  expect(asked).toHaveLength(2);
  directory.setProviders([{ ...lab, keyReferences: ['vault:new'] }]);
  expect(asked).toHaveLength(3);
  expect(ids()).toEqual(['a', 'b']);
});

test('a provider that moved, or whose list left the config, begins empty: the old models were not its own', async () => {
  const { directory, ids, asked } = open();
  await directory.whenSettled();
  directory.setProviders([{ ...lab, origin: 'http://127.0.0.1:8001' }]);
  expect(ids()).toEqual([]);
  await directory.whenSettled();
  expect(asked.at(-1)).toBe('lab http://127.0.0.1:8001');
  directory.setProviders([fixed]);
  directory.setProviders([{ ...fixed, listedModels: null }]);
  expect(ids('fixed')).toEqual([]);
});

test('an answer to a question asked under the old config does not become the new one’s list', async () => {
  const { directory, ids, answerWith } = open([]);
  let answerOld = (_listing: ModelListing): void => {};
  answerWith(
    () =>
      new Promise((resolve) => {
        answerOld = resolve;
      }),
  );
  directory.setProviders([lab]);
  await Promise.resolve();
  answerWith(() => listing('new'));
  directory.setProviders([{ ...lab, origin: 'http://127.0.0.1:8001' }]);
  await directory.whenSettled();
  answerOld(listing('old'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(ids()).toEqual(['new']);
});

test('a provider that is switched off is not asked, not even on demand', async () => {
  const { directory, asked } = open([{ ...lab, enabled: false }]);
  await directory.refresh('lab');
  expect(asked).toEqual([]);
});

test('why a list could not be had is told once, and until one comes', async () => {
  const { directory, answerWith, countNews } = open();
  await directory.whenSettled();
  expect([directory.problems().size, countNews()]).toEqual([0, 0]);
  answerWith(fail('Nothing answers there.'));
  for (let times = 0; times < 3; times += 1) await directory.refresh('lab');
  expect([[...directory.problems()], countNews()]).toEqual([[['lab', 'Nothing answers there.']], 1]);
  answerWith(() => listing('a'));
  await directory.refresh('lab');
  expect([directory.problems().size, countNews()]).toEqual([0, 2]);
});

test('a provider that is switched off is no trouble', async () => {
  const { directory, answerWith } = open();
  answerWith(fail('Nothing answers there.'));
  await directory.refresh('lab');
  directory.setProviders([{ ...lab, enabled: false }]);
  expect(directory.problems().size).toBe(0);
});

test('a list that was asked for elsewhere is taken over at once, unless the config lists the models itself', async () => {
  const { directory, ids, asked, pass } = open([lab, fixed]);
  await directory.whenSettled();
  directory.learn('lab', listing('c'));
  directory.learn('fixed', listing('c'));
  directory.learn('gone', listing('c'));
  expect([ids(), ids('fixed'), ids('gone')]).toEqual([['c'], ['mine'], []]);
  pass(refreshMs - 1);
  ids();
  await directory.whenSettled();
  expect(asked).toHaveLength(1);
});
