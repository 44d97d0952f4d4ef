/** Parts the tokens of a request by what they cost, so that the parts never come to more than the whole. */
import type { Usage } from '../chat/usage.ts';
import type { UsageDetails } from './usage-details.ts';

export interface InputParts {
  /** Text that was neither read from a cache nor written to one. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Written to the provider's cache for five minutes, or however long it keeps it unasked. */
  readonly cacheWriteTokens: number;
  readonly cacheWriteHourTokens: number;
  readonly audioInputTokens: number;
  readonly cachedAudioInputTokens: number;
  readonly imageInputTokens: number;
  readonly cachedImageInputTokens: number;
}

export interface OutputParts {
  /** Text of the answer. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly audioOutputTokens: number;
  readonly imageOutputTokens: number;
}

const noInput: InputParts = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  audioInputTokens: 0,
  cachedAudioInputTokens: 0,
  imageInputTokens: 0,
  cachedImageInputTokens: 0,
};

const noOutput: OutputParts = { outputTokens: 0, reasoningTokens: 0, audioOutputTokens: 0, imageOutputTokens: 0 };

/** `isClamped`: a part was told to be more than its whole, and was cut. */
export interface Division<Parts> {
  readonly parts: Parts;
  readonly isClamped: boolean;
}

type CountsWithin = Omit<Usage, 'inputTokens' | 'outputTokens'>;

/** Of which parts are taken, never more than is left. */
class Whole {
  left: number;
  isClamped = false;

  constructor(left: number) {
    this.left = left;
  }

  /** As much of it as there is. */
  take(wanted: number): number {
    const taken = Math.min(wanted, this.left);
    this.left -= taken;
    return taken;
  }

  /** A part that was told: one that is larger than what is left is a fault. */
  takeTold(wanted: number | null): number {
    const taken = this.take(wanted ?? 0);
    if (taken < (wanted ?? 0)) this.isClamped = true;
    return taken;
  }
}

/**
 * Sound and images are parts of the input; so is what came from the cache or went there, which may be of any kind. Where nobody says
 * of which, it is taken for text first.
 */
export function divideInput(all: number | null, counts: CountsWithin, details: UsageDetails): Division<InputParts> {
  if (all === null) return { parts: noInput, isClamped: false };
  const kinds = new Whole(all);
  const audio = new Whole(kinds.takeTold(counts.audioInputTokens ?? details.audioInputTokens));
  const image = new Whole(kinds.takeTold(details.imageInputTokens));
  const text = new Whole(kinds.left);
  const uses = new Whole(all);
  const cached = new Whole(uses.takeTold((counts.cachedInputTokens ?? 0) + details.extra.cachedInputTokens));
  const written = new Whole(uses.takeTold((counts.cacheWriteTokens ?? 0) + details.extra.cacheWriteTokens));
  const cacheWriteHourTokens = written.takeTold(details.cacheWriteHourTokens);
  const cacheWriteTokens = written.left;
  const cachedOf = (kind: Whole, wanted = cached.left): number => cached.take(kind.take(Math.min(wanted, cached.left)));
  const cachedAudio = cachedOf(audio, details.cachedAudioInputTokens);
  const cachedImage = cachedOf(image, details.cachedImageInputTokens);
  const cachedInputTokens = cachedOf(text);
  const moreCachedImage = cachedOf(image);
  const moreCachedAudio = cachedOf(audio);
  let toWrite = cacheWriteTokens + cacheWriteHourTokens;
  for (const kind of [text, image, audio]) toWrite -= kind.take(toWrite);
  const isMoreCached = cachedAudio < details.cachedAudioInputTokens || cachedImage < details.cachedImageInputTokens;
  return {
    parts: {
      inputTokens: text.left,
      cachedInputTokens,
      cacheWriteTokens,
      cacheWriteHourTokens,
      audioInputTokens: audio.left,
      cachedAudioInputTokens: cachedAudio + moreCachedAudio,
      imageInputTokens: image.left,
      cachedImageInputTokens: cachedImage + moreCachedImage,
    },
    isClamped: isMoreCached || [kinds, uses, written].some(({ isClamped }) => isClamped),
  };
}

/** Reasoning, sound and images are parts of the output; the rest is text. */
export function divideOutput(all: number | null, counts: CountsWithin, details: UsageDetails): Division<OutputParts> {
  if (all === null) return { parts: noOutput, isClamped: false };
  const whole = new Whole(all);
  const reasoningTokens = whole.takeTold(counts.reasoningTokens);
  const audioOutputTokens = whole.takeTold(counts.audioOutputTokens ?? details.audioOutputTokens);
  const imageOutputTokens = whole.takeTold(details.imageOutputTokens);
  const parts = { outputTokens: whole.left, reasoningTokens, audioOutputTokens, imageOutputTokens };
  return { parts, isClamped: whole.isClamped };
}
