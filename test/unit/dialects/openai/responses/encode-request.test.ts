/** What upstreams of this dialect are asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRequest, ContentPart, ToolDefinition } from '../../../../../gateway/chat/request.ts';
import type { WireQuirks } from '../../../../../gateway/dialects/codec.ts';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';
import { encodeRequest } from '../../../../../gateway/dialects/openai/responses/request/encode-request.ts';
import { plainRequest } from './options.ts';

const runs = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 3000 : 200;

function encode(request: Partial<ChatRequest>, notes = new FidelityNotes(), quirks: WireQuirks = {}) {
  return encodeRequest({ ...plainRequest, ...request }, { model: 'm', quirks }, notes);
}

const text = (value: string): ContentPart => ({ type: 'text', text: value });
const hi: ChatMessage = { role: 'user', parts: [text('hi')] };
const sealed: ContentPart = { type: 'reasoning', text: 'why', seal: { maker: 'openai', data: 'SEAL' }, redacted: false };
const call: ContentPart = { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '' };
const custom: ContentPart = { type: 'tool-call', id: 'c2', name: 'sql', namespace: 'db', kind: 'custom', input: 'SELECT 1' };

function result(callId: string, content: readonly ContentPart[], isError = false): ChatMessage {
  return { role: 'tool', parts: [{ type: 'tool-result', callId, name: null, content, isError }] };
}

describe('the body of a request', () => {
  test('nothing is kept at the provider, and no field that was not asked for is sent', () => {
    expect(encode({})).toEqual({
      model: 'm',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
      stream: true,
      store: false,
    });
  });

  test('a conversation keeps its order, its thoughts by their seals, and each result its call', () => {
    const notes = new FidelityNotes();
    const messages: readonly ChatMessage[] = [
      { role: 'system', parts: [text('one')] },
      { role: 'system', parts: [text('two')] },
      { ...hi, name: 'Ada' },
      { role: 'assistant', parts: [sealed, text('a'), { type: 'refusal', text: 'no' }, call, custom] },
      result('c1', [text('x'), text('y')], true),
      result('c2', [{ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } }]),
      { role: 'system', parts: [text('later')] },
    ];
    expect(encode({ messages }, notes)).toMatchObject({
      instructions: 'one\n\ntwo',
      include: ['reasoning.encrypted_content'],
      input: [
        { type: 'message', role: 'user' },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'why' }], encrypted_content: 'SEAL' },
        {
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'a' },
            { type: 'refusal', refusal: 'no' },
          ],
        },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'sql', namespace: 'db', input: 'SELECT 1' },
        { type: 'function_call_output', call_id: 'c1', output: 'xy' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c2',
          output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }],
        },
        { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'later' }] },
      ],
    });
    expect(notes.dropped.map(({ field }) => field)).toEqual(['messages.*.name', 'messages.*.content.*.is_error']);
  });

  test('a request of nothing but instructions still has input, which OpenAI demands', () => {
    const body = encode({ messages: [{ role: 'system', parts: [text('s')] }] });
    expect(body).toMatchObject({ input: [{ role: 'system' }] });
    expect(body).not.toHaveProperty('instructions');
  });

  test('tools say whether they are strict, stand in their namespaces, and hosted ones stay as they were', () => {
    const tools: readonly ToolDefinition[] = [
      { kind: 'function', name: 'f', description: null, parameters: { type: 'object' } },
      { kind: 'function', name: 'a', namespace: 'n', description: 'A', parameters: {}, strict: true },
      { kind: 'native', dialect: 'openai-responses', name: 'web_search', json: { type: 'web_search', x: 1 } },
      { kind: 'custom', name: 'b', namespace: 'n', description: null, grammar: { syntax: 'regex', definition: 'x+' } },
    ];
    const toolChoice = { type: 'allowed', mode: 'required', names: ['f', 'b'] } as const;
    expect(encode({ tools, toolChoice, parallelToolCalls: false })).toMatchObject({
      tools: [
        { type: 'function', name: 'f', strict: false },
        {
          type: 'namespace',
          name: 'n',
          tools: [
            { type: 'function', name: 'a', strict: true },
            { type: 'custom', name: 'b', format: { type: 'grammar', syntax: 'regex', definition: 'x+' } },
          ],
        },
        { type: 'web_search', x: 1 },
      ],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'custom', name: 'b' },
        ],
      },
      parallel_tool_calls: false,
    });
  });

  test('seals are asked for where the model shall think, and only there', () => {
    const include = (reasoning: NonNullable<ChatRequest['reasoning']>) => encode({ reasoning }).include;
    expect(include({ effort: 'low' })).toEqual(['reasoning.encrypted_content']);
    expect(include({ effort: 'none' })).toBeUndefined();
    expect(encode({ reasoning: { budgetTokens: 10_000, show: true } })).toMatchObject({
      reasoning: { effort: 'medium', summary: 'auto' },
    });
  });

  test('what OpenAI would refuse is brought into its bounds, and noted', () => {
    const notes = new FidelityNotes();
    const request = { maxOutputTokens: 1, temperature: 3, endUser: 'x'.repeat(65), serviceTier: 'standard_only' };
    const body = encode(request, notes, { refusedFields: ['stream'] });
    expect(body).toMatchObject({ max_output_tokens: 16, temperature: 2 });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['stream']));
    expect(body).not.toHaveProperty('safety_identifier');
    expect(notes.emulated.map(({ field }) => field)).toEqual(['max_output_tokens', 'temperature']);
    expect(notes.dropped.map(({ field }) => field)).toEqual(['service_tier', 'end_user', 'stream']);
  });

  test('a provider that knows one role for instructions is sent that one', () => {
    const messages: readonly ChatMessage[] = [hi, { role: 'developer', parts: [text('d')] }];
    expect(encode({ messages }, new FidelityNotes(), { systemRole: 'system' })).toMatchObject({
      input: [{ role: 'user' }, { role: 'system' }],
    });
  });
});

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const own = fc.record({ maker: fc.constant('openai' as const), data: fc.base64String({ minLength: 4, maxLength: 8 }) });
const texts = word.map(text);
const picture: fc.Arbitrary<ContentPart> = fc.constantFrom(
  { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
  { type: 'image', source: { type: 'url', url: 'https://a.example/a.png', mediaType: null }, detail: 'auto' },
  { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, name: 'a.pdf' },
  { type: 'file', source: { type: 'file-id', id: 'file-1' } },
);
const written = fc.oneof(
  texts,
  fc.record({ type: fc.constant('refusal' as const), text: word }),
  fc.record({ type: fc.constant('reasoning' as const), text: word, seal: own, redacted: fc.constant(false) }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: word,
    name: word,
    kind: fc.constant('function' as const),
    input: fc.json(),
  }),
);
const messages: fc.Arbitrary<readonly ChatMessage[]> = fc
  .array(
    fc.oneof(
      fc.record({
        role: fc.constantFrom('user' as const),
        parts: fc.array(fc.oneof(texts, picture), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        role: fc.constantFrom('developer' as const, 'system' as const),
        parts: fc.array(texts, { minLength: 1, maxLength: 1 }),
      }),
      fc.record({ role: fc.constant('assistant' as const), parts: fc.array(written, { minLength: 1, maxLength: 4 }) }),
      fc.tuple(word, fc.array(fc.oneof(texts, picture), { minLength: 1, maxLength: 1 })).map(([id, parts]) => result(id, parts)),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) => [hi, ...list]);

/** Two messages of the assistant in a row are one here. */
function joined(list: readonly ChatMessage[]): readonly ChatMessage[] {
  const kept: ChatMessage[] = [];
  for (const message of list) {
    const last = kept.at(-1);
    if (message.role === 'assistant' && last?.role === 'assistant') {
      kept.splice(-1, 1, { role: 'assistant', parts: [...last.parts, ...message.parts] });
    } else kept.push(message);
  }
  return kept;
}

