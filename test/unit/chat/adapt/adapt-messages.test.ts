/** Where pictures of tool results go in a dialect that has no place for them there. */
import { expect, test } from 'vitest';
import { adaptRequest } from '../../../../gateway/chat/adapt/adapt-request.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../../../../gateway/chat/request.ts';
import { chatAbilities } from '../../../../gateway/dialects/openai/chat/abilities.ts';

const picture: ContentPart = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } };

const calls = (...ids: readonly string[]): ChatMessage => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: 'Read', kind: 'function', input: '{}' })),
});

/** A result with a picture, in a message of its own, as Claude Code sends the results of calls at once. */
const result = (callId: string): ChatMessage => ({
  role: 'tool',
  parts: [{ type: 'tool-result', callId, name: null, content: [picture], isError: false }],
});

function adapt(...messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const request: ChatRequest = {
    model: 'm',
    messages,
    tools: [],
    toolChoice: { type: 'auto' },
    responseFormat: { type: 'text' },
    maxOutputTokens: null,
    stream: false,
    streamUsage: false,
    unread: [],
  };
  return adaptRequest(request, chatAbilities, new FidelityNotes()).request.messages;
}

const picturesOf = ({ parts }: ChatMessage) => parts.filter(({ type }) => type === 'image').length;

test('pictures of results of several calls follow all of the results, and never stand between two', () => {
  const adapted = adapt(calls('a', 'b'), result('a'), result('b'));
  expect(adapted.map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool', 'user']);
  expect(adapted.map(picturesOf)).toEqual([0, 0, 0, 2]);
});

test('pictures of every turn stay in their turn', () => {
  const user: ChatMessage = { role: 'user', parts: [{ type: 'text', text: 'And?' }] };
  const adapted = adapt(calls('a'), result('a'), calls('b'), result('b'), user);
  expect(adapted.map(({ role }) => role)).toEqual(['assistant', 'tool', 'user', 'assistant', 'tool', 'user', 'user']);
  expect(adapted.map(picturesOf)).toEqual([0, 0, 1, 0, 0, 1, 0]);
});
