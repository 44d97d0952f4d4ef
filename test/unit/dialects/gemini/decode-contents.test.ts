/** A Gemini client's conversation: turns, calls and results, media, signatures. */
import { describe, expect, test } from 'vitest';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { place } from './wire-samples.ts';

const user = { role: 'user', parts: [{ text: 'hi' }] };

function messages(contents: unknown) {
  return decodeRequest({ contents }, place).messages;
}

describe('the conversation', () => {
  test('one content alone, a missing role and the role function are all taken', () => {
    const hi = [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }];
    expect(messages(user)).toEqual(hi);
    expect(messages([{ parts: { text: 'hi' } }])).toEqual(hi);
    expect(messages([{ role: 'function', parts: [{ functionResponse: { name: 'f', response: {} } }] }])).toMatchObject([
      { role: 'tool' },
    ]);
  });

  test("a model's turn kept in the pieces of its stream is one message again", () => {
    const pieces = [
      { role: 'model', parts: [{ text: 'let me ', thought: true }] },
      { role: 'model', parts: [{ text: 'think', thought: true }] },
      { role: 'model', parts: [{ text: 'Hel' }] },
      { role: 'model', parts: [{ text: 'lo' }] },
      { role: 'model', parts: [{ text: '', thoughtSignature: 'c2ln' }] },
    ];
    expect(messages([user, ...pieces])[1]).toEqual({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'let me think', seal: null, redacted: false },
        { type: 'text', text: 'Hello', seal: { maker: 'gemini', data: 'c2ln' } },
      ],
    });
  });

  test('results without ids find their calls by name and order, and ids are the same every time', () => {
    const contents = [
      user,
      { role: 'model', parts: [call('f', { n: 1 }), call('g', {}), call('f', { n: 2 })] },
      { role: 'user', parts: [response('g', 'G'), response('f', 'one'), response('f', 'two'), { text: 'and?' }] },
    ];
    const decoded = messages(contents);
    expect(decoded).toEqual(messages(contents));
    const ids = decoded[1]?.parts.map((part) => (part.type === 'tool-call' ? part.id : ''));
    expect(new Set(ids).size).toBe(3);
    const [first, second, third] = ids ?? [];
    expect(decoded[2]).toMatchObject({
      role: 'tool',
      parts: [
        { callId: second, name: 'g', content: [{ text: 'G' }] },
        { callId: first, content: [{ text: 'one' }] },
        { callId: third, content: [{ text: 'two' }] },
      ],
    });
    expect(decoded[3]).toEqual({ role: 'user', parts: [{ type: 'text', text: 'and?' }] });
  });

  test('a result whose id only its client knows is matched by name; one with a known id by that', () => {
    const decoded = messages([
      user,
      { role: 'model', parts: [call('f', {}), { functionCall: { id: 'b', name: 'f', args: {} } }] },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'b', name: 'f', response: {} } },
          { functionResponse: { id: 'q', name: 'f', response: {} } },
        ],
      },
    ]);
    const made = decoded[1]?.parts[0];
    expect(decoded[2]?.parts).toMatchObject([{ callId: 'b' }, { callId: made?.type === 'tool-call' ? made.id : '' }]);
  });

  test('a client that counts its ids anew in every turn gets different ones', () => {
    const turn = [
      { role: 'model', parts: [{ functionCall: { id: 'call_0', name: 'f' } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'call_0', name: 'f', response: { output: 'x' } } }] },
    ];
    const decoded = messages([user, ...turn, ...turn]);
    const ids = decoded.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])));
    const answered = decoded.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])));
    expect(new Set(ids).size).toBe(2);
    expect(answered).toEqual(ids);
  });

  test.each([
    [{ output: 'text' }, 'text', false],
    [{ result: 'text' }, 'text', false],
    [{ error: 'broke' }, 'broke', true],
    [{ error: { code: 1 } }, '{"code":1}', true],
    [{ a: 1, b: [2] }, '{"a":1,"b":[2]}', false],
    [{ output: { a: 1 } }, '{"output":{"a":1}}', false],
  ])('the response %j is the text %j', (given, text, isError) => {
    const [, , result] = messages([
      user,
      { role: 'model', parts: [call('f', {})] },
      { parts: [{ functionResponse: { name: 'f', response: given } }] },
    ]);
    expect(result?.parts).toMatchObject([{ content: [{ type: 'text', text }], isError }]);
  });

  test('media are read: pictures, sounds, films and documents, here or at an address, in results, too', () => {
    const blob = (mimeType: string) => ({ inlineData: { mimeType, data: 'AA-_' } });
    const file = (fileUri: string, mimeType: string) => ({ fileData: { fileUri, mimeType } });
    const [first] = messages([
      {
        parts: [
          blob('image/PNG'),
          blob('audio/wav'),
          blob('video/mp4'),
          blob('application/pdf'),
          file('https://example.com/a.png', 'image/png'),
          file('https://generativelanguage.googleapis.com/v1beta/files/abc', 'application/pdf'),
          file('gs://bucket/film', 'video/mp4'),
        ],
      },
    ]);
    expect(first?.parts).toEqual([
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA+/' } },
      { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AA+/' } },
      { type: 'video', source: { type: 'base64', mediaType: 'video/mp4', data: 'AA+/' } },
      { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AA+/' } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png', mediaType: 'image/png' } },
      { type: 'file', source: { type: 'file-id', id: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
      { type: 'video', source: { type: 'file-id', id: 'gs://bucket/film' } },
    ]);
    const result = { name: 'f', response: { output: 'see' }, parts: [blob('image/png')] };
    expect(messages([{ parts: [{ functionResponse: result }] }])[0]?.parts).toMatchObject([
      { content: [{ type: 'text' }, { type: 'image' }] },
    ]);
  });

  test("what Google's own tools did survives as it is", () => {
    const part = { executableCode: { language: 'PYTHON', code: '1' } };
    expect(messages([user, { role: 'model', parts: [part] }])[1]?.parts).toEqual([
      { type: 'native', dialect: 'gemini', name: 'executableCode', json: part },
    ]);
  });
});

