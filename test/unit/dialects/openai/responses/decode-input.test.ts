/** What programs of this dialect send to be read, as the inner language hears it. */
import { describe, expect, test } from 'vitest';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';

const noPlace = { model: null, stream: null };
const decode = (body: object) => decodeRequest({ model: 'm', ...body }, noPlace);
const text = (value: string) => ({ type: 'text', text: value });
const parameters = { type: 'object', properties: {} };

describe('the input of a request', () => {
  test('a text alone is a message of the user, and instructions come first', () => {
    expect(decode({ instructions: 'Be short.', input: 'hi' }).messages).toEqual([
      { role: 'system', parts: [text('Be short.')] },
      { role: 'user', parts: [text('hi')] },
    ]);
  });

  test('messages are read with or without their type, their content as text or as parts', () => {
    const { messages, unread } = decode({
      input: [
        { role: 'developer', content: 'd' },
        { type: 'message', role: 'system', content: [{ type: 'input_text', text: 's' }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'u' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
            { type: 'input_image', file_id: 'file-1' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
            { type: 'input_file', file_url: 'https://a.example/b.pdf' },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'a', annotations: [] },
            { type: 'refusal', refusal: 'no' },
          ],
        },
      ],
    });
    expect(messages).toEqual([
      { role: 'developer', parts: [text('d')] },
      { role: 'system', parts: [text('s')] },
      {
        role: 'user',
        parts: [
          text('u'),
          { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'high' },
          { type: 'image', source: { type: 'file-id', id: 'file-1' } },
          { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, name: 'a.pdf' },
          { type: 'file', source: { type: 'url', url: 'https://a.example/b.pdf', mediaType: null } },
          { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
        ],
      },
      { role: 'assistant', parts: [text('a'), { type: 'refusal', text: 'no' }] },
    ]);
    expect(unread).toEqual([]);
  });

  test('thoughts, words and calls in a row are one message of the assistant, and each result is a message of its own', () => {
    const { messages } = decode({
      input: [
        { role: 'user', content: 'u' },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [
            { type: 'summary_text', text: 'one' },
            { type: 'summary_text', text: 'two' },
          ],
          encrypted_content: 'SEAL',
        },
        { type: 'message', role: 'assistant', id: 'msg_1', status: 'completed', content: [{ type: 'output_text', text: 'a' }] },
        { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{"a": 1}' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'sql', namespace: 'db', input: 'SELECT 1' },
        { type: 'function_call_output', id: 'fco_1', call_id: 'c1', output: 'done' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c2',
          output: [
            { type: 'input_text', text: 'x' },
            { type: 'input_image', image_url: 'https://a.example/x.png' },
          ],
        },
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'raw' }] },
      ],
    });
    expect(messages).toEqual([
      { role: 'user', parts: [text('u')] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'one\n\ntwo', seal: { maker: 'openai', data: 'SEAL' }, redacted: false },
          text('a'),
          { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"a": 1}' },
          { type: 'tool-call', id: 'c2', name: 'sql', namespace: 'db', kind: 'custom', input: 'SELECT 1' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'c1', name: null, content: [text('done')], isError: false }] },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 'c2',
            name: null,
            content: [text('x'), { type: 'image', source: { type: 'url', url: 'https://a.example/x.png', mediaType: null } }],
            isError: false,
          },
        ],
      },
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'raw', seal: null, redacted: false }] },
    ]);
  });

  test('a wrapped seal goes back to its maker, and one of Gemini alone to the call that follows', () => {
    const sealed = (encrypted: string, summary: string[] = []) => {
      return {
        type: 'reasoning',
        summary: summary.map((each) => ({ type: 'summary_text', text: each })),
        encrypted_content: encrypted,
      };
    };
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
    const { messages } = decode({
      input: [
        sealed('gatehouse.anthropic.A', ['t']),
        sealed('gatehouse.gemini.G'),
        call,
        sealed('gatehouse.gemini.H'),
        { role: 'user', content: 'u' },
      ],
    });
    expect(messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 't', seal: { maker: 'anthropic', data: 'A' }, redacted: false },
      { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '{}', seal: { maker: 'gemini', data: 'G' } },
      { type: 'reasoning', text: '', seal: { maker: 'gemini', data: 'H' }, redacted: false },
    ]);
    expect(messages[1]).toEqual({ role: 'user', parts: [text('u')] });
  });

  test('items of hosted tools survive as they are, in their place', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } };
    const shell = { type: 'local_shell_call_output', id: 'c', output: 'ok' };
    const { messages } = decode({ input: [search, shell] });
    const native = (json: { readonly type: string }) => ({ type: 'native', dialect: 'openai-responses', name: json.type, json });
    expect(messages).toEqual([{ role: 'assistant', parts: [native(search), native(shell)] }]);
  });

  test.each([{ type: 'item_reference', id: 'msg_9' }, { id: 'msg_9' }])('%j is not left out silently', (item) => {
    expect(() => decode({ input: [item] })).toThrow(expect.objectContaining({ kind: 'untranslatable', field: 'input.0' }));
  });
});

describe('what Codex sends', () => {
  test('a model that it knows gets its tools among the input, grouped and with free text', () => {
    const { tools, messages, reasoning, verbosity, unread } = decode({
      input: [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            {
              type: 'namespace',
              name: 'functions',
              description: '',
              tools: [
                {
                  type: 'custom',
                  name: 'exec',
                  description: 'Runs.',
                  format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' },
                },
                { type: 'function', name: 'wait', description: 'Waits.', strict: false, parameters },
              ],
            },
          ],
        },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'rules' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      ],
      reasoning: { effort: 'medium', context: 'all_turns' },
      text: { verbosity: 'low' },
      include: ['reasoning.encrypted_content'],
      store: false,
      stream: true,
      parallel_tool_calls: true,
      prompt_cache_key: 'k',
      client_metadata: { a: 'b' },
    });
    expect(tools).toEqual([
      {
        kind: 'custom',
        name: 'exec',
        namespace: 'functions',
        description: 'Runs.',
        grammar: { syntax: 'lark', definition: 'start: /.+/' },
      },
      { kind: 'function', name: 'wait', namespace: 'functions', description: 'Waits.', strict: false, parameters },
    ]);
    expect(messages.map(({ role }) => role)).toEqual(['developer', 'user']);
    expect({ reasoning, verbosity }).toEqual({ reasoning: { effort: 'medium' }, verbosity: 'low' });
    expect(unread).toEqual(['client_metadata', 'reasoning.context']);
  });

  test('a model that it does not know gets functions, a namespace and a search of the provider', () => {
    const search = { type: 'web_search', external_web_access: false };
    const { tools } = decode({
      input: 'hi',
      tools: [
        { type: 'function', name: 'shell', description: 'd', strict: false, parameters },
        { type: 'namespace', name: 'mcp', description: 'Servers.', tools: [{ type: 'function', name: 'f', parameters }] },
        search,
      ],
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'shell', description: 'd', strict: false, parameters },
      { kind: 'function', name: 'f', namespace: 'mcp', description: null, parameters },
      { kind: 'native', dialect: 'openai-responses', name: 'web_search', json: search },
    ]);
  });
});
