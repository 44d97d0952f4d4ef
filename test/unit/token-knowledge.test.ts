/** What is known of how models count: learned from few requests, kept rarely, and used for estimates and bounds. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unknownUsage } from '../../gateway/chat/usage.ts';
import type { PassthroughRequest } from '../../gateway/dialects/dialect.ts';
import { openAiChat } from '../../gateway/dialects/index.ts';
import type { ExactCount } from '../../gateway/money/tokens/exact-tokens.ts';
import { boundInputTokens } from '../../gateway/money/tokens/input-bound.ts';
import type { TokenRatioRow } from '../../gateway/storage/token-ratio-rows.ts';
import { LearnedTokens } from '../../gateway/token-knowledge.ts';

const place = { model: null, stream: null };
const gpt = { provider: 'openai', kind: 'openai', model: 'gpt-4o', contextTokens: 128_000 };
const claude = { provider: 'anthropic', kind: 'anthropic', model: 'claude-opus-5', contextTokens: 200_000 };

const words = 'The quick brown fox jumps over the lazy dog and then it goes home again. ';

function chat(content: unknown): PassthroughRequest {
  return openAiChat.readRequest([Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }))], place);
}

function open(counted: ExactCount | null = null, kept: TokenRatioRow[] = []) {
  const saved: TokenRatioRow[][] = [];
  const saving = { fails: false };
  const tokens = new LearnedTokens(
    { count: () => Promise.resolve(counted), isRunning: false, close: () => Promise.resolve() },
    {
      load: () => kept,
      save(rows) {
        if (saving.fails) return Promise.reject(new Error('full'));
        saved.push([...rows]);
        return Promise.resolve();
      },
    },
  );
  const teach = (times: number, request: PassthroughRequest, inputTokens: number, target = claude) => {
    for (let count = 0; count < times; count += 1)
      tokens.learn(target, request, { ...unknownUsage, inputTokens, outputTokens: 40 });
  };
  return { tokens, saved, saving, teach };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an estimate goes by what was learned of that model alone', () => {
  const { tokens, teach } = open();
  const request = chat(words.repeat(10));
  const { textBytes } = request.measure();
  teach(20, request, 500);
  expect(tokens.estimateInput(request.measure(), claude)).toBe(500);
  expect(tokens.estimateInput(request.measure(), gpt)).toBe(Math.ceil(textBytes / 4));
  expect(tokens.estimateInput(request.measure(), null)).toBe(Math.ceil(textBytes / 4));
  expect([tokens.estimateOutput(claude), tokens.estimateOutput(gpt)]).toEqual([40, null]);
});

test('nothing is learned of text from a request with a picture, an earlier answer or a search', () => {
  const { tokens, teach } = open();
  teach(
    30,
    chat([
      { type: 'text', text: words.repeat(10) },
      { type: 'image_url', image_url: { url: 'https://a.test' } },
    ]),
    900,
  );
  const body = { model: 'm', messages: [{ role: 'user', content: words.repeat(10) }], web_search_options: { a: 1 } };
  teach(30, openAiChat.readRequest([Buffer.from(JSON.stringify(body))], place), 900);
  expect(tokens.list()).toMatchObject([{ samples: 0, bytesPerToken: null, outputTokens: 40 }]);
});

test('after fifty requests only one in sixteen is read again', () => {
  const { tokens, teach } = open();
  const request = chat(words.repeat(10));
  const measure = vi.fn(request.measure);
  teach(50 + 160, { ...request, measure }, 200);
  expect(measure.mock.calls.length).toBe(50 + 10);
  expect(tokens.list()).toMatchObject([{ samples: 60 }]);
});

test('what was learned is written half a minute later, in one go, and again after a write that failed', async () => {
  const { saved, saving, teach } = open();
  const request = chat(words.repeat(10));
  teach(3, request, 200);
  teach(1, request, 200, gpt);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(saved).toEqual([]);
  saving.fails = true;
  await vi.advanceTimersByTimeAsync(2_000);
  saving.fails = false;
  teach(1, request, 200);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(saved.map((rows) => rows.map(({ model }) => model))).toEqual([['claude-opus-5', 'gpt-4o']]);
});

test('what was kept is known from the start, and the end writes what is new', async () => {
  const first = open();
  first.teach(30, chat(words.repeat(10)), 200);
  await first.tokens.close();
  const second = open(null, first.saved.flat());
  expect(second.tokens.list()).toEqual(first.tokens.list());
});

test('a bound is by the tokenizer where it counted all, else by what was learned, and below the one by bytes', async () => {
  const request = chat(words.repeat(100));
  const asked = { dialect: openAiChat, place, request, client: null };
  const byBytes = boundInputTokens({ ...request.measure(), ...request.additions() }, claude);
  const counted = await open({ tokens: 1_600, isWhole: true }).tokens.boundInput(asked, gpt);
  expect(counted).toBeGreaterThanOrEqual(1_600);
  expect(counted).toBeLessThan(1_800);
  expect(await open({ tokens: 1_600, isWhole: false }).tokens.boundInput(asked, gpt)).toBeNull();
  const { tokens, teach } = open();
  expect(await tokens.boundInput(asked, claude)).toBeNull();
  teach(50, chat(words.repeat(20)), 380);
  const learned = await tokens.boundInput(asked, claude);
  expect(learned).toBeLessThan(byBytes * 0.7);
  expect(learned).toBeGreaterThan(1_600 * 1.5);
});

test('a count has its pictures by the model’s own rule', async () => {
  const { tokens } = open({ tokens: 100, isWhole: true });
  const request = chat([{ type: 'image_url', image_url: { url: 'https://a.test' } }]);
  expect(await tokens.count({ dialect: openAiChat, place, request, client: null }, gpt)).toBe(100 + 765);
  expect(await tokens.count({ dialect: openAiChat, place, request, client: null }, claude)).toBeNull();
});

test('so many models are learned, and no more, since names come from outside', () => {
  const { tokens, teach } = open();
  const request = chat(words);
  for (let count = 0; count < 1_200; count += 1) teach(1, request, 20, { ...claude, model: `m${count}` });
  expect(tokens.list()).toHaveLength(1_000);
});