const request: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      messages,
      maxOutputTokens: fc.option(fc.integer({ min: 16, max: 9999 })),
      temperature: fc.integer({ min: 0, max: 8 }).map((value) => value / 4),
      topP: fc.integer({ min: 0, max: 4 }).map((value) => value / 4),
      logprobs: fc.record({ top: fc.integer({ min: 0, max: 20 }) }),
      reasoning: fc.record({ effort: fc.constantFrom('none' as const, 'low' as const, 'max' as const) }),
      verbosity: fc.constantFrom('low' as const, 'high' as const),
      serviceTier: fc.constantFrom('flex', 'priority'),
      endUser: word,
      metadata: fc.dictionary(word, word),
      promptCacheKey: word,
      responseFormat: fc.constantFrom<ChatRequest['responseFormat']>(
        { type: 'text' },
        { type: 'json' },
        { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
      ),
    },
    { requiredKeys: ['messages', 'maxOutputTokens', 'responseFormat'] },
  )
  .map((settings) => ({ ...plainRequest, ...settings }));

describe('any request within its abilities', () => {
  test('read again it means the same, without a note', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const notes = new FidelityNotes();
        const body: unknown = JSON.parse(JSON.stringify(encodeRequest(asked, { model: 'm', quirks: {} }, notes)));
        const read = decodeRequest(body, { model: null, stream: null });
        expect(read).toEqual({ ...asked, messages: joined(asked.messages), echo: expect.anything() });
        expect([...notes.dropped, ...notes.emulated]).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});

/** One place of a value changed into something else, by a seed. */
function mutate(value: unknown, seed: number): unknown {
  if (typeof value !== 'object' || value === null || seed % 5 === 0) {
    return [null, 0, -1, '', 'x', [], {}, true, [null], { type: 'reasoning' }, { type: 3 }][seed % 11];
  }
  const entries = Object.entries(value);
  const changed = entries.map(([key, each], index) => [
    key,
    index === seed % entries.length ? mutate(each, Math.floor(seed / 3)) : each,
  ]);
  return Array.isArray(value) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
}

describe('anything at all', () => {
  test('a mutated request is read or refused by its field, never crashed by', () => {
    let refused = 0;
    fc.assert(
      fc.property(request, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 3 }), (asked, seeds) => {
        const body: unknown = JSON.parse(JSON.stringify(encodeRequest(asked, { model: 'm', quirks: {} }, new FidelityNotes())));
        try {
          const read = decodeRequest(seeds.reduce(mutate, body), { model: null, stream: null });
          encodeRequest(read, { model: 'm', quirks: {} }, new FidelityNotes());
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: runs * 3 },
    );
    expect(refused).toBeGreaterThan(runs / 10);
  });
});
