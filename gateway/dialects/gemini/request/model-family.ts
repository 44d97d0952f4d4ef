/** What a model's name tells of its ways. */

/** Gemini's major version; null for a name that tells none (`gemini-flash-latest`, a tuned model). */
function majorVersion(model: string): number | null {
  const [, digits] = /(?:^|\/)gemini-(?:[a-z]+-)?(\d{1,2})(?!\d)/.exec(model) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** From Gemini 3 on: thinking levels, checked thought signatures, media in results, schemas beside tools. */
export function isThirdGeneration(model: string): boolean {
  const major = majorVersion(model);
  return major === null ? /(?:^|\/)gemini-[a-z-]*latest$/.test(model) : major >= 3;
}

/** Models that answer a thinking budget with an error. */
export function thinksNever(model: string): boolean {
  const major = majorVersion(model);
  return /(?:^|\/)(?:gemma|learnlm)/.test(model) || major === 1 || /(?:^|\/)gemini-2\.0/.test(model);
}

export type ThinkingSize = 'pro' | 'flash' | 'flash-lite';

export function thinkingSize(model: string): ThinkingSize {
  if (model.includes('flash-lite')) return 'flash-lite';
  return model.includes('pro') ? 'pro' : 'flash';
}
