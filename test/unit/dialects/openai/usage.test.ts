/** Token counts in every form that OpenAI's relatives send. */
import { describe, expect, test } from 'vitest';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { decodeUsage, encodeUsage } from '../../../../gateway/dialects/openai/usage.ts';

describe('decoding usage', () => {
  test("reads OpenAI's own form", () => {
    const raw = {
      prompt_tokens: 20,
      completion_tokens: 9,
      total_tokens: 29,
      prompt_tokens_details: { cached_tokens: 16 },
      completion_tokens_details: { reasoning_tokens: 4 },
    };
    expect(decodeUsage(raw)).toEqual({
      ...unknownUsage,
      inputTokens: 20,
      cachedInputTokens: 16,
      outputTokens: 9,
      reasoningTokens: 4,
    });
  });

  test('finds cached tokens where DeepSeek, Moonshot and Mistral put them', () => {
    expect(decodeUsage({ prompt_tokens: 9, prompt_cache_hit_tokens: 3 })?.cachedInputTokens).toBe(3);
    expect(decodeUsage({ prompt_tokens: 9, cached_tokens: 3 })?.cachedInputTokens).toBe(3);
    expect(decodeUsage({ prompt_tokens: 9, num_cached_tokens: 3 })?.cachedInputTokens).toBe(3);
  });

  test('tells what was written to a cache and what was heard and spoken', () => {
    const raw = {
      prompt_tokens: 9,
      completion_tokens: 4,
      prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 5, audio_tokens: 3 },
      completion_tokens_details: { audio_tokens: 2 },
    };
    expect(decodeUsage(raw)).toEqual({
      inputTokens: 9,
      cachedInputTokens: 1,
      cacheWriteTokens: 5,
      outputTokens: 4,
      reasoningTokens: null,
      audioInputTokens: 3,
      audioOutputTokens: 2,
    });
  });

  test('counts reasoning as output also where a provider counts it beside the completion (xAI)', () => {
    const raw = {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 303,
      completion_tokens_details: { reasoning_tokens: 290 },
    };
    expect(decodeUsage(raw)).toMatchObject({ outputTokens: 291, reasoningTokens: 290 });
  });

  test('keeps an explicit 0 and leaves what is missing unknown', () => {
    expect(decodeUsage({ prompt_tokens: 0 })).toEqual({ ...unknownUsage, inputTokens: 0 });
  });

  test.each([-1, 1.5, Number.NaN, 1e300, '7', null])('does not believe a count of %j', (count) => {
    expect(decodeUsage({ prompt_tokens: count, completion_tokens: 2 })).toMatchObject({ inputTokens: null, outputTokens: 2 });
  });

  test.each([null, undefined, 7, [], {}, { tokens: 1 }, { prompt_tokens: 'many' }])('finds no usage in %j', (raw) => {
    expect(decodeUsage(raw)).toBeNull();
  });
});

test('usage without input or output is not written: a made-up total would be believed', () => {
  expect(encodeUsage({ ...unknownUsage, inputTokens: 4 })).toBeNull();
  expect(encodeUsage(null)).toBeNull();
});
