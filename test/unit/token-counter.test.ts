/** The thread that counts tokens: one at work, begun when it is asked, ended when nobody asks, and never in anybody's way. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createTokenCounter, type TokenCounter, type TokenCounterLimits } from '../../gateway/token-counter.ts';

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

test('there is no thread before the first question, and none a while after the last', async () => {
  const counting = open({ idleMs: 50 });
  expect(counting.isRunning).toBe(false);
  expect(await counting.count(ask('hello world'))).toEqual({ tokens: 9, isWhole: true });
  expect(counting.isRunning).toBe(true);
  await expect.poll(() => counting.isRunning, { timeout: 5_000 }).toBe(false);
  expect(await counting.count(ask('hello world'))).toEqual({ tokens: 9, isWhole: true });
});

test('answers come in the order of the questions, and too many are turned away', async () => {
  const counting = open({ mostWaiting: 2 });
  const counted = await Promise.all(['a', 'a b', 'a b c', 'a b c d'].map((text) => counting.count(ask(text))));
  expect(counted.map((each) => each?.tokens ?? null)).toEqual([8, 9, 10, null]);
});

test('what cannot be read has no count, and the next has one', async () => {
  const counting = open();
  expect(await counting.count({ ...ask('a'), body: Buffer.from('{"model":') })).toBeNull();
  expect(await counting.count(ask('a', 'no-such-dialect'))).toBeNull();
  expect(await counting.count(ask('a', 'anthropic-messages'))).toEqual({ tokens: 8, isWhole: true });
});

test('a question that takes too long is given up with its thread, and the next is answered by another', async () => {
  const counting = open();
  await counting.count(ask('warm'));
  const impatient = open({ longestMs: 1 });
  const [late, next] = [impatient.count(ask('的一是在'.repeat(200_000))), impatient.count(ask('的一是在'.repeat(200_000)))];
  expect(await late).toBeNull();
  expect(await next).toBeNull();
  await counting.close();
});

test('nobody is answered after the end, and who waits is told so', async () => {
  const counting = open();
  const waiting = [counting.count(ask('a'.repeat(100_000))), counting.count(ask('b'))];
  await counting.close();
  expect(await Promise.all(waiting)).toEqual([null, null]);
  expect(await counting.count(ask('c'))).toBeNull();
  expect(counting.isRunning).toBe(false);
});

/** The longest that the event loop was held up while a megabyte was counted, in milliseconds. */
async function longestPause(counting: TokenCounter): Promise<number> {
  const question = ask('The quick brown fox jumps over the lazy dog, and nobody minds it much at all. '.repeat(13_500));
  const answer = counting.count(question).then((counted) => ({ tokens: counted?.tokens ?? 0 }));
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
  await counting.count(ask('warm'));
  // Others may take this machine's time: the least of five is what counting itself takes.
  const pauses: number[] = [];
  for (let round = 0; round < 5; round += 1) pauses.push(await longestPause(counting));
  expect(Math.min(...pauses)).toBeLessThan(20);
});
