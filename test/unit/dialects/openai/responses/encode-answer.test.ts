/** What clients of this dialect are sent. */
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import type { ChatRequest } from '../../../../../gateway/chat/request.ts';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';
import { createStreamEncoder, encodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/encode-answer.ts';
import { encodeStreamError } from '../../../../../gateway/dialects/openai/responses/encode-error.ts';
import { answerOptions } from './options.ts';
import { decodeText, encodeStream, frames, sdkFor } from './read-stream.ts';
import { startEvent, usageEvent } from './write-events.ts';

const finish: ChatEvent = { type: 'finish', reason: 'stop' };

describe('a stream of answers', () => {
  test('ends with the mark that Open Responses asks for, behind the closing event', () => {
    expect(encodeStream([startEvent, finish])).toMatch(/event: response\.completed\n.*\n\ndata: \[DONE\]\n\n$/);
  });

  test('the closing response has every key of Open Responses, and says when it was completed', () => {
    const [opening, closing] = [0, -1].map((place) => frames(encodeStream([startEvent, finish])).at(place)?.response);
    expect(opening).toMatchObject({ status: 'in_progress', completed_at: null });
    const completed_at = startEvent.type === 'start' ? startEvent.createdAtSeconds : null;
    expect(closing).toMatchObject({ status: 'completed', completed_at, frequency_penalty: 0, presence_penalty: 0 });
  });

  test('a text goes out in the very events that OpenAI sends', () => {
    const text = encodeStream([startEvent, { type: 'text', text: 'Hel' }, { type: 'text', text: 'lo' }, usageEvent, finish]);
    const sent = frames(text);
    expect(sent.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
    expect(sent.map(({ sequence_number: number }) => number)).toEqual(sent.map((_, index) => index));
    const item = { id: 'msg_req_1_0', type: 'message', status: 'completed', role: 'assistant' };
    const part = { type: 'output_text', annotations: [], logprobs: [], text: 'Hello' };
    expect(sent.at(-2)).toMatchObject({ output_index: 0, item: { ...item, content: [part] } });
    expect(sent.at(-1)).toMatchObject({
      response: {
        id: 'resp_req_1',
        status: 'completed',
        created_at: 1_700_000_000,
        output: [{ ...item, content: [part] }],
        usage: {
          input_tokens: 11,
          input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 16,
        },
      },
    });
  });

  test('calls that come interleaved stay open side by side, each with its own place', () => {
    const sent = frames(
      encodeStream([
        startEvent,
        { type: 'text', text: 'a' },
        { type: 'tool-start', index: 0, id: 'c0', name: 'one', kind: 'function' },
        { type: 'tool-start', index: 1, id: 'c1', name: 'two', namespace: 'n', kind: 'custom' },
        { type: 'tool-input', index: 1, text: 'free ' },
        { type: 'tool-input', index: 0, text: '{"a":1}' },
        { type: 'tool-input', index: 1, text: 'text' },
        { type: 'tool-end', index: 1 },
        { type: 'finish', reason: 'tool-calls' },
      ]),
    );
    const done = sent.filter(({ type }) => type === 'response.output_item.done');
    expect(done.map(({ output_index: index }) => index)).toEqual([0, 2, 1]);
    expect(sent.at(-1)).toMatchObject({
      response: {
        output: [
          { type: 'message' },
          { type: 'function_call', call_id: 'c0', name: 'one', arguments: '{"a":1}', status: 'completed' },
          { type: 'custom_tool_call', call_id: 'c1', name: 'two', namespace: 'n', input: 'free text' },
        ],
      },
    });
  });

  test('the usage keys are there though nobody counted, for programs ask again for ever without them', () => {
    expect(frames(encodeStream([startEvent, finish])).at(-1)).toMatchObject({
      response: { usage: { input_tokens: 7, output_tokens: 0, total_tokens: 7, output_tokens_details: { reasoning_tokens: 0 } } },
    });
  });

  test('an answer of nothing still holds a message, for programs wait for one', () => {
    expect(encodeAnswer([startEvent, finish], answerOptions()).output).toMatchObject([{ type: 'message', status: 'completed' }]);
  });

  test('a stream without its finish does not look complete', () => {
    for (const events of [[], [startEvent], [startEvent, { type: 'text', text: 'a' }]] as const) {
      expect(() => encodeStream(events)).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
      expect(() => encodeAnswer(events, answerOptions())).toThrow(GatewayError);
    }
  });

  test('an answer that was cut short says why', () => {
    const endOf = (reason: 'length' | 'content-filter' | 'error') =>
      encodeAnswer([startEvent, { type: 'text', text: 'a' }, { type: 'finish', reason }], answerOptions());
    expect(endOf('length')).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(endOf('length').output).toMatchObject([{ status: 'incomplete' }]);
    expect(endOf('content-filter')).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
    expect(endOf('error')).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  });

  test('two calls with one id, or without any, are told apart', () => {
    const call = (index: number, id: string): ChatEvent => ({ type: 'tool-start', index, id, name: 'f', kind: 'function' });
    const { output } = encodeAnswer([startEvent, call(0, 'x'), call(1, 'x'), call(2, ''), finish], answerOptions());
    expect(output).toMatchObject([{ call_id: 'x' }, { call_id: 'call_req_1_1' }, { call_id: 'call_req_1_2' }]);
  });

  test('a citation counts within its own passage, and one of a file keeps its name', () => {
    const cite = (url: string | null, start: number | null, end: number | null): ChatEvent => {
      return { type: 'citation', citation: { url, title: 'T', quote: null, start, end } };
    };
    const { output } = encodeAnswer(
      [
        startEvent,
        { type: 'text', text: 'abc' },
        { type: 'tool-start', index: 0, id: 'c', name: 'f', kind: 'function' },
        { type: 'text', text: 'defg' },
        cite('https://a.example', 4, 6),
        cite(null, null, null),
        finish,
      ],
      answerOptions(),
    );
    expect(output[2]).toMatchObject({
      content: [
        {
          annotations: [
            { type: 'url_citation', start_index: 1, end_index: 3, url: 'https://a.example', title: 'T' },
            { type: 'file_citation', filename: 'T', index: 4 },
          ],
        },
      ],
    });
  });

  test('what this format cannot say is noted', () => {
    const options = answerOptions();
    const events: readonly ChatEvent[] = [
      startEvent,
      { type: 'media', mediaType: 'audio/wav', data: 'AAAA' },
      { type: 'native', dialect: 'gemini', name: 'googleSearch' },
      { type: 'text', text: 'x', choice: 1 },
      finish,
    ];
    expect(JSON.stringify(encodeAnswer(events, options))).not.toContain('AAAA');
    expect(options.notes.dropped.map(({ field }) => field)).toEqual(['output.media', 'output.googleSearch']);
  });
});

describe('what an answer repeats', () => {
  test('everything that the client asked stands in the response as it wrote it', () => {
    const repeated = {
      instructions: 'Be short.',
      temperature: 0.5,
      store: false,
      metadata: { a: 'b' },
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'low' },
      tool_choice: 'auto',
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }, { type: 'web_search' }],
      user: 'u',
    };
    const request: ChatRequest = decodeRequest({ model: 'gpt-5', input: 'hi', ...repeated }, { model: null, stream: null });
    const response = encodeAnswer([startEvent, finish], { ...answerOptions(), request });

    expect(response).toMatchObject({
      ...repeated,
      text: { format: { type: 'text' }, verbosity: 'low' },
      tools: [{ type: 'function', name: 'f', strict: true, description: null }, { type: 'web_search' }],
      previous_response_id: null,
      truncation: 'disabled',
    });
  });

  test('a request that did not come in this format is repeated in its words', () => {
    const options = answerOptions({
      tools: [{ kind: 'function', name: 'f', description: null, parameters: {} }],
      temperature: 0.25,
      maxOutputTokens: 99,
    });
    expect(encodeAnswer([startEvent, finish], options)).toMatchObject({
      temperature: 0.25,
      max_output_tokens: 99,
      tools: [{ type: 'function', name: 'f', strict: false }],
      parallel_tool_calls: true,
    });
  });
});

describe('an error inside a stream', () => {
  test("the official SDK throws it with its words and code, and ours reads it as the upstream's failure", async () => {
    const error = new GatewayError('upstream-stalled', 'The provider fell silent.', { field: 'model' });
    const begun = createStreamEncoder(answerOptions());
    const text = begun.push(startEvent) + encodeStreamError(error);
    const thrown = await sdkFor(text)
      .responses.stream({ model: 'm', input: 'hi' })
      .finalResponse()
      .catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(OpenAI.APIError);
    expect(thrown).toMatchObject({ code: 'upstream_stalled', param: 'model', type: 'server_error' });
    expect(String(thrown)).toContain('The provider fell silent.');
    expect(() => decodeText(text)).toThrow('The provider fell silent.');
    expect(frames(encodeStreamError(error))).toMatchObject([{ type: 'error', code: 'upstream_stalled', param: 'model' }]);
  });
});
