/** What media come to in tokens: a bound, and what is likely. Sounds and films are counted by their time, which only their bytes tell. */
import type { MediaKind, MediaPart } from '../../chat/request-size.ts';
import { type AskedModel, imageRule, usualPixels } from './images.ts';

interface TimedRule {
  /** What the dearest provider counts for a second: Gemini 32 for sound and 258 for pictures, OpenAI 10, Whisper's relatives 50. */
  readonly tokensPerSecond: number;
  /** Opus at its lowest has 6 kbit a second; a film that can be seen has 32. */
  readonly fewestBytesPerSecond: number;
  readonly usualBytesPerSecond: number;
  readonly usualTokensPerSecond: number;
}

const timed: Readonly<Record<'audio' | 'video', TimedRule>> = {
  audio: { tokensPerSecond: 50, fewestBytesPerSecond: 750, usualBytesPerSecond: 16_000, usualTokensPerSecond: 32 },
  video: { tokensPerSecond: 300, fewestBytesPerSecond: 4_000, usualBytesPerSecond: 125_000, usualTokensPerSecond: 290 },
};

/** A page is read as its text and as a picture (Anthropic: 1,500 to 3,000 tokens), and takes up to 50 KB in a file. */
const tokensPerPage = 2_500;
const usualBytesPerPage = 50_000;
/** The dearest picture of a page, and its text. A page in a file takes at least a kilobyte. */
const mostTokensPerPage = 8_000;
const mostTokensPerDocumentByte = 8;
/** What a sound, film or file is taken for whose size nobody here knows. */
const usualElsewhere = { audio: 2_000, video: 20_000, document: 10_000 } as const;

/** A model's context where nobody knows it: nothing can be read that is longer. */
export const unknownContextTokens = 1_000_000;

/** @param contextTokens bounds what is not known here; null where that is not known either */
export function mostMediaTokens(part: MediaPart, asked: AskedModel, contextTokens: number | null): number {
  const limit = contextTokens ?? unknownContextTokens;
  const { kind, bytes, pixels } = part;
  const rule = imageRule(asked);
  if (kind === 'image') return pixels === null ? rule.most : rule.bound(pixels);
  if (bytes === null) return limit;
  const bounds: Record<Exclude<MediaKind, 'image'>, number> = {
    audio: mostTimed('audio', bytes),
    video: mostTimed('video', bytes),
    document: mostTokensPerPage + bytes * mostTokensPerDocumentByte,
    unknown: Math.max(rule.most, mostTimed('video', bytes), mostTokensPerPage + bytes * mostTokensPerDocumentByte),
  };
  return Math.min(bounds[kind], Math.max(limit, rule.most));
}

function mostTimed(kind: 'audio' | 'video', bytes: number): number {
  const { tokensPerSecond, fewestBytesPerSecond } = timed[kind];
  return Math.ceil(bytes / fewestBytesPerSecond) * tokensPerSecond;
}

/** @param asked null where nobody knows yet who will be asked */
export function likelyMediaTokens({ kind, bytes, pixels }: MediaPart, asked: AskedModel | null): number {
  if (kind === 'image' || kind === 'unknown') return imageRule(asked ?? anyModel).tokens(pixels ?? usualPixels);
  if (bytes === null) return usualElsewhere[kind];
  if (kind === 'document') return Math.max(1, Math.ceil(bytes / usualBytesPerPage)) * tokensPerPage;
  const { usualBytesPerSecond, usualTokensPerSecond } = timed[kind];
  return Math.ceil((bytes / usualBytesPerSecond) * usualTokensPerSecond);
}

/** Pictures of 1024 × 1024 come to 765 there: between what the others count. */
const anyModel: AskedModel = { kind: 'openai', model: 'gpt-4o' };
