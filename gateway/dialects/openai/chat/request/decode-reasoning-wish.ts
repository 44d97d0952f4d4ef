/** Reads how hard a model shall think: OpenAI's `reasoning_effort`, OpenRouter's `reasoning`, DeepSeek's and Z.ai's `thinking`. */
import type { ChatRequest, ReasoningEffort, ReasoningWish } from '../../../../chat/request.ts';
import { type Fields, isAbsent, isFields } from '../../../json/fields.ts';
import { noteUnread } from '../../unread.ts';

export const reasoningFields = ['reasoning_effort', 'reasoning', 'thinking'] as const;

const efforts: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const knownReasoningFields = new Set(['effort', 'max_tokens', 'exclude', 'enabled']);
const knownThinkingFields = new Set(['type', 'budget_tokens']);

/** What it says in words that nobody else has is named in `unread`. */
export function decodeReasoningWish(fields: Fields, unread: string[]): Pick<ChatRequest, 'reasoning'> {
  const effort = decodeEffort(fields.reasoning_effort, 'reasoning_effort', unread);
  const wish = { ...decodeThinking(fields.thinking, unread), ...decodeReasoning(fields.reasoning, unread), ...effort };
  return Object.keys(wish).length > 0 ? { reasoning: wish } : {};
}

function decodeEffort(value: unknown, field: string, unread: string[]): ReasoningWish {
  if (isAbsent(value)) return {};
  const effort = efforts.find((each) => each === value);
  if (effort !== undefined) return { effort };
  unread.push(field);
  return {};
}

/** Switched on without a measure it is OpenRouter's `medium`. */
function decodeReasoning(value: unknown, unread: string[]): ReasoningWish {
  if (!isFields(value)) return isAbsent(value) ? {} : unreadWish('reasoning', unread);
  noteUnread(unread, value, knownReasoningFields, 'reasoning.');
  const effort = decodeEffort(value.effort, 'reasoning.effort', unread);
  const budget = typeof value.max_tokens === 'number' ? { budgetTokens: value.max_tokens } : {};
  const show = typeof value.exclude === 'boolean' ? { show: !value.exclude } : {};
  const measured = { ...effort, ...budget };
  if (value.enabled === false) return { effort: 'none', ...show };
  const switchedOn = value.enabled === true && Object.keys(measured).length === 0;
  return { ...measured, ...(switchedOn ? { effort: 'medium' as const } : {}), ...show };
}

function decodeThinking(value: unknown, unread: string[]): ReasoningWish {
  if (!isFields(value)) return isAbsent(value) ? {} : unreadWish('thinking', unread);
  noteUnread(unread, value, knownThinkingFields, 'thinking.');
  if (value.type === 'disabled') return { effort: 'none' };
  if (value.type !== 'enabled') return unreadWish('thinking.type', unread);
  return typeof value.budget_tokens === 'number' ? { budgetTokens: value.budget_tokens } : { effort: 'medium' };
}

function unreadWish(field: string, unread: string[]): ReasoningWish {
  unread.push(field);
  return {};
}
