/** What of a request has a price: its usage, parted so that nothing counts twice. */
import { tokenCount, type Usage, unknownUsage } from '../chat/usage.ts';
import { divideInput, divideOutput, type InputParts, type OutputParts } from './divide-tokens.ts';
import { readDetails, type UsageDetails } from './usage-details.ts';
import { holdsWrongCount, parseUsage } from './raw-usage.ts';

/** Tokens lie apart: the parts of the input come to the whole input, those of the output to the whole output. */
export interface Billables extends InputParts, OutputParts {
  /** All that was read, by which a price for long contexts is chosen; null: not known, and its parts are 0. */
  readonly allInputTokens: number | null;
  /** All that was written; null: not known, and its parts are 0. */
  readonly allOutputTokens: number | null;
  readonly requests: number;
  readonly searches: number;
  /** Of sound that was transcribed; null where none is told. */
  readonly audioSeconds: number | null;
  readonly characters: number | null;
  /** What the request was served as beside the usual: `flex`, `priority`, `fast`, `us`. */
  readonly serviceTiers: readonly string[];
  /** US dollars; null where the provider states no cost. */
  readonly statedUsd: number | null;
  /** Something of it cannot be, was left out, or has no price of its own: a cost computed from it is an estimate. */
  readonly isDoubtful: boolean;
}

/**
 * @param usage the tokens in the one convention of `chat/usage.ts`
 * @param rawUsageJson the provider's own usage object: tells apart what the convention puts together, and what is no token
 */
export function readBillables(usage: Usage | null, rawUsageJson: string | null): Billables {
  const raw = rawUsageJson === null ? null : parseUsage(rawUsageJson);
  const details = raw === null ? noDetails : readDetails(raw);
  const isUnsound = raw === null ? rawUsageJson !== null : holdsWrongCount(raw);
  const { inputTokens, outputTokens, ...counts } = details.billed
    ? { ...unknownUsage, ...details.billed }
    : sound(usage ?? unknownUsage);
  const input = inputTokens === null ? null : inputTokens + details.extra.inputTokens;
  const output = outputTokens === null ? outputFromTotal(input, details) : outputTokens + details.extra.outputTokens;
  const inputParts = divideInput(input, counts, details);
  const outputParts = divideOutput(output, counts, details);
  return {
    ...inputParts.parts,
    ...outputParts.parts,
    allInputTokens: input,
    allOutputTokens: output,
    requests: 1,
    searches: details.searches,
    audioSeconds: details.audioSeconds,
    characters: details.characters,
    serviceTiers: details.serviceTiers,
    statedUsd: details.statedUsd,
    isDoubtful: isUnsound || details.isMixed || inputParts.isClamped || outputParts.isClamped || !addsUp(input, output, details),
  };
}

const noDetails: UsageDetails = readDetails({});

/** What is no count is not known: no caller can put a wrong number into a sum. */
function sound(usage: Usage): Usage {
  return {
    inputTokens: tokenCount(usage.inputTokens),
    cachedInputTokens: tokenCount(usage.cachedInputTokens),
    cacheWriteTokens: tokenCount(usage.cacheWriteTokens),
    outputTokens: tokenCount(usage.outputTokens),
    reasoningTokens: tokenCount(usage.reasoningTokens),
    audioInputTokens: tokenCount(usage.audioInputTokens),
    audioOutputTokens: tokenCount(usage.audioOutputTokens),
  };
}

/** Embeddings tell their input and the total, which is the same: nothing was written. */
function outputFromTotal(input: number | null, { totalTokens }: UsageDetails): number | null {
  return input !== null && totalTokens !== null && totalTokens === input ? 0 : null;
}

/** A total that is not that of its parts means that one of them is wrong, or counted twice. */
function addsUp(input: number | null, output: number | null, { totalTokens }: UsageDetails): boolean {
  if (totalTokens === null || input === null || output === null) return true;
  return totalTokens === input + output;
}
