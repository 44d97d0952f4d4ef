/** The messages that an upstream of OpenAI's format is sent. */
import { describe, expect, test } from 'vitest';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatRequest, ContentPart } from '../../../../../gateway/chat/request.ts';
import type { WireQuirks } from '../../../../../gateway/dialects/codec.ts';
import { chatCodec } from '../../../../../gateway/dialects/openai/chat/index.ts';
import { plainRequest } from './sse-text.ts';

function encode(fields: Partial<ChatRequest>, quirks: WireQuirks = {}) {
  const notes = new FidelityNotes();
  const body = chatCodec.encodeRequest({ ...plainRequest, stream: false, ...fields }, { model: 'up', quirks }, notes);
  const told = (list: readonly { readonly field: string }[]) => list.map(({ field }) => field);
  return { body: JSON.parse(JSON.stringify(body)), emulated: told(notes.emulated), dropped: told(notes.dropped) };
}

const text = (words: string) => ({ type: 'text', text: words }) as const;
const message = (role: ChatRequest['messages'][number]['role'], ...parts: readonly ContentPart[]) => ({
  messages: [{ role, parts }],
});
describe('messages', () => {
  const first = (fields: Partial<ChatRequest>, quirks: WireQuirks = {}) => encode(fields, quirks).body.messages[0];

  test('of text alone are one text, its parts set apart', () => {
    expect(first(message('user', text('a'), text('b '), text('c')))).toEqual({ role: 'user', content: 'a\nb c' });
    expect(first(message('user'))).toEqual({ role: 'user', content: '' });
  });

  test.each([
    ['system', undefined, 'system'],
    ['developer', undefined, 'developer'],
    ['developer', 'system', 'system'],
    ['system', 'developer', 'developer'],
  ] as const)('with instructions: %s, where the provider wants %s', (role, systemRole, expected) => {
    expect(first(message(role, text('a')), systemRole ? { systemRole } : {})).toEqual({ role: expected, content: 'a' });
  });

  test('with media are lists in order', () => {
    const base64 = (mediaType: string) => ({ type: 'base64', mediaType, data: 'QQ==' }) as const;
    const parts: readonly ContentPart[] = [
      text('a'),
      { type: 'image', source: base64('image/png'), detail: 'low' },
      { type: 'image', source: { type: 'url', url: 'https://a', mediaType: null } },
      { type: 'audio', source: base64('audio/mpeg') },
      { type: 'file', source: base64('application/pdf'), name: 'a.pdf' },
      { type: 'file', source: { type: 'file-id', id: 'file-1' } },
      { type: 'video', source: { type: 'url', url: 'https://v', mediaType: null } },
      { type: 'file', source: base64('text/plain'), name: 'a.txt' },
    ];
    const { body, emulated } = encode(message('user', ...parts));
    expect(body.messages[0].content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,QQ==', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'https://a' } },
      { type: 'input_audio', input_audio: { data: 'QQ==', format: 'mp3' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QQ==' } },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'video_url', video_url: { url: 'https://v' } },
      { type: 'text', text: 'a.txt:\n\nA' },
    ]);
    expect(emulated).toEqual(['messages.*.content.*']);
  });

  test.each<ContentPart>([
    { type: 'image', source: { type: 'file-id', id: 'x' } },
    { type: 'image', source: { type: 'url', url: 'gs://a/b', mediaType: null } },
    { type: 'audio', source: { type: 'url', url: 'https://a', mediaType: null } },
  ])('that nobody could read there are not sent: %j', (part) => {
    expect(() => encode(message('user', text('a'), part))).toThrow(
      expect.objectContaining({ kind: 'untranslatable', field: 'messages.0.content.1' }),
    );
  });

  test('of a model carry its calls, its refusal and, where the provider takes them, its thoughts', () => {
    const parts: readonly ContentPart[] = [
      { type: 'reasoning', text: 'Hm', seal: null, redacted: false },
      { type: 'tool-call', id: 'i', name: 'f', kind: 'function', input: '{', seal: { maker: 'gemini', data: 'S' } },
    ];
    const call = {
      id: 'i',
      type: 'function',
      function: { name: 'f', arguments: '{' },
      extra_content: { google: { thought_signature: 'S' } },
    };
    const written = { role: 'assistant', content: null, tool_calls: [call] };
    expect(encode(message('assistant', ...parts))).toMatchObject({
      body: { messages: [written] },
      dropped: ['messages.*.content.*'],
    });
    expect(first(message('assistant', ...parts), { reasoningField: 'reasoning' })).toEqual({ ...written, reasoning: 'Hm' });
    const refused = message('assistant', { type: 'refusal', text: 'No' });
    expect(first(refused)).toEqual({ role: 'assistant', content: null, refusal: 'No' });
    expect(first(message('assistant'))).toEqual({ role: 'assistant', content: '' });
  });

  test('with results are one for each call, a failed one in words', () => {
    const result = (callId: string, isError: boolean, words: string): ContentPart => ({
      type: 'tool-result',
      callId,
      name: null,
      content: [text(words)],
      isError,
    });
    const { body, emulated } = encode(
      message('tool', result('a', false, 'x'), result('b', true, 'y'), result('c', true, 'Error: z')),
    );
    expect(body.messages).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'x' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: y' },
      { role: 'tool', tool_call_id: 'c', content: 'Error: z' },
    ]);
    expect(emulated).toEqual(['messages.*.content.*.is_error']);
  });
});
