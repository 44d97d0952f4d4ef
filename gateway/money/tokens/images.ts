/** What a picture costs in tokens, by the rule of the model that looks at it. Rules as their makers publish them (2026-11). */
import type { Pixels } from '../../chat/request-size.ts';

/** A model as a request names it at its provider. */
export interface AskedModel {
  /** Of the provider (contract/provider-kinds.ts). */
  readonly kind: string;
  readonly model: string;
}

export interface ImageRule {
  /** What it comes to for a picture of this size. */
  tokens(pixels: Pixels): number;
  /** The most that it can come to, whatever a request asks for beside. */
  bound(pixels: Pixels): number;
  /** The most that one picture can come to, however large it is. */
  readonly most: number;
}

/** What a picture is taken for whose size nobody here knows. */
export const usualPixels: Pixels = { width: 1024, height: 1024 };

/**
 * OpenAI: fitted into 2048 × 2048, its short side brought to 768, and counted in squares of 512
 * (developers.openai.com/api/docs/guides/images-vision).
 */
function squares(base: number, each: number): ImageRule {
  const count = ({ width, height }: Pixels, mayGrow: boolean): number => {
    const fit = Math.min(1, 2048 / Math.max(width, height));
    const toShortSide = 768 / (fit * Math.min(width, height));
    const scale = fit * (mayGrow ? Math.min(toShortSide, 2048 / (fit * Math.max(width, height))) : Math.min(1, toShortSide));
    return cover(width * scale, 512) * cover(height * scale, 512);
  };
  return {
    tokens: (pixels) => base + each * count(pixels, false),
    // A small picture is not made larger, though the rule's words would allow it.
    bound: (pixels) => base + each * count(pixels, true),
    // At most 2048 × 768, which is four by two.
    most: base + each * 8,
  };
}

/** The same source: patches of 32 × 32, so many at most, each worth so many tokens; brought down to that so that they fit. */
function patches(limit: number, factor: number): ImageRule {
  const count = ({ width, height }: Pixels): number => {
    const whole = Math.ceil(width / 32) * Math.ceil(height / 32);
    if (whole <= limit) return whole;
    const shrink = Math.sqrt((limit * 32 * 32) / (width * height));
    const across = (width * shrink) / 32;
    const down = (height * shrink) / 32;
    const fit = Math.min(fitWhole(across), fitWhole(down));
    return Math.min(limit, cover(across * fit, 1) * cover(down * fit, 1));
  };
  const tokens = (pixels: Pixels): number => Math.ceil(count(pixels) * factor);
  return { tokens, bound: tokens, most: Math.ceil(limit * factor) };
}

function fitWhole(length: number): number {
  return Math.max(1, Math.floor(length)) / length;
}

/** How many pieces cover it; without what floating point adds to a whole number. */
function cover(length: number, piece: number): number {
  return Math.ceil(Math.round((length / piece) * 1e6) / 1e6);
}

/** Anthropic: a token for each patch of 28 × 28, in a picture brought down to both limits (platform.claude.com/docs/en/build-with-claude/vision). */
function visualTokens(longestSide: number, most: number): ImageRule {
  const tokens = ({ width, height }: Pixels): number => {
    const bySide = longestSide / Math.max(width, height);
    const byCount = Math.sqrt((most * 28 * 28) / (width * height));
    const scale = Math.min(1, bySide, byCount);
    return Math.min(most, cover(width * scale, 28) * cover(height * scale, 28));
  };
  return { tokens, bound: tokens, most };
}

const tokensPerTile = 258;

/**
 * Gemini 1 and 2 (ai.google.dev/gemini-api/docs/tokens): one tile up to 384 × 384, else tiles as wide as two thirds of the short
 * side, between 256 and 768; of at most 3072 × 3072, where 12 × 2 is the most.
 */
const geminiTiles: ImageRule = {
  tokens: tileTokens,
  bound: (pixels) => Math.max(tileTokens(pixels), geminiFixed.most),
  most: 24 * tokensPerTile,
};

function tileTokens({ width, height }: Pixels): number {
  if (Math.max(width, height) <= 384) return tokensPerTile;
  const scale = Math.min(1, 3072 / Math.max(width, height));
  const side = Math.min(768, Math.max(256, Math.floor((Math.min(width, height) * scale) / 1.5)));
  return cover(width * scale, side) * cover(height * scale, side) * tokensPerTile;
}

/** Gemini 3 (ai.google.dev/gemini-api/docs/media-resolution): 1120 in its usual resolution, 2240 in the highest. */
const geminiFixed: ImageRule = { tokens: () => 1_120, bound: () => 2_240, most: 2_240 };

