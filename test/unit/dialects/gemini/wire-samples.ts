/** What the tests of this folder start from. */
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import type { AnswerOptions, RequestPlace } from '../../../../gateway/dialects/codec.ts';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { encodeRequest } from '../../../../gateway/dialects/gemini/request/encode-request.ts';

export const place: RequestPlace = { model: 'gemini-2.5-flash', stream: true };

export const plainRequest: ChatRequest = {
  model: 'gemini-2.5-flash',
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
  return { request: { ...plainRequest, ...request }, notes: new FidelityNotes(), id: 'made', inputTokensEstimate: 7 };
}

export const start: ChatEvent = { type: 'start', id: 'r1', model: 'm-1', createdAtSeconds: 1 };

/** Reads a body of contents alone. */
export function decode(body: object): ChatRequest {
  return decodeRequest({ contents: [{ parts: [{ text: 'hi' }] }], ...body }, place);
}

/** Writes a request, as JSON reads it back, with the fields that were noted. */
export function encode(request: Partial<ChatRequest>, model = 'gemini-2.5-flash', refusedFields: string[] = []) {
  const notes = new FidelityNotes();
  const body = encodeRequest({ ...plainRequest, ...request }, { model, quirks: { refusedFields } }, notes);
  const fields = (list: readonly { field: string }[]) => list.map(({ field }) => field);
  return {
    body: JSON.parse(JSON.stringify(body)),
    emulated: fields(notes.emulated),
    dropped: fields(notes.dropped),
  };
}
