/** Every recorded answer of OpenAI and its relatives means to our decoders what it means to an independent reader. */
import { beforeAll, describe, expect, test } from 'vitest';
import { collectAnswer, textOfAnswer } from '../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { ChatCodec } from '../../../../gateway/dialects/codec.ts';
import { chatCodec } from '../../../../gateway/dialects/openai/chat/index.ts';
import { completionCodec } from '../../../../gateway/dialects/openai/completions/index.ts';
import { embeddingsCodec } from '../../../../gateway/dialects/openai/embeddings/index.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';
import { answerOptions, readStream, writeStream } from './chat/sse-text.ts';
import { type Meaning, type Recording, hasRecordings, loadRecordings } from './recorded-answers.ts';

const absent = 'not on this machine: ../shared/fixtures is missing';

function decode(codec: ChatCodec, { stream, bytes }: Recording): readonly ChatEvent[] {
  if (!stream) return codec.decodeAnswer(JSON.parse(bytes.toString('utf8')));
  const decoder = codec.createStreamDecoder();
  const events = readEvents(bytes).flatMap(({ data, event }) => (data === null ? [] : decoder.push(data, event)));
  return [...events, ...decoder.end()];
}

const finishes = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
};

function meaningOf(events: readonly ChatEvent[]): Meaning {
  const answer = collectAnswer(events);
  const [choice] = answer.choices;
  const join = (type: 'reasoning' | 'refusal') => choice.parts.map((part) => (part.type === type ? part.text : '')).join('');
  return {
    text: textOfAnswer(choice),
    reasoning: join('reasoning'),
    refusal: join('refusal'),
    toolCalls: choice.parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ name: part.name, args: readArguments(part.input) }] : [],
    ),
    finish: finishes[choice.reason],
    usage: answer.usage && {
      input: answer.usage.inputTokens ?? 0,
      output: answer.usage.outputTokens ?? 0,
      cached: answer.usage.cachedInputTokens ?? 0,
    },
    error: null,
    choices: answer.choices.length,
  };
}

function readArguments(input: string): unknown {
  try {
    return JSON.parse(input === '' ? '{}' : input);
  } catch {
    return input;
  }
}

/** What the reader does not know: xAI counts thoughts beside the answer, as its total shows; Moonshot has its own `cached_tokens`. */
function expectedMeaning({ expected, file }: Recording, found: Meaning) {
  const { text, reasoning, refusal, toolCalls, finish, choices, usage = null } = expected ?? found;
  const own = /xai/.test(file) ? 'output' : /moonshot/.test(file) ? 'cached' : null;
  const corrected = usage && own ? { ...usage, [own]: found.usage?.[own] } : usage;
  return { text, reasoning, refusal, toolCalls, finish, usage: corrected, error: null, choices };
}

describe.each([
  ['openai-chat', chatCodec, 120],
  ['completions', completionCodec, 40],
] as const)('%s', (protocol, codec, least) => {
  let recordings: readonly Recording[] = [];
  beforeAll(() => {
    if (hasRecordings) recordings = loadRecordings(protocol);
  });

  test('every recorded answer is read as it was meant', (context) => {
    context.skip(!hasRecordings, absent);
    expect(recordings.length).toBeGreaterThan(least);
    for (const recording of recordings) {
      if (recording.expected?.error) {
        expect(() => decode(codec, recording)).toThrow(expect.objectContaining({ kind: 'upstream-failed' }));
        continue;
      }
      const found = meaningOf(decode(codec, recording));
      expect(found, `${recording.provider} ${recording.file}`).toEqual(expectedMeaning(recording, found));
    }
  });

  test('every recorded answer that is written again means the same, streamed and whole', (context) => {
    context.skip(!hasRecordings, absent);
    const sound = recordings.filter(({ expected }) => !expected?.error);
    expect(sound.length).toBeGreaterThan(least);
    for (const recording of sound) {
      const events = decode(codec, recording);
      const whole = codec.decodeAnswer(JSON.parse(JSON.stringify(codec.encodeAnswer(events, answerOptions()))));
      for (const again of [readStream(codec, writeStream(codec, events)), whole]) {
        expect(meaningOf(again), recording.file).toEqual(meaningOf(events));
      }
    }
  });

  test('a recorded stream that is cut after any event is never taken for whole', (context) => {
    context.skip(!hasRecordings, absent);
    const streams = recordings.filter(({ stream, expected }) => stream && !expected?.error);
    expect(streams.length).toBeGreaterThan(20);
    for (const { bytes } of streams) {
      const events = readEvents(bytes).filter(({ data }) => data !== null && data !== '[DONE]');
      const decoder = codec.createStreamDecoder();
      for (const { data, event } of events) {
        decoder.push(data ?? '', event);
        expect(decoder.ended).toBe(false);
        expect(() => decoder.end()).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
      }
    }
  });
});

test('every recorded embeddings answer is read as its vectors', (context) => {
  context.skip(!hasRecordings, absent);
  const recordings = loadRecordings('embeddings').filter(({ bytes }) => bytes.includes('"data"'));
  expect(recordings.length).toBeGreaterThan(20);
  for (const { bytes, file } of recordings) {
    const body = JSON.parse(bytes.toString('utf8'));
    const { vectors, usage } = embeddingsCodec.decodeAnswer(body);
    expect(vectors.length, file).toBe(body.data.length);
    expect(usage?.inputTokens ?? null, file).toBe(body.usage?.prompt_tokens ?? null);
  }
});
