/** The thread that counts tokens: one at work, begun when it is asked, ended when nobody asks, and never in anybody's way. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Asker, createTokenCounter, type TokenCounter, type TokenCounterLimits } from '../../gateway/token-counter.ts';
import type { TokenQuestion } from '../../gateway/token-thread.ts';

let counter: TokenCounter | null = null;
afterEach(() => counter?.close());

function open(limits: Partial<TokenCounterLimits> = {}): TokenCounter {
  counter = createTokenCounter(limits);
  return counter;
}

const ask = (content: string, dialect = 'openai-chat') => ({
  encoding: 'o200k_base' as const,
  dialect,
  place: { model: 'gpt-4o', stream: false },
  body: Buffer.from(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] })),
});

const anybody: Asker = { client: null, isForBudget: true };
const countBy = (counting: TokenCounter, question: TokenQuestion, asker = anybody) => counting.count(question, asker);

test('there is no thread before the first question, and none a while after the last', async () => {
  const counting = open({ idleMs: 50 });
  expect(counting.isRunning).toBe(false);
  expect(await countBy(counting, ask('hello world'))).toEqual({ tokens: 9, isWhole: true });
  expect(counting.isRunning).toBe(true);
  await expect.poll(() => counting.isRunning, { timeout: 5_000 }).toBe(false);
  expect(await countBy(counting, ask('hello world'))).toEqual({ tokens: 9, isWhole: true });
});

test('answers come in the order of the questions, and too many are turned away', async () => {
  const counting = open({ waiting: { most: 2, mostOfOne: 2 } });
  const counted = await Promise.all(['a', 'a b', 'a b c', 'a b c d'].map((text) => countBy(counting, ask(text))));
  expect(counted.map((each) => each?.tokens ?? null)).toEqual([8, 9, 10, null]);
});

test('whoever waits for a budget goes before all that only want to know, and clients take turns', async () => {
  const counting = open();
  const answered: string[] = [];
  const asked = (name: string, client: string, isForBudget: boolean) =>
    countBy(counting, ask(name), { client, isForBudget }).then((counted) =>
      answered.push(counted === null ? `no ${name}` : name),
    );
  // The first is at work at once.
  await Promise.all([
    asked('at work', 'greedy', false),
    ...[1, 2, 3].map((number) => asked(`greedy ${number}`, 'greedy', false)),
    asked('modest', 'modest', false),
    asked('its budget', 'greedy', true),
    asked('another budget', 'modest', true),
  ]);
  expect(answered).toEqual(['at work', 'its budget', 'another budget', 'greedy 1', 'modest', 'greedy 2', 'greedy 3']);
});

test('one client’s questions fill its own places, and nobody else’s', async () => {
  const counting = open({ waiting: { most: 4, mostOfOne: 2 } });
  const asker = (client: string) => ({ client, isForBudget: false });
  const flood = Array.from({ length: 6 }, () => countBy(counting, ask('a'), asker('hostile')));
  const other = countBy(counting, ask('a'), asker('other'));
  expect((await Promise.all(flood)).filter((counted) => counted !== null)).toHaveLength(3);
  expect(await other).not.toBeNull();
});

test('a count that nobody is held to is given up sooner than one of a budget', async () => {
  const counting = open({ longestAskedMs: 1 });
  await countBy(counting, ask('warm'));
  const long = ask('的一是在'.repeat(50_000));
  expect(await countBy(counting, long, { client: 'a', isForBudget: false })).toBeNull();
  expect(await countBy(counting, ask('的一是在'.repeat(50_000)), { client: 'a', isForBudget: true })).not.toBeNull();
});

test('what cannot be read has no count, and the next has one', async () => {
  const counting = open();
  expect(await countBy(counting, { ...ask('a'), body: Buffer.from('{"model":') })).toBeNull();
  expect(await countBy(counting, ask('a', 'no-such-dialect'))).toBeNull();
  expect(await countBy(counting, ask('a', 'anthropic-messages'))).toEqual({ tokens: 8, isWhole: true });
});

test('a question that takes too long is given up with its thread, and the next is answered by another', async () => {
  const counting = open();
  await countBy(counting, ask('warm'));
  const impatient = open({ longestMs: 1 });
  const [late, next] = [countBy(impatient, ask('的一是在'.repeat(200_000))), countBy(impatient, ask('的一是在'.repeat(200_000)))];
  expect(await late).toBeNull();
  expect(await next).toBeNull();
  await counting.close();
});

test('nobody is answered after the end, and who waits is told so', async () => {
  const counting = open();
  const waiting = [countBy(counting, ask('a'.repeat(100_000))), countBy(counting, ask('b'))];
  await counting.close();
  expect(await Promise.all(waiting)).toEqual([null, null]);
  expect(await countBy(counting, ask('c'))).toBeNull();
  expect(counting.isRunning).toBe(false);
});

/** The longest that the event loop was held up while a megabyte was counted, in milliseconds. */
async function longestPause(counting: TokenCounter): Promise<number> {
  const question = ask('The quick brown fox jumps over the lazy dog, and nobody minds it much at all. '.repeat(13_500));
  const answer = countBy(counting, question).then((counted) => ({ tokens: counted?.tokens ?? 0 }));
  let longest = 0;
  for (let last = performance.now(); ; ) {
    const counted = await Promise.race([answer, delay(1)]);
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!counted) continue;
    expect(counted.tokens).toBeGreaterThan(200_000);
    return longest;
  }
}

test('the event loop is not held up for 20 ms while a megabyte is counted', async () => {
  const counting = open();
  await countBy(counting, ask('warm'));
  // Others may take this machine's time: the least of five is what counting itself takes.
  const pauses: number[] = [];
  for (let round = 0; round < 5; round += 1) pauses.push(await longestPause(counting));
  expect(Math.min(...pauses)).toBeLessThan(20);
});
