/** What is read beside bytes that pass through, and the turns that a client continues by their ids. */
import { describe, expect, test } from 'vitest';
import { decodeRequest } from '../../../../../gateway/dialects/openai/responses/request/decode-request.ts';
import { openAiResponses } from '../../../../../gateway/dialects/openai/responses/index.ts';
import { expandPrevious, expandReferences, storedTurn } from '../../../../../gateway/dialects/openai/responses/request/turns.ts';

const { createStreamReader, readWhole, measureAnswer } = openAiResponses;
const block = (text: string) => Buffer.from(text);

describe('the listener beside a stream', () => {
  test('pieces only pass, also when the model writes about errors and ends', () => {
    const reader = createStreamReader();
    const written = JSON.stringify({
      type: 'response.output_text.delta',
      delta: '"error": {"type":"response.completed"}',
      error: null,
    });
    expect(reader.concerns(block(`event: response.output_text.delta\ndata: ${written}\n\n`))).toBe(false);
    expect(reader.concerns(block('data: {"type":"response.created","response":{"error":null}}\n\n'))).toBe(false);
    expect(reader.mayEnd).toBe(false);
  });

  test.each(['completed', 'incomplete'])('%s ends it and holds the usage, whatever the order of data and name', (word) => {
    const reader = createStreamReader();
    const data = `{"type":"response.${word}","response":{"error":null,"usage":{"input_tokens":2,"output_tokens":3,"odd":1}}}`;
    expect(reader.concerns(block(`data: ${data}\nevent: response.${word}\n\n`))).toBe(true);
    expect(reader.read(data, `response.${word}`)).toBe('end');
    expect(reader.usage).toMatchObject({ inputTokens: 2, outputTokens: 3 });
    expect(JSON.parse(reader.rawUsageJson ?? '')).toEqual({ input_tokens: 2, output_tokens: 3, odd: 1 });
  });

  test('a failed response is an error that may be passed on, and words alone are one that may not', () => {
    const sound = createStreamReader();
    expect(sound.read('{"type":"response.failed","response":{"error":{"message":"No."},"usage":{"input_tokens":1}}}', null)).toBe(
      'error',
    );
    expect(sound).toMatchObject({ errorMessage: 'No.', errorIsSound: true, usage: { inputTokens: 1 } });
    const words = createStreamReader();
    expect(words.read('gone', 'error')).toBe('error');
    expect(words).toMatchObject({ errorMessage: 'gone', errorIsSound: false });
  });
});

describe('a whole answer', () => {
  test('its usage is taken out with the very bytes that the provider wrote', () => {
    const reading = readWhole(block('{"status":"completed","error":null,"usage":{"input_tokens": 1.0, "output_tokens":2}}'));
    expect(reading).toMatchObject({ errorMessage: null, rawUsageJson: '{"input_tokens": 1.0, "output_tokens":2}' });
  });

  test('one that failed, and an error in its place, are told', () => {
    expect(readWhole(block('{"status":"failed","error":{"message":"No."}}')).errorMessage).toBe('No.');
    expect(readWhole(block('{"status":"failed","error":null}')).errorMessage).toMatch(/not why/);
    expect(readWhole(block('{"error":"gone"}')).errorMessage).toBe('gone');
  });

  test.each([
    ['{"usage":{', 'upstream-truncated'],
    ['[]', 'upstream-protocol'],
    ['{"usage":"\\q"}', 'upstream-protocol'],
  ])('%s is unsound', (text, kind) => {
    expect(() => readWhole(block(text))).toThrow(expect.objectContaining({ kind }));
  });

  test('what the model wrote is measured without its envelopes', () => {
    const output = [
      { type: 'reasoning', summary: [{ text: 'why' }], encrypted_content: 'LONG' },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'é' },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      { type: 'function_call', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', name: 'g', input: 'abc' },
      { type: 'web_search_call', name: 'hidden' },
    ];
    expect(measureAnswer(block(JSON.stringify({ output })))).toBe(3 + 2 + 2 + 3 + 4);
    expect(measureAnswer(block('{'))).toBeNull();
    expect(measureAnswer(block('{"output":3}'))).toBeNull();
  });
});

describe('a conversation that goes on', () => {
  const first = { model: 'm', input: 'hi', previous_response_id: null };
  const answer = {
    id: 'resp_1',
    output: [{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] }],
  };

  test('the turns before stand in front of the new input, over any number of turns', () => {
    const turn = storedTurn(first, answer);
    const second = expandPrevious({ model: 'm', input: 'more', instructions: 'i', previous_response_id: 'resp_1' }, turn);
    expect(second).toEqual({
      model: 'm',
      instructions: 'i',
      input: [
        { type: 'message', role: 'user', content: 'hi' },
        ...answer.output,
        { type: 'message', role: 'user', content: 'more' },
      ],
    });
    const third = expandPrevious({ model: 'm', input: [{ role: 'user', content: 'end' }] }, storedTurn(second, answer));
    expect(decodeRequest(third, { model: null, stream: null }).messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
  });

  test('what is no request and what is no response change nothing', () => {
    expect(expandPrevious('x', { input: [1], output: [2] })).toBe('x');
    expect(storedTurn(null, null)).toEqual({ input: [], output: [] });
  });

  test('a reference is replaced by the item it names, and kept when nobody knows it', () => {
    const [item] = answer.output;
    const find = (id: string) => (id === 'msg_1' ? item : null);
    const input = [
      { type: 'item_reference', id: 'msg_1' },
      { id: 'msg_1' },
      { id: 'msg_2' },
      { role: 'user', content: 'x', id: 'msg_1' },
    ];
    expect(expandReferences({ input }, find)).toEqual({ input: [item, item, { id: 'msg_2' }, input[3]] });
    expect(expandReferences({ input: 'hi' }, find)).toEqual({ input: 'hi' });
  });
});
