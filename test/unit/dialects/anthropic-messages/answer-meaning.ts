/** What events mean, in the words of the recordings. */
import { collectAnswer } from '../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { Meaning } from './recorded-answers.ts';

const finishWords = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
} as const;

export function meaningOf(events: readonly ChatEvent[]): Omit<Meaning, 'error'> {
  const { choices, usage } = collectAnswer(events);
  const [{ parts, reason }] = choices;
  const textOf = (type: 'text' | 'reasoning'): string => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    toolCalls: parts.flatMap((part) => (part.type === 'tool-call' ? [{ name: part.name, args: parse(part.input) }] : [])),
    finish: finishWords[reason],
    usage: usage && {
      input: usage.inputTokens ?? 0,
      output: usage.outputTokens ?? 0,
      cached: usage.cachedInputTokens ?? 0,
    },
  };
}

function parse(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}
