/** What the events of an answer come to, in the terms in which recordings say it. */
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { collectAnswer } from '../../../../../gateway/chat/collect-answer.ts';
import type { Meaning } from './load-recordings.ts';

const finishes = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
};

function parseInput(kind: 'function' | 'custom', input: string): unknown {
  if (kind === 'custom') return input;
  try {
    return input === '' ? {} : JSON.parse(input);
  } catch {
    return input;
  }
}

/** Blank lines that part pieces of reasoning are ours: `squeeze` takes them out of both sides. */
export function squeeze(text: string): string {
  return text.replaceAll('\n\n', '');
}

export function meaningOf(events: readonly ChatEvent[]): Omit<Meaning, 'error'> {
  const { choices, usage } = collectAnswer(events);
  const [{ parts, reason }] = choices;
  const join = (type: 'text' | 'refusal' | 'reasoning') => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return {
    text: join('text'),
    reasoning: squeeze(join('reasoning')),
    refusal: join('refusal'),
    toolCalls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ name: part.name, args: parseInput(part.kind, part.input) }] : [],
    ),
    finish: finishes[reason],
    usage: usage && {
      input: usage.inputTokens ?? 0,
      output: usage.outputTokens ?? 0,
      cached: usage.cachedInputTokens ?? 0,
    },
  };
}
