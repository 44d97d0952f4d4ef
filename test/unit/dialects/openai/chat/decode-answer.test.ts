/** What is read from the answers of OpenAI's relatives, each of which has its own ways. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { chatCodec } from '../../../../../gateway/dialects/openai/chat/index.ts';
import { decodeChunks } from './sse-text.ts';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 9, model: 'm' };
const start = { type: 'start', id: 'c1', model: 'm', createdAtSeconds: 9 };
const chunk = (delta: object, finish: string | null = null, rest: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});

/** The events of these deltas, without the start and the finish. */
function read(...deltas: readonly object[]): readonly ChatEvent[] {
  const events = decodeChunks(chatCodec, [...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')]);
  expect(events[0]).toEqual(start);
  expect(events.at(-1)).toMatchObject({ type: 'finish' });
  return events.slice(1, -1);
}

describe('thoughts', () => {
  const thought = [
    { type: 'reasoning', text: 'Hm' },
    { type: 'reasoning-end', seal: null, redacted: false },
    { type: 'text', text: 'Yes' },
  ];

  test.each([
    ['reasoning_content, with content null beside it', [{ reasoning_content: 'Hm', content: null }, { content: 'Yes' }]],
    [
      'reasoning, with content empty beside it',
      [
        { reasoning: 'Hm', content: '' },
        { content: 'Yes', reasoning: null },
      ],
    ],
    ['both at once, said twice', [{ reasoning: 'Hm', reasoning_content: 'Hm' }, { content: 'Yes' }]],
    [
      'reasoning_details beside the same in reasoning',
      [{ reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }, { content: 'Yes' }],
    ],
    ['reasoning_details alone', [{ reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm' }] }, { content: 'Yes' }]],
    [
      'parts of the content (Mistral)',
      [
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] },
        { content: [{ type: 'text', text: 'Yes' }] },
      ],
    ],
  ])('are read from %s', (_where, deltas) => {
    expect(read(...deltas)).toEqual(thought);
  });

  test('keep the seals that OpenRouter passes on, and what was hidden', () => {
    const format = 'anthropic-claude-v1';
    const events = read(
      { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm', format }] },
      { reasoning_details: [{ type: 'reasoning.text', signature: 'SIG', format }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'HID', format }] },
      { content: 'Yes' },
    );
    expect(events).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'SIG' }, redacted: false },
      { type: 'reasoning-end', seal: { maker: 'anthropic', data: 'HID' }, redacted: true },
      { type: 'text', text: 'Yes' },
    ]);
  });

  test('that nothing follows are ended all the same', () => {
    expect(read({ reasoning: 'Hm' }).at(-1)).toEqual({ type: 'reasoning-end', seal: null, redacted: false });
  });
});