/** xAI (docs.x.ai): squares of 448, six at most and one for the whole, of 256 tokens each. */
const grokSquares: ImageRule = {
  tokens: ({ width, height }) => (Math.min(6, Math.ceil(width / 448) * Math.ceil(height / 448)) + 1) * 256,
  bound: () => 7 * 256,
  most: 7 * 256,
};

/** Mistral: patches of 16 within 1024 (Pixtral), of 28 within 1540 since; a token ends each row (mistral_common, image encoder). */
function rows(side: number, longestSide: number): ImageRule {
  const most = (Math.ceil(longestSide / side) + 1) * Math.ceil(longestSide / side);
  return {
    tokens({ width, height }) {
      const scale = Math.min(1, longestSide / Math.max(width, height));
      return (cover(width * scale, side) + 1) * cover(height * scale, side);
    },
    bound: () => most,
    most,
  };
}

/** Llama (docs.together.ai/docs/vision-overview): tiles of 560, two by two at most, of 1601 tokens each. */
const llamaTiles: ImageRule = {
  tokens: ({ width, height }) => (width > 560 ? 2 : 1) * (height > 560 ? 2 : 1) * 1_601,
  bound: () => 4 * 1_601,
  most: 4 * 1_601,
};

/** Qwen (qwen-vl-utils): a token for each 28 × 28, of 1280 unless a program asks for more, which ends at 16384. */
const qwenPatches: ImageRule = {
  tokens: ({ width, height }) => Math.min(1_280, Math.ceil(width / 28) * Math.ceil(height / 28)) + 2,
  bound: () => 16_386,
  most: 16_386,
};

/** Of models that nobody here knows: as Qwen's, the dearest that anyone runs at home. */
const unknownModel = qwenPatches;

/** The first that fits, of a model's name without its maker's. */
const rules: readonly (readonly [name: RegExp, rule: ImageRule])[] = [
  [/^gpt-4o-mini/, squares(2_833, 5_667)],
  [/^(?:gpt-4\.1-mini|gpt-5(?:\.\d)?(?:-codex)?-mini|codex-mini)/, patches(1_536, 1.62)],
  [/^(?:gpt-4\.1-nano|gpt-5(?:\.\d)?-nano)/, patches(1_536, 2.46)],
  [/^o4-mini/, patches(1_536, 1.72)],
  [/^(?:gpt-4|chatgpt-4o)/, squares(85, 170)],
  [/^(?:gpt-5|chatgpt-5)(?![.\d])/, squares(70, 140)],
  [/^o[13]/, squares(75, 150)],
  [/^computer-use/, squares(65, 129)],
  // `original` detail; the usual ends at 2500, and most pictures below that.
  [/^(?:gpt-|chatgpt-|o\d)/, patches(10_000, 1)],
  [/^claude-(?:instant|[a-z]*-?[1-3](?![\d]))/, visualTokens(1_568, 1_568)],
  [/^claude-(?:opus|sonnet|haiku)-4(?:[-.@][0-6])?(?![-.@]?\d(?!\d))/, visualTokens(1_568, 1_568)],
  [/^claude/, visualTokens(2_576, 4_784)],
  [/^gemini-(?:[3-9]|\d\d|flash-latest|pro-latest)/, geminiFixed],
  [/^(?:gemini|gemma)/, geminiTiles],
  [/^grok/, grokSquares],
  [/^pixtral/, rows(16, 1_024)],
  [/^(?:mistral|ministral|magistral|devstral)/, rows(28, 1_540)],
  [/llama/, llamaTiles],
  [/^qw(?:en|q)/, qwenPatches],
];

/** Of a kind's own models whose name says nothing, such as a deployment's. */
const byKind: Readonly<Record<string, ImageRule>> = {
  openai: squares(2_833, 5_667),
  'azure-openai': squares(2_833, 5_667),
  anthropic: visualTokens(2_576, 4_784),
  gemini: geminiTiles,
  xai: grokSquares,
  mistral: rows(28, 1_540),
};

export function imageRule({ kind, model }: AskedModel): ImageRule {
  const name = bareName(model);
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? byKind[kind] ?? unknownModel;
}

/** `anthropic/claude-…` (OpenRouter), `us.anthropic.claude-…-v1:0` (Bedrock), `ft:gpt-…` (a tuned one): without what stands before. */
export function bareName(model: string): string {
  const name = model.toLowerCase().slice(model.lastIndexOf('/') + 1);
  return name.replace(/^(?:ft:|(?:[a-z]{2,6}\.)?(?:anthropic|meta|mistral|openai|google|qwen|deepseek|amazon)\.)/, '');
}
