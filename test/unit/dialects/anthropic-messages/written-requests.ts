/** Writes requests for an upstream, and tells what was noted beside them. */
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart, FunctionTool, ToolResultPart } from '../../../../gateway/chat/request.ts';
import { encodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/encode-request.ts';
import type { WireQuirks } from '../../../../gateway/dialects/codec.ts';
import { plainRequest } from './codec-driver.ts';

/** The body as the wire has it, of any shape. */
export type Body = ReturnType<typeof JSON.parse>;

export function encode(change: Partial<ChatRequest>, model = 'claude-sonnet-4-5', quirks: WireQuirks = {}) {
  const notes = new FidelityNotes();
  const written = encodeRequest({ ...plainRequest, ...change }, { model, quirks }, notes);
  const body: Body = JSON.parse(JSON.stringify(written));
  const noted = (list: FidelityNotes['dropped']): string[] => list.map(({ field }) => field);
  return { body, dropped: noted(notes.dropped), emulated: noted(notes.emulated) };
}

export function turnsOf(messages: readonly ChatMessage[], model?: string) {
  const { body, ...noted } = encode({ messages }, model);
  return { turns: body.messages, system: body.system, ...noted };
}

export const text = (words: string): ContentPart => ({ type: 'text', text: words });
export const user = (...parts: ContentPart[]): ChatMessage => ({ role: 'user', parts });
export const assistant = (...parts: ContentPart[]): ChatMessage => ({ role: 'assistant', parts });
export const call = (id: string, input = '{}'): ContentPart => ({ type: 'tool-call', id, name: 'f', kind: 'function', input });

/** A thought that Anthropic sealed. */
export const sealed: ContentPart = {
  type: 'reasoning',
  text: 'Hm.',
  seal: { maker: 'anthropic', data: 'S' },
  redacted: false,
};

export const tool: FunctionTool = {
  kind: 'function',
  name: 'f',
  description: null,
  parameters: { type: 'object', properties: {} },
};

export function result(callId: string, words = 'ok'): ChatMessage {
  const part: ToolResultPart = { type: 'tool-result', callId, name: null, content: [text(words)], isError: false };
  return { role: 'tool', parts: [part] };
}
