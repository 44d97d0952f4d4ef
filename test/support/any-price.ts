/** Any price and any usage, as fast-check makes them. */
import fc from 'fast-check';
import type { Usage } from '../../gateway/chat/usage.ts';
import { type Price, type Rates, ratesSchema } from '../../gateway/contract/money/price.ts';

const rate = fc.oneof(fc.constantFrom(0, 0.02, 0.15, 1, 2.5, 75), fc.double({ min: 0, max: 200, noNaN: true }));

/** What is billed by minutes and characters has usages of its own. */
const rateNames = ratesSchema.omit({ perAudioMinuteUsd: true, perMillionCharactersUsd: true }).keyof().options;

const anyRates: fc.Arbitrary<Rates> = fc.record(Object.fromEntries(rateNames.map((name) => [name, rate])), {
  requiredKeys: ['inputPerMillionUsd', 'outputPerMillionUsd'],
});

const tierNames = ['flex', 'priority', 'batch', 'fast', 'us'] as const;

/** By tokens, calls and searches. */
export const anyPrice: fc.Arbitrary<Price> = fc.record({
  rates: anyRates,
  longContext: fc.array(
    fc.tuple(fc.integer({ min: 1, max: 300_000 }), anyRates).map(([aboveInputTokens, rates]) => ({ aboveInputTokens, ...rates })),
    { maxLength: 3 },
  ),
  serviceTiers: fc.dictionary(fc.constantFrom(...tierNames), fc.double({ min: 0, max: 6, noNaN: true }), { maxKeys: 5 }),
  source: fc.constantFrom('config', 'provider', 'catalog'),
  version: fc.constant('test'),
  url: fc.constant(null),
});

const count = fc.option(fc.integer({ min: 0, max: 400_000 }), { freq: 4 });

/** Parts may be told to be more than their whole. */
export const anyUsage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  audioInputTokens: count,
  audioOutputTokens: count,
});

/** What stands where a count belongs, sound or not. */
export const anyCount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 400_000 }) },
  fc.constantFrom<unknown>(-1, -0.5, 1.5, '12', 'NaN', null, true, [], {}, 1e300, Number.MAX_SAFE_INTEGER),
);

/** A usage object in the words of every provider at once. */
export const anyRawUsage: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    prompt_tokens: anyCount,
    total_tokens: anyCount,
    prompt_tokens_details: fc.record(
      { cached_tokens: anyCount, audio_tokens: anyCount, image_tokens: anyCount },
      { requiredKeys: [] },
    ),
    cache_creation: fc.record({ ephemeral_1h_input_tokens: anyCount }, { requiredKeys: [] }),
    completion_tokens_details: fc.record({ image_tokens: anyCount, audio_tokens: anyCount }, { requiredKeys: [] }),
    server_tool_use: fc.record({ web_search_requests: fc.oneof(fc.integer({ min: 0, max: 9 }), anyCount) }, { requiredKeys: [] }),
    promptTokensDetails: fc.array(fc.record({ modality: fc.constantFrom('TEXT', 'AUDIO', 'IMAGE'), tokenCount: anyCount }), {
      maxLength: 3,
    }),
    cacheTokensDetails: fc.array(fc.record({ modality: fc.constantFrom('TEXT', 'AUDIO', 'IMAGE'), tokenCount: anyCount }), {
      maxLength: 3,
    }),
    service_tier: fc.constantFrom('default', 'standard', ...tierNames, 'never-heard-of', 7),
    speed: fc.constantFrom('fast', 'standard', null),
    inference_geo: fc.constantFrom('us', 'global', null),
  },
  { requiredKeys: [] },
);
