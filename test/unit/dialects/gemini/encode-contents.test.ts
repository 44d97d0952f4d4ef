/** The conversation that an upstream of Google's is sent. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatMessage, ContentPart } from '../../../../gateway/chat/request.ts';
import { encode } from './wire-samples.ts';

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const user: ChatMessage = { role: 'user', parts: [text('hi')] };
const picture: ContentPart = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } };

function call(id: string, input: string, data?: string): ContentPart {
  const seal = data === undefined ? {} : { seal: { maker: 'gemini' as const, data } };
  return { type: 'tool-call', id, name: `tool_${id}`, kind: 'function', input, ...seal };
}

function result(callId: string, content: readonly ContentPart[], isError = false): ChatMessage {
  return { role: 'tool', parts: [{ type: 'tool-result', callId, name: null, content, isError }] };
}

describe('the conversation', () => {
  test('leading instructions stand apart, turns alternate, and results carry the name of their call', () => {
    const { body, emulated, dropped } = encode({
      messages: [
        { role: 'system', parts: [text('one')] },
        { role: 'developer', parts: [text('two')] },
        user,
        { role: 'user', parts: [text('there'), picture] },
        { role: 'assistant', parts: [text('ok'), call('a', '{"n":1}'), call('b', '')] },
        result('a', [text('plain')]),
        result('b', [text('{"deep":[1]}')]),
        { role: 'user', parts: [text('and?')] },
      ],
    });
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'one' }, { text: 'two' }] },
      contents: [
        { role: 'user', parts: [{ text: 'hi' }, { text: 'there' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        {
          role: 'model',
          parts: [
            { text: 'ok' },
            { functionCall: { id: 'a', name: 'tool_a', args: { n: 1 } } },
            { functionCall: { id: 'b', name: 'tool_b', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'a', name: 'tool_a', response: { output: 'plain' } } },
            { functionResponse: { id: 'b', name: 'tool_b', response: { deep: [1] } } },
            { text: 'and?' },
          ],
        },
      ],
    });
    expect([emulated, dropped]).toEqual([[], []]);
  });

  test("instructions in the middle become the user's words, and that is told", () => {
    const { body, emulated } = encode({ messages: [user, { role: 'system', parts: [text('be brief')] }] });
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'hi' }, { text: 'be brief' }] }]);
    expect(emulated).toEqual(['messages.*.role']);
  });

  test('instructions alone are still something to answer', () => {
    const { body } = encode({ messages: [{ role: 'system', parts: [text('go')] }] });
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'go' }] }] });
  });

  test('a failed result says so, and a number too large to be read stays text', () => {
    const { body } = encode({
      messages: [
        user,
        { role: 'assistant', parts: [call('a', '{}'), call('b', '{}')] },
        result('a', [text('broke')], true),
        result('b', [text('{"id":12345678901234567890}')]),
      ],
    });
    expect(body.contents[2].parts).toMatchObject([
      { functionResponse: { response: { error: 'broke' } } },
      { functionResponse: { response: { output: '{"id":12345678901234567890}' } } },
    ]);
  });

  test('arguments that are no object are handed over as text, and that is told', () => {
    const { body, emulated } = encode({ messages: [user, { role: 'assistant', parts: [call('a', '{"n":')] }] });
    expect(body.contents[1].parts[0].functionCall.args).toEqual({ input: '{"n":' });
    expect(emulated).toEqual(['messages.*.content.*.input']);
  });

  test('pictures in results stand inside for Gemini 3, behind all results for older models', () => {
    const messages = [
      user,
      { role: 'assistant' as const, parts: [call('a', ''), call('b', '')] },
      result('a', [text('see'), picture]),
      result('b', []),
    ];
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    expect(encode({ messages }, 'gemini-3-pro-preview').body.contents[2].parts).toMatchObject([
      { functionResponse: { name: 'tool_a', parts: [{ inlineData }] } },
      { functionResponse: { name: 'tool_b' } },
    ]);
    const old = encode({ messages });
    expect(old.body.contents[2].parts).toEqual([
      { functionResponse: { id: 'a', name: 'tool_a', response: { output: 'see' } } },
      { functionResponse: { id: 'b', name: 'tool_b', response: { output: '' } } },
      { inlineData },
    ]);
    expect(old.emulated).toEqual(['messages.*.content.*.content.*']);
  });

  test('addresses keep or get their type, and files of other providers are refused by name', () => {
    const { body, dropped } = encode({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'image', source: { type: 'url', url: 'https://x.test/a.jpg?w=1', mediaType: null }, detail: 'low' },
            { type: 'file', source: { type: 'url', url: 'https://x.test/doc', mediaType: 'application/pdf' }, name: 'doc' },
            { type: 'video', source: { type: 'file-id', id: 'gs://b/v' } },
          ],
        },
      ],
    });
    expect(body.contents[0].parts).toEqual([
      { fileData: { fileUri: 'https://x.test/a.jpg?w=1', mimeType: 'image/jpeg' } },
      { fileData: { fileUri: 'https://x.test/doc', mimeType: 'application/pdf' } },
      { fileData: { fileUri: 'gs://b/v' } },
    ]);
    expect(dropped).toEqual(['messages.*.content.*.detail', 'messages.*.content.*.name']);
    const foreign: ContentPart = { type: 'file', source: { type: 'file-id', id: 'file-abc' } };
    const refusal = catchError(() => encode({ messages: [{ role: 'user', parts: [foreign] }] }));
    expect(refusal).toMatchObject({ kind: 'untranslatable', field: 'messages.0.content.0' });
  });
});

describe('signatures', () => {
  const step = (id: string, data?: string): ChatMessage[] => [
    { role: 'assistant', parts: [call(id, '{}', data), call(`${id}2`, '{}')] },
    result(id, []),
    result(`${id}2`, []),
  ];
  const signatures = (body: { contents: { role: string; parts: { thoughtSignature?: string }[] }[] }) =>
    body.contents.filter(({ role }) => role === 'model').map(({ parts }) => parts.map((part) => part.thoughtSignature ?? null));

  test('go back on thoughts, texts and calls', () => {
    const seal = { maker: 'gemini' as const, data: 'QQ==' };
    const parts: ContentPart[] = [
      { type: 'reasoning', text: 'hm', seal, redacted: false },
      { type: 'text', text: '', seal },
      call('a', '', 'Qg=='),
    ];
    expect(encode({ messages: [user, { role: 'assistant', parts }] }).body.contents[1].parts).toEqual([
      { text: 'hm', thought: true, thoughtSignature: 'QQ==' },
      { text: '', thoughtSignature: 'QQ==' },
      { functionCall: { id: 'a', name: 'tool_a', args: {} }, thoughtSignature: 'Qg==' },
    ]);
  });

  test("for Gemini 3 the first call of each of the present turn's steps has one, if only the documented stand-in", () => {
    const messages = [user, ...step('old'), user, ...step('own', 'QQ=='), ...step('foreign')];
    const { body, emulated } = encode({ messages }, 'gemini-3-flash-preview');
    const skip = 'skip_thought_signature_validator';
    expect(signatures(body)).toEqual([
      [null, null],
      ['QQ==', null],
      [skip, null],
    ]);
    expect(emulated).toEqual(['messages.*.content.*.seal']);
    expect(signatures(encode({ messages }, 'gemini-2.5-pro').body)).toEqual([
      [null, null],
      ['QQ==', null],
      [null, null],
    ]);
  });
});

function catchError(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  return null;
}