describe('signatures', () => {
  const sealed = (data: string) => ({ maker: 'gemini', data });

  test('stay on the thought, the text or the call on which they stand', () => {
    const parts = [
      { text: 'hm', thought: true, thoughtSignature: 'QQ==' },
      { text: 'so', thoughtSignature: 'Qg==' },
      { ...call('f', {}), thoughtSignature: 'Qw==' },
    ];
    expect(messages([user, { role: 'model', parts }])[1]?.parts).toMatchObject([
      { type: 'reasoning', text: 'hm', seal: sealed('QQ==') },
      { type: 'text', text: 'so', seal: sealed('Qg==') },
      { type: 'tool-call', seal: sealed('Qw==') },
    ]);
  });

  test.each(['skip_thought_signature_validator', Buffer.from('skip_thought_signature_validator').toString('base64'), ''])(
    '%j is none',
    (thoughtSignature) => {
      const parts = [{ ...call('f', {}), thoughtSignature }];
      expect(messages([user, { role: 'model', parts }])[1]?.parts[0]).not.toHaveProperty('seal');
    },
  );

  test.each(['gatehouse.anthropic.abc', Buffer.from('gatehouse.anthropic.abc').toString('base64')])(
    'of others, as %j on a call, go back to the reasoning; without it they stand in its place',
    (thoughtSignature) => {
      const seal = { maker: 'anthropic', data: 'abc' };
      const sealedCall = { ...call('f', {}), thoughtSignature };
      const thought = { text: 'hm', thought: true };
      expect(messages([user, { role: 'model', parts: [thought, { text: 'so' }, sealedCall] }])[1]?.parts).toMatchObject([
        { type: 'reasoning', text: 'hm', seal },
        { type: 'text' },
        { type: 'tool-call' },
      ]);
      expect(messages([user, { role: 'model', parts: [{ text: 'so' }, sealedCall] }])[1]?.parts).toMatchObject([
        { type: 'reasoning', text: '', seal, redacted: false },
        { type: 'text' },
        { type: 'tool-call' },
      ]);
    },
  );
});

function call(name: string, args: object) {
  return { functionCall: { name, args } };
}

function response(name: string, output: string) {
  return { functionResponse: { name, response: { output } } };
}

test('very many calls without ids, and seals without thoughts, are read at once', () => {
  const times = <Value>(make: (index: number) => Value) => Array.from({ length: 50_000 }, (_each, index) => make(index));
  const begun = performance.now();
  const calls = { role: 'model', parts: times(() => ({ functionCall: { name: 'f' } })) };
  const results = { role: 'user', parts: times(() => ({ functionResponse: { name: 'f', response: {} } })) };
  const [asked, answered] = messages([calls, results]);
  const ids = (asked?.parts ?? []).map((part) => part.type === 'tool-call' && part.id);
  expect((answered?.parts ?? []).map((part) => part.type === 'tool-result' && part.callId)).toEqual(ids);
  const seal = (index: number) => Buffer.from(`gatehouse.anthropic.s${index}`).toString('base64');
  const sealed = times((index) => ({ text: '', thought: true, thoughtSignature: seal(index) }));
  expect(messages([{ role: 'model', parts: sealed }])[0]?.parts).toHaveLength(sealed.length);
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test('a result with the id of its call leaves the other calls of that tool to those without', () => {
  const call = (id?: string) => ({ functionCall: { name: 'f', ...(id ? { id } : {}) } });
  const answer = (id?: string) => ({ functionResponse: { name: 'f', response: {}, ...(id ? { id } : {}) } });
  const [asked, answered] = messages([
    { role: 'model', parts: [call('a'), call('b'), call()] },
    { role: 'user', parts: [answer('b'), answer(), answer()] },
  ]);
  const [, , made] = (asked?.parts ?? []).map((part) => part.type === 'tool-call' && part.id);
  expect((answered?.parts ?? []).map((part) => part.type === 'tool-result' && part.callId)).toEqual(['b', 'a', made]);
});