describe('an answer', () => {
  test('has one finish, the last that was said, and everything before it', () => {
    const events = decodeChunks(chatCodec, [chunk({ content: 'a' }, 'stop'), chunk({ content: 'b' }, 'length')]);
    expect(events.slice(1)).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'finish', reason: 'length' },
    ]);
  });

  test('begins with the first chunk that says something (Azure)', () => {
    const first = { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] };
    expect(decodeChunks(chatCodec, [first, chunk({ content: 'a' }, 'stop', { service_tier: 'flex' })])[0]).toEqual({
      ...start,
      serviceTier: 'flex',
    });
  });

  test.each([
    ['in a last chunk', [chunk({ content: 'a' }, 'stop'), { ...head, choices: [], usage: { prompt_tokens: 4 } }]],
    ['in the finish chunk', [chunk({ content: 'a' }, 'stop', { usage: { prompt_tokens: 4 } })]],
    ['where Groq puts it', [chunk({ content: 'a' }, 'stop', { x_groq: { usage: { prompt_tokens: 4 } } })]],
    [
      'in a choice (Moonshot)',
      [{ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 4 } }] }],
    ],
  ])('tells its usage %s', (_where, chunks) => {
    const usages = decodeChunks(chatCodec, chunks).filter(({ type }) => type === 'usage');
    expect(usages).toMatchObject([{ usage: { inputTokens: 4 }, raw: { prompt_tokens: 4 } }]);
  });

  test('of several choices keeps them apart', () => {
    const choices = [
      { index: 1, delta: { content: 'b' }, finish_reason: 'stop' },
      { index: 0, delta: { content: 'a' }, finish_reason: 'length' },
    ];
    expect(decodeChunks(chatCodec, [{ ...head, choices }]).slice(1)).toEqual([
      { type: 'text', text: 'b', choice: 1 },
      { type: 'text', text: 'a' },
      { type: 'finish', reason: 'stop', choice: 1 },
      { type: 'finish', reason: 'length' },
    ]);
  });

  test('carries refusals, citations, probabilities and pictures', () => {
    const url_citation = { url: 'https://a', title: 'A', start_index: 1, end_index: 2, content: 'q' };
    const annotations = [{ type: 'url_citation', url_citation }];
    const events = decodeChunks(chatCodec, [
      chunk({ refusal: 'No' }),
      chunk({ annotations }),
      chunk({ annotations }),
      chunk({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }),
      {
        ...head,
        choices: [
          {
            index: 0,
            delta: {},
            logprobs: { content: [{ token: 'a', logprob: -1, top_logprobs: [{ token: 'b', logprob: -2 }] }] },
          },
        ],
      },
      chunk({}, 'stop'),
    ]);
    expect(events.slice(1, -1)).toEqual([
      { type: 'refusal', text: 'No' },
      { type: 'citation', citation: { url: 'https://a', title: 'A', quote: 'q', start: 1, end: 2 } },
      { type: 'media', mediaType: 'image/png', data: 'AAAA' },
      { type: 'logprobs', tokens: [{ token: 'a', logprob: -1, top: [{ token: 'b', logprob: -2 }] }] },
    ]);
  });

  test("cites Perplexity's pages once, though every chunk names them", () => {
    const sources = { citations: ['https://a'], search_results: [{ title: 'A', url: 'https://a' }] };
    const events = decodeChunks(chatCodec, [chunk({ content: 'a' }, null, sources), chunk({}, 'stop', sources)]);
    expect(events.filter(({ type }) => type === 'citation')).toEqual([
      { type: 'citation', citation: { url: 'https://a', title: 'A', quote: null, start: null, end: null } },
    ]);
  });

  test('is whole only after [DONE]', () => {
    const decoder = chatCodec.createStreamDecoder();
    decoder.push(JSON.stringify(chunk({ content: 'a' }, 'stop')), null);
    expect(decoder.ended).toBe(false);
    expect(() => decoder.end()).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
    decoder.push('[DONE]', null);
    expect(decoder.ended).toBe(true);
    expect(decoder.end()).toEqual([]);
  });

  test('is none when nothing came before [DONE]', () => {
    expect(() => decodeChunks(chatCodec, [])).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });
});

describe('an error inside the stream', () => {
  test.each([
    ['alone', { error: { message: 'Bad day.', code: 'overloaded' } }, null, { status: 502, code: 'overloaded' }],
    [
      'beside choices (OpenRouter)',
      { ...chunk({ content: '' }, 'error'), error: { message: 'Bad day.', code: 429 } },
      null,
      { status: 429 },
    ],
    ['as plain words', { error: 'Bad day.' }, null, { status: 502 }],
    ['by its event', { message: 'Bad day.' }, 'error', { status: 502 }],
    ['as an object of that kind', { object: 'error', message: 'Bad day.', code: 400 }, null, { status: 400 }],
    ['under x_groq', { ...head, choices: [], x_groq: { error: 'Bad day.' } }, null, { status: 502 }],
  ])('%s is told in its words', (_how, data, event, facts) => {
    const decoder = chatCodec.createStreamDecoder();
    expect(() => decoder.push(JSON.stringify(data), event)).toThrow(
      expect.objectContaining({ kind: 'upstream-failed', message: 'Bad day.', ...facts }),
    );
  });

  test.each(['not JSON', '7', 'null', '[]'])('%s is no event', (data) => {
    expect(() => chatCodec.createStreamDecoder().push(data, null)).toThrow(
      expect.objectContaining({ kind: 'upstream-protocol' }),
    );
  });
});

describe('a whole answer', () => {
  test('is read like a stream of one chunk', () => {
    const message = {
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    const body = {
      id: 'c1',
      created: 9,
      model: 'm',
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 4 },
    };
    expect(chatCodec.decodeAnswer(body)).toMatchObject([
      start,
      { type: 'tool-start', id: 'x' },
      { type: 'tool-input', text: '{}' },
      { type: 'usage' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  test.each([
    ['upstream-failed', { error: { message: 'Bad day.' } }],
    ['upstream-protocol', { object: 'chat.completion', choices: [] }],
    ['upstream-protocol', {}],
    ['upstream-protocol', null],
    ['upstream-protocol', 'text'],
  ])('is told as %s: %j', (kind, body) => {
    expect(() => chatCodec.decodeAnswer(body)).toThrow(expect.objectContaining({ kind }));
  });
});
