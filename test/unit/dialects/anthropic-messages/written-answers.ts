/** Answers for clients of Anthropic's messages, from every provider's habits. */
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';

export const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt-x', createdAtSeconds: 1 };
export const stop: ChatEvent = { type: 'finish', reason: 'stop' };

export const usage: ChatEvent = {
  type: 'usage',
  usage: { ...unknownUsage, inputTokens: 30, cachedInputTokens: 20, cacheWriteTokens: 4, outputTokens: 9, reasoningTokens: 3 },
  raw: {},
};

export const callStart = (index: number, more: object = {}): ChatEvent => ({
  type: 'tool-start',
  index,
  id: `call_${index}`,
  name: `tool_${index}`,
  kind: 'function',
  ...more,
});

export const input = (index: number, text: string): ChatEvent => ({ type: 'tool-input', index, text });

/** Thoughts, two calls whose pieces interleave and that nobody ends, and text behind them. */
export const interleaved: readonly ChatEvent[] = [
  start,
  { type: 'reasoning', text: 'Let me ' },
  { type: 'reasoning', text: 'look.' },
  { type: 'reasoning-end', seal: { maker: 'openai', data: 'enc' }, redacted: false },
  { type: 'text', text: 'I look' },
  { type: 'text', text: ' twice.' },
  callStart(0),
  input(0, '{"city":'),
  callStart(1, { seal: { maker: 'gemini', data: 'ts' } }),
  input(1, '{"n"'),
  input(0, '"Oslo"}'),
  input(1, ':2}'),
  { type: 'text', text: 'Done.' },
  usage,
  { type: 'finish', reason: 'tool-calls' },
];

/** What a client sees of it. */
export const interleavedContent = [
  { type: 'thinking', thinking: 'Let me look.', signature: 'gatehouse.openai.enc' },
  { type: 'text', text: 'I look twice.' },
  { type: 'tool_use', id: 'call_0', name: 'tool_0', input: { city: 'Oslo' } },
  { type: 'thinking', thinking: '', signature: 'gatehouse.gemini.ts' },
  { type: 'tool_use', id: 'call_1', name: 'tool_1', input: { n: 2 } },
  { type: 'text', text: 'Done.' },
];
