/**
 * What the API takes differs from model to model, and only the name tells. Facts of platform.claude.com/docs (extended thinking,
 * adaptive thinking, effort, migration guides) and of the models' own refusals; a name that is not Claude's gets the oldest ways,
 * which every provider of this dialect knows.
 */

export interface ModelTraits {
  /** It writes at most so many tokens; the API refuses a higher limit. Infinite where nobody knows. */
  readonly mostTokens: number;
  /** How it is asked to think: by `budget_tokens`, or adaptively with an effort. */
  readonly thinking: 'budget' | 'adaptive';
  /** Does it think without being asked? */
  readonly thinksUnasked: boolean;
  /** Can it be told not to think? */
  readonly canStopThinking: boolean;
  /** Does it know the effort `xhigh`? */
  readonly hasExtraHigh: boolean;
  /** Does it take temperature, top_p and top_k? */
  readonly takesSampling: boolean;
  /** Does it take temperature and top_p in one request? */
  readonly takesBothSamplings: boolean;
  /** May the conversation end with words of the assistant's, for it to go on from? */
  readonly takesPrefill: boolean;
  /** Does it hold itself to a tool's schema? */
  readonly takesStrictTools: boolean;
}

/** `claude-opus-4-6`, `anthropic/claude-sonnet-4.5`, `claude-3-7-sonnet-20250219`, `claude-opus-4@20250514`. */
const claudeName = /claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)/i;

/** The first that may only be asked adaptively. */
const adaptiveSince = 406;

export function modelTraits(model: string): ModelTraits {
  const version = claudeVersion(model);
  return {
    mostTokens: mostTokens(version, /opus/i.test(model)),
    thinking: version >= adaptiveSince ? 'adaptive' : 'budget',
    thinksUnasked: version >= 500,
    canStopThinking: /haiku/i.test(model) || (version < 505 && !/fable|mythos/i.test(model)),
    hasExtraHigh: version >= 407,
    takesSampling: version < 407,
    takesBothSamplings: version === 0,
    takesPrefill: version < adaptiveSince,
    takesStrictTools: version >= 405,
  };
}

function mostTokens(version: number, isOpus: boolean): number {
  if (version === 0) return Number.POSITIVE_INFINITY;
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (isOpus && version < 405) return 32_000;
  return version < adaptiveSince ? 64_000 : 128_000;
}

/** 405 for 4.5; 0 for a name without a version of Claude's. */
function claudeVersion(model: string): number {
  const [, major, minor] = claudeName.exec(model) ?? [];
  return major === undefined ? 0 : Number(major) * 100 + Number(minor ?? 0);
}
