/** What an upstream of legacy completions is asked: one text of a user, and nothing that it has no place for. */
import { describe, expect, test } from 'vitest';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../../../gateway/chat/request.ts';
import { completionCodec } from '../../../../../gateway/dialects/openai/completions/index.ts';
import { plainRequest } from '../chat/sse-text.ts';

const text = { type: 'text', text: 'hi' } as const;
const encode = (fields: Partial<ChatRequest>) =>
  completionCodec.encodeRequest({ ...plainRequest, ...fields }, { model: 'up', quirks: {} }, new FidelityNotes());

test('a text with a gap keeps what follows the gap', () => {
  expect(encode({ suffix: 'z', maxOutputTokens: 9, logprobs: { top: 2 }, temperature: 0 })).toEqual({
    model: 'up',
    prompt: 'hi',
    suffix: 'z',
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 9,
    temperature: 0,
    logprobs: 2,
  });
});

test('a request of this format is written again as it was read', () => {
  const body = {
    model: 'up',
    prompt: 'a',
    suffix: 'z',
    stream: false,
    max_tokens: 0,
    seed: 1,
    stop: ['x'],
    n: 2,
    user: 'u',
    logprobs: 1,
  };
  const request = completionCodec.decodeRequest(body, { model: null, stream: null });
  expect(completionCodec.encodeRequest(request, { model: 'up', quirks: {} }, new FidelityNotes())).toEqual(body);
});

describe('what has no place', () => {
  test.each<[string, Partial<ChatRequest>]>([
    ['messages', { messages: [] }],
    ['messages', { messages: [{ role: 'system', parts: [text] }] }],
    ['messages', { messages: [...plainRequest.messages, { role: 'assistant', parts: [text] }] }],
    ['messages', { messages: [{ role: 'user', parts: [text, { type: 'refusal', text: 'No' }] }] }],
    ['tools', { tools: [{ kind: 'custom', name: 'c', description: null }] }],
    ['response_format', { responseFormat: { type: 'json' } }],
  ])('is told by its name, %s: %j', (field, fields) => {
    expect(() => encode(fields)).toThrow(expect.objectContaining({ kind: 'untranslatable', field }));
  });
});
