/** What is read from legacy completions. */
import { expect, test } from 'vitest';
import { completionCodec } from '../../../../../gateway/dialects/openai/completions/index.ts';
import { decodeChunks } from '../chat/sse-text.ts';

const head = { id: 'cmpl-1', object: 'text_completion', created: 9, model: 'm' };
const start = { type: 'start', id: 'cmpl-1', model: 'm', createdAtSeconds: 9 };

test('a stream is its texts, its usage and one finish for each choice', () => {
  const events = decodeChunks(completionCodec, [
    { ...head, choices: [{ index: 0, text: 'a', finish_reason: null }] },
    { ...head, choices: [{ index: 1, text: 'b', finish_reason: 'length' }] },
    { ...head, choices: [{ index: 0, text: '', finish_reason: 'stop' }] },
    { ...head, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
  ]);
  expect(events).toMatchObject([
    start,
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b', choice: 1 },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
    { type: 'finish', reason: 'stop' },
    { type: 'finish', reason: 'length', choice: 1 },
  ]);
});

test('probabilities stand in parallel lists, with no number for the first token of an echo', () => {
  const logprobs = {
    tokens: ['a', 'b'],
    token_logprobs: [null, -1],
    top_logprobs: [null, { b: -1, c: -2 }],
    text_offset: [0, 1],
  };
  const body = { ...head, choices: [{ index: 0, text: 'ab', logprobs, finish_reason: 'stop' }] };
  expect(completionCodec.decodeAnswer(body)).toContainEqual({
    type: 'logprobs',
    tokens: [
      {
        token: 'b',
        logprob: -1,
        top: [
          { token: 'b', logprob: -1 },
          { token: 'c', logprob: -2 },
        ],
      },
    ],
  });
});

test.each([
  ['upstream-failed', { error: { message: 'Bad day.' } }],
  ['upstream-protocol', { ...head, choices: [] }],
])('a body that is no answer is told as %s', (kind, body) => {
  expect(() => completionCodec.decodeAnswer(body)).toThrow(expect.objectContaining({ kind }));
});
