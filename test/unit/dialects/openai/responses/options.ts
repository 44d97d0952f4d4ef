/** What an answer of these tests is written for. */
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../../../gateway/chat/request.ts';
import type { AnswerOptions } from '../../../../../gateway/dialects/codec.ts';

export const plainRequest: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  toolChoice: { type: 'auto' },
  responseFormat: { type: 'text' },
  maxOutputTokens: null,
  stream: true,
  streamUsage: true,
  unread: [],
};

export function answerOptions(request: Partial<ChatRequest> = {}): AnswerOptions {
  return { request: { ...plainRequest, ...request }, notes: new FidelityNotes(), id: 'req_1', inputTokensEstimate: 7 };
}
