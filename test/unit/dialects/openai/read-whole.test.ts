/** A whole answer is only taken for one when it is: cut short, wrapped in a 200 or not JSON at all it is told apart. */
import { describe, expect, test } from 'vitest';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { readWholeAnswer } from '../../../../gateway/dialects/openai/read-whole.ts';

const answer =
  '{ "id":"c", "choices":[{"message":{"content":"a \\"usage\\": 7"}}], "usage":{"prompt_tokens":3, "completion_tokens":2,"x":1e400} }';

const read = (text: string) => readWholeAnswer(Buffer.from(text));

test('its usage is found, and kept as the provider wrote it', () => {
  expect(read(answer)).toEqual({
    usage: { ...unknownUsage, inputTokens: 3, outputTokens: 2 },
    rawUsageJson: '{"prompt_tokens":3, "completion_tokens":2,"x":1e400}',
    errorMessage: null,
  });
});

test.each(['{}', '{"usage":null}', '{"usage":{}}', '{"error":null}'])('%s has no usage and no error', (text) => {
  expect(read(text)).toMatchObject({ usage: null, errorMessage: null });
});

test.each([
  ['{"error":{"message":"Bad day."}}', 'Bad day.'],
  ['{"error":"Bad day."}', 'Bad day.'],
  ['{"error":{"code":7}}', '{"code":7}'],
  ['{"error":{"message":"Bad day."},"usage":{"prompt_tokens":1}}', 'Bad day.'],
])('a good status around an error is an error: %s', (text, errorMessage) => {
  expect(read(text)).toEqual({ usage: null, rawUsageJson: null, errorMessage });
});

describe('what is not sound', () => {
  test('is told as cut short at every byte where it could have been', () => {
    for (let end = 0; end < answer.length - 1; end += 1) {
      expect(() => read(answer.slice(0, end))).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
    }
  });

  test.each(['<html>', '[]', 'null', '{"a":1}{"a":2}', '{"usage":{"a":"\\x"}}', '{"usage":1,"usage":2}'])(
    'is told as no answer of this kind: %s',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
    },
  );
});
