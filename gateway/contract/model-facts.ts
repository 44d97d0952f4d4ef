/** What is known of a model before it is asked: sizes, prices, abilities. Null is not known. */
import { z } from 'zod';

const amount = z.number().nonnegative().nullable();
const ability = z.boolean().nullable();

export const modelFactsSchema = z.object({
  /** Tokens of input and output together, or of input where the provider counts them apart. */
  contextTokens: amount,
  maxOutputTokens: amount,
  /** US dollars for a million tokens, at the lowest tier. */
  inputPerMillionUsd: amount,
  outputPerMillionUsd: amount,
  cachedInputPerMillionUsd: amount,
  cacheWritePerMillionUsd: amount,
  /** Who says the prices: the provider's own list, or the catalog that comes with Gatehouse. */
  priceSource: z.enum(['provider', 'catalog']).nullable(),
  tools: ability,
  /** Reads images. */
  vision: ability,
  reasoning: ability,
  /** Holds to a JSON schema. */
  structuredOutput: ability,
  /** `2026-04-23`. */
  releasedOn: z.string().nullable(),
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;

export const unknownModelFacts: ModelFacts = {
  contextTokens: null,
  maxOutputTokens: null,
  inputPerMillionUsd: null,
  outputPerMillionUsd: null,
  cachedInputPerMillionUsd: null,
  cacheWritePerMillionUsd: null,
  priceSource: null,
  tools: null,
  vision: null,
  reasoning: null,
  structuredOutput: null,
  releasedOn: null,
};
