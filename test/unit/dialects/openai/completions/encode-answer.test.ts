/** Legacy completions as OpenAI writes them. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../../gateway/chat/fidelity.ts';
import { unknownUsage } from '../../../../../gateway/chat/usage.ts';
import { decodeCompletionRequest } from '../../../../../gateway/dialects/openai/completions/decode-request.ts';
import {
  createCompletionStreamEncoder,
  encodeCompletionAnswer,
} from '../../../../../gateway/dialects/openai/completions/encode-answer.ts';

const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'm', createdAtSeconds: 9 };
const usage: ChatEvent = {
  type: 'usage',
  usage: { ...unknownUsage, inputTokens: 5, cachedInputTokens: 2, outputTokens: 3, reasoningTokens: 1 },
  raw: null,
};
const text: readonly ChatEvent[] = [
  start,
  { type: 'text', text: 'Hel' },
  { type: 'text', text: 'lo' },
  { type: 'finish', reason: 'stop' },
  usage,
];
const encodedUsage =
  '{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2,"audio_tokens":0},' +
  '"completion_tokens_details":{"reasoning_tokens":1,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}';

const body = { model: 'm', prompt: 'a', stream_options: { include_usage: true } };
const options = { request: decodeCompletionRequest(body, { model: null, stream: null }), notes: new FidelityNotes() };

/** The frames, one by one. */
function stream(events: readonly ChatEvent[]): string[] {
  const encoder = createCompletionStreamEncoder(options);
  const frames = events.map((event) => encoder.push(event)).join('') + encoder.end();
  return frames.split(/(?<=\n\n)/);
}

describe('a legacy completion', () => {
  test('is one object with the text', () => {
    expect(encodeCompletionAnswer(text, options)).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: { total_tokens: 8 },
    });
  });

  test('is streamed as text_completion chunks with usage last', () => {
    const head = 'data: {"id":"chatcmpl-1","object":"text_completion","created":9,';
    const choices = (part: string, reason: string) =>
      `"choices":[{"text":"${part}","index":0,"logprobs":null,"finish_reason":${reason}}],"model":"m","usage":null}\n\n`;
    expect(stream(text)).toEqual([
      head + choices('Hel', 'null'),
      head + choices('lo', 'null'),
      head + choices('', '"stop"'),
      `${head}"model":"m","usage":${encodedUsage},"choices":[]}\n\n`,
      'data: [DONE]\n\n',
    ]);
  });

  test('says a refusal in words: an empty answer would be none', () => {
    const refusal: readonly ChatEvent[] = [start, { type: 'refusal', text: 'No.' }, { type: 'finish', reason: 'stop' }, usage];
    expect(encodeCompletionAnswer(refusal, options)).toMatchObject({ choices: [{ text: 'No.' }] });
    expect(stream(refusal)[0]).toContain('"text":"No."');
    expect(options.notes.emulated).toMatchObject([{ field: 'answer.refusal', words: 'as text' }]);
  });
});
