/** Reads `thinking` and `output_config.effort`: how hard the model shall think. */
import type { ReasoningEffort, ReasoningWish } from '../../../chat/request.ts';
import { type Fields, isAbsent, isFields, readCount, readFields } from '../../json/fields.ts';
import type { Unread } from './unread.ts';

const efforts: readonly ReasoningEffort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** @throws GatewayError `bad-request` */
export function decodeReasoning(fields: Fields, unread: Unread): { readonly reasoning?: ReasoningWish } {
  const effort = decodeEffort(fields.output_config, unread);
  if (isAbsent(fields.thinking)) return effort === undefined ? {} : { reasoning: { effort } };
  const thinking = readFields(fields.thinking, 'thinking');
  unread.rest(thinking, new Set(['type', 'budget_tokens', 'display']), 'thinking');
  const wish = decodeThinking(thinking, effort, unread);
  return wish === null ? {} : { reasoning: wish };
}

function decodeEffort(config: unknown, unread: Unread): ReasoningEffort | undefined {
  if (!isFields(config)) return undefined;
  unread.rest(config, new Set(['effort', 'format']), 'output_config');
  const effort = efforts.find((each) => each === config.effort);
  if (effort === undefined && !isAbsent(config.effort)) unread.add('output_config.effort');
  return effort;
}

function decodeThinking(thinking: Fields, effort: ReasoningEffort | undefined, unread: Unread): ReasoningWish | null {
  switch (thinking.type) {
    case 'enabled': {
      const budgetTokens = readCount(thinking.budget_tokens, 'thinking.budget_tokens', 0);
      const size = budgetTokens === null ? { budgetTokens: -1 } : { budgetTokens };
      // Models that take a budget show their thoughts unless they are told not to.
      return { ...size, ...(effort === undefined ? {} : { effort }), show: thinking.display !== 'omitted' };
    }
    case 'adaptive':
      return { ...(effort === undefined ? { budgetTokens: -1 } : { effort }), ...decodeDisplay(thinking.display) };
    case 'between_tools':
      return { effort: 'minimal' };
    case 'disabled':
      return { effort: 'none' };
    default:
      unread.add('thinking');
      return effort === undefined ? null : { effort };
  }
}

function decodeDisplay(display: unknown): Pick<ReasoningWish, 'show'> {
  if (display === 'summarized') return { show: true };
  return display === 'omitted' ? { show: false } : {};
}
