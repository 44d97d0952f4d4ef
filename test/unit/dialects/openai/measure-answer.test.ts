/** What a model wrote in a whole answer, without what stands around it. */
import { expect, test } from 'vitest';
import { openAiChat, openAiCompletions, openAiEmbeddings } from '../../../../gateway/dialects/index.ts';

const body = (value: unknown) => Buffer.from(JSON.stringify(value));

test('of a chat: its texts and its calls, in every choice', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } };
  const message = { role: 'assistant', content: 'Grüße', reasoning_content: 'hm', tool_calls: [call] };
  const answer = { id: 'chatcmpl-1', choices: [{ index: 0, message }, { message: { content: 'ab', refusal: null } }] };
  expect(openAiChat.measureAnswer(body(answer))).toBe(Buffer.byteLength('Grüßehmnow{}ab'));
});

test('of a completion: its texts', () => {
  expect(openAiCompletions.measureAnswer(body({ choices: [{ text: 'abc' }, { text: '' }] }))).toBe(3);
});

test('of embeddings: nothing, for a vector is no text', () => {
  expect(openAiEmbeddings.measureAnswer(body({ data: [{ embedding: [0.1, 0.2] }] }))).toBeNull();
});

test.each(['{}', '{"choices":{}}', '[]', '{"choices":["\\x"]}'])('is not known of %s', (text) => {
  expect(openAiChat.measureAnswer(Buffer.from(text))).toBeNull();
});
