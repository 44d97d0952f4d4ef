/** Anthropic's words for why an answer ended (platform.claude.com/docs/en/build-with-claude/handling-stop-reasons). */
import type { FinishReason } from '../../chat/event.ts';

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['compaction', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
]);

/** A reason that is missing or new ends the turn as its content says. */
export function decodeStopReason(reason: unknown, hasCalls: boolean): FinishReason {
  return reasons.get(reason) ?? (hasCalls ? 'tool-calls' : 'stop');
}

/** How an answer ended, as far as its stop reason depends on it. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
  readonly hasCalls: boolean;
  readonly refused: boolean;
}

/**
 * Agents go by this word alone: `tool_use` has them run the calls and come back, so it is said exactly when there are some.
 * Anthropic has no word for `error`: what broke inside an answer (a malformed call) ends its turn.
 */
export function encodeStopReason({ reason, stopSequence, hasCalls, refused }: AnswerEnd): string {
  if (reason === 'length') return 'max_tokens';
  if (reason === 'content-filter' || (refused && !hasCalls)) return 'refusal';
  if (hasCalls && reason !== 'error') return 'tool_use';
  return stopSequence === null ? 'end_turn' : 'stop_sequence';
}
