/**
 * What past requests teach of how a model counts: billed tokens for each byte of text, by requests without media. Not every
 * request is read again for that: the first fifty of a model, then one in sixteen, and none above 64 KB.
 */

/** Of one model at one provider; kept as JSON. Sums, so that long requests weigh as much as they cost. */
export interface LearnedRatio {
  readonly samples: number;
  readonly bytes: number;
  readonly tokens: number;
  /** The highest and lowest of single requests, in tokens for each byte. */
  readonly highest: number;
  readonly lowest: number;
  /** How far the estimate was off, as a part of what was billed: summed over `judged` requests. */
  readonly errors: number;
  readonly judged: number;
  readonly answers: number;
  readonly outputTokens: number;
}

export const nothingLearned: LearnedRatio = {
  samples: 0,
  bytes: 0,
  tokens: 0,
  highest: 0,
  lowest: Number.MAX_VALUE,
  errors: 0,
  judged: 0,
  answers: 0,
  outputTokens: 0,
};

/** With fewer samples nothing is said of a model. */
const fewestSamples = 20;
/** A bound stands on more. */
const fewestForBound = 50;
/** A request as short as that is mostly its provider's own words, and teaches little of the text. */
const shortestSample = 256;
const longestSample = 65_536;
const everySampledFrom = 50;
const sampledOneIn = 16;
/** Beyond this a model's habits are older than what is learned now: both sums are halved. */
const mostSamples = 2_000;
const fewestAnswers = 5;

/** Shall a request be read again, to be learned from? @param seen how many were seen of its model */
export function isSampled({ samples }: LearnedRatio, seen: number): boolean {
  return samples < everySampledFrom || seen % sampledOneIn === 0;
}

/** Is a request of this size worth it? */
export function isTeaching(bytes: number): boolean {
  return bytes >= shortestSample && bytes <= longestSample;
}

/** @param inputTokens all that the provider billed for reading, what its cache held included */
export function learnInput(learned: LearnedRatio, textBytes: number, inputTokens: number): LearnedRatio {
  if (textBytes < shortestSample || inputTokens <= 0 || inputTokens > textBytes) return learned;
  const known = learned.samples < mostSamples ? learned : halve(learned);
  const ratio = inputTokens / textBytes;
  const expected = ratioOf(known);
  return {
    ...known,
    samples: known.samples + 1,
    bytes: known.bytes + textBytes,
    tokens: known.tokens + inputTokens,
    highest: Math.max(known.highest, ratio),
    lowest: Math.min(known.lowest, ratio),
    errors: known.errors + (expected === null ? 0 : Math.abs(expected * textBytes - inputTokens) / inputTokens),
    judged: known.judged + (expected === null ? 0 : 1),
  };
}

export function learnOutput(learned: LearnedRatio, outputTokens: number): LearnedRatio {
  const { answers, outputTokens: before } = learned;
  const isMany = answers >= mostSamples;
  return {
    ...learned,
    answers: (isMany ? answers / 2 : answers) + 1,
    outputTokens: (isMany ? before / 2 : before) + outputTokens,
  };
}

/** The extremes stay: a bound is not forgotten. */
function halve(learned: LearnedRatio): LearnedRatio {
  const { samples, bytes, tokens, errors, judged } = learned;
  return { ...learned, samples: samples / 2, bytes: bytes / 2, tokens: tokens / 2, errors: errors / 2, judged: judged / 2 };
}

/** Tokens for each byte of text; null while too little is known. */
export function ratioOf({ samples, bytes, tokens }: LearnedRatio): number | null {
  return samples < fewestSamples || bytes === 0 ? null : tokens / bytes;
}

/** What a model usually answers with; null while too little is known. */
export function usualOutputTokens({ answers, outputTokens }: LearnedRatio): number | null {
  return answers < fewestAnswers ? null : Math.round(outputTokens / answers);
}

/** By how much the estimate was off on average, in percent; null while none was judged. */
export function errorPercentOf({ errors, judged }: LearnedRatio): number | null {
  return judged === 0 ? null : (errors / judged) * 100;
}

/** Words of another language or trade come to this much more than the densest that was seen. */
const boundMargin = 1.5;
/** Below this no bound goes, whatever was learned: some texts of plain words come to it (code, German); words of chance letters to 0.7. */
const leastBoundRatio = 0.5;

/** Is enough known of the model for a bound? */
export function teachesBounds({ samples }: LearnedRatio): boolean {
  return samples >= fewestForBound;
}

/**
 * The most tokens that the text of a request may come to, by what was learned: never less than half more than the densest
 * request that was seen. It speaks only of plain words; everything else (scripts beyond ASCII, base64, tables of signs) may
 * have a token in each byte, whatever the model has read before.
 * @param denseBytes of the text what is not plain words (dialects/json/dense-text.ts)
 * @returns null while too little is known
 */
export function boundLearnedTokens(learned: LearnedRatio, textBytes: number, denseBytes: number): number | null {
  if (!teachesBounds(learned)) return null;
  const ratio = Math.min(1, Math.max(learned.highest * boundMargin, leastBoundRatio));
  const dense = Math.min(denseBytes, textBytes);
  return Math.ceil(dense + (textBytes - dense) * ratio);
}

/** @returns null for what is no such thing, as of an older program */
export function readLearned(json: string): LearnedRatio | null {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return null;
  const read = { ...nothingLearned, ...value };
  return Object.values(read).every((each) => typeof each === 'number' && Number.isFinite(each) && each >= 0) ? read : null;
}
