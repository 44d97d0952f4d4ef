/** Writes the whole answer of `POST /chat/completions`, with every key that real answers always have. */
import type { ChatEvent } from '../../../chat/event.ts';
import { collectAnswer } from '../../../chat/collect-answer.ts';
import type { CollectedAnswer, CollectedCall } from '../../../chat/collect-answer.ts';
import { encodeFinish } from '../encode-finish.ts';
import { encodeUsage } from '../usage.ts';

/** @throws GatewayError `upstream-truncated` when the events lack their start or their finish */
export function encodeChatResponse(events: Iterable<ChatEvent>) {
  const answer = collectAnswer(events);
  return {
    id: answer.id,
    object: 'chat.completion',
    created: answer.createdAtSeconds,
    model: answer.model,
    choices: [{ index: 0, message: encodeMessage(answer), logprobs: null, finish_reason: encodeFinish(answer.reason) }],
    usage: encodeUsage(answer.usage),
    service_tier: 'default',
    system_fingerprint: null,
  };
}

function encodeMessage({ text, toolCalls }: CollectedAnswer) {
  const content = text === '' && toolCalls.length > 0 ? null : text;
  const calls = toolCalls.length > 0 ? { tool_calls: toolCalls.map(encodeCall) } : {};
  return { role: 'assistant', content, ...calls, refusal: null, annotations: [] };
}

function encodeCall(call: CollectedCall) {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.argumentsJson } };
}
