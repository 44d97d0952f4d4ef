/** Settings of a request that a policy may write: the same words for every format, and the one rule of what then stands. */
import type { ChatRequest, ReasoningEffort } from './request.ts';

export interface ChatSettings {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly seed?: number | undefined;
  readonly reasoningEffort?: ReasoningEffort | undefined;
}

/** Written where a request says nothing, whatever it says, and at most. */
export interface SettingsChange {
  readonly defaults: ChatSettings;
  readonly overrides: ChatSettings;
  readonly caps: ChatSettings;
}

export const numberSettings = ['temperature', 'topP', 'maxOutputTokens', 'seed'] as const;
export type NumberSetting = (typeof numberSettings)[number];

/**
 * The number that is to be written, or undefined where what the request says may stand. A length without a limit gets the one
 * that caps it.
 * @param said undefined where the request says nothing; infinite where it says that there is no limit
 */
export function settledNumber(
  name: NumberSetting,
  said: number | undefined,
  { defaults, overrides, caps }: SettingsChange,
): number | undefined {
  const wanted = overrides[name] ?? said ?? defaults[name] ?? (name === 'maxOutputTokens' ? Number.POSITIVE_INFINITY : undefined);
  const most = caps[name] ?? Number.POSITIVE_INFINITY;
  const settled = wanted === undefined ? undefined : Math.min(wanted, most);
  return settled === said || settled === Number.POSITIVE_INFINITY ? undefined : settled;
}

/** The effort that is to be written; undefined where what the request says may stand. */
export function settledEffort(isSaid: boolean, { defaults, overrides }: SettingsChange): ReasoningEffort | undefined {
  return overrides.reasoningEffort ?? (isSaid ? undefined : defaults.reasoningEffort);
}

/** A request that is translated, with its settings as the policy wants them. */
export function withSettings(request: ChatRequest, change: SettingsChange): ChatRequest {
  const effort = settledEffort(request.reasoning !== undefined, change);
  const numbers = numberSettings.flatMap((name) => {
    const settled = settledNumber(name, request[name] ?? undefined, change);
    return settled === undefined ? [] : [[name, settled] as const];
  });
  return {
    ...request,
    ...Object.fromEntries(numbers),
    ...(effort === undefined ? {} : { reasoning: { ...showOf(request), effort } }),
  };
}

function showOf({ reasoning }: ChatRequest) {
  return reasoning?.show === undefined ? {} : { show: reasoning.show };
}
