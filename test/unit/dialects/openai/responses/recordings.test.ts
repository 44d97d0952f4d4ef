/** Our reading of Responses answers, held against recorded answers of real providers. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../../gateway/chat/event.ts';
import { openAiResponses } from '../../../../../gateway/dialects/openai/responses/index.ts';
import { decodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/decode-answer.ts';
import { encodeAnswer } from '../../../../../gateway/dialects/openai/responses/answer/encode-answer.ts';
import { createStreamDecoder } from '../../../../../gateway/dialects/openai/responses/answer/stream-decoder.ts';
import { readEvents } from '../../../../../gateway/dialects/sse/read-events.ts';
import { type Recording, haveRecordings, loadRecordings } from './load-recordings.ts';
import { meaningOf, squeeze } from './meaning.ts';
import { answerOptions } from './options.ts';

let recordings: readonly Recording[] = [];

beforeAll(() => {
  if (haveRecordings) recordings = loadRecordings().filter(({ status }) => status === 200);
}, 60_000);
beforeEach((context) => context.skip(!haveRecordings, 'not on this machine: ../shared/fixtures is missing'));

interface WireEvent {
  readonly data: string;
  readonly event: string | null;
}

function wireEvents(body: Buffer): readonly WireEvent[] {
  return readEvents(body).flatMap(({ data, event }) => (data === null ? [] : [{ data, event }]));
}

function decodeStream(body: Buffer): readonly ChatEvent[] {
  const decoder = createStreamDecoder();
  const events = wireEvents(body).flatMap(({ data, event }) => decoder.push(data, event));
  return [...events, ...decoder.end()];
}

function decode({ stream, body }: Recording): readonly ChatEvent[] {
  return stream ? decodeStream(body) : decodeAnswer(JSON.parse(body.toString('utf8')));
}

/** This one closes with another text than its pieces were: then the pieces count, for a client has seen them. */
const contradictory = 'openai-shell-container.1.chunks.txt';

function expectedMeaning({ file, expected }: Recording) {
  const { deltaText, reasoning, refusal, toolCalls, finish, usage } = expected;
  const text = file.endsWith(contradictory) ? deltaText : expected.text;
  return { text, reasoning: squeeze(reasoning), refusal, toolCalls, finish, usage };
}

function isGood({ expected }: Recording): boolean {
  return expected.error === null && expected.finish !== null;
}

describe('recorded answers', () => {
  test('every good one is read with the text, thoughts, calls, finish and usage that it holds', () => {
    const good = recordings.filter(isGood);
    expect(good.length).toBeGreaterThan(100);
    for (const recording of good) {
      expect(meaningOf(decode(recording)), recording.file).toEqual(expectedMeaning(recording));
    }
  });

  test("an error inside a stream is thrown with the provider's words", () => {
    const failed = recordings.filter(({ expected }) => expected.error !== null);
    expect(failed.length).toBeGreaterThan(0);
    for (const recording of failed) {
      expect(() => decode(recording), recording.file).toThrow(/exceeded your current quota/);
      expect(() => decode(recording)).toThrow(
        expect.objectContaining({ kind: 'upstream-failed', code: 'insufficient_quota', status: 429 }),
      );
    }
  });

  test('a stream that is cut before any event but the closing one is never taken for a whole answer', () => {
    const streams = recordings.filter((recording) => recording.stream && isGood(recording));
    for (const { body, file } of streams) {
      const events = wireEvents(body);
      const decoder = createStreamDecoder();
      const reader = openAiResponses.createStreamReader();
      for (const [index, { data, event }] of events.entries()) {
        expect(() => decoder.end(), `${file} cut at ${index}`).toThrow(GatewayError);
        decoder.push(data, event);
        const step = reader.read(data, event);
        expect(step === 'end', file).toBe(index === events.length - 1);
        if (decoder.ended) break;
      }
      expect(decoder.ended, file).toBe(true);
    }
  });

  test('the passing listener is called for every event that matters, and finds the same usage as the decoder', () => {
    for (const recording of recordings.filter(isGood)) {
      const { stream, body, expected, file } = recording;
      const reader = openAiResponses.createStreamReader();
      if (stream) {
        for (const { bytes, data, event } of readEvents(body)) {
          if (reader.concerns(bytes)) reader.read(data ?? '', event);
        }
      }
      const usage = stream ? reader.usage : openAiResponses.readWhole(body).usage;
      expect(usage?.inputTokens ?? null, file).toBe(expected.usage?.input ?? null);
      expect(usage?.outputTokens ?? null, file).toBe(expected.usage?.output ?? null);
    }
  });

  test('written again and read again, every one still means the same', () => {
    for (const recording of recordings.filter(isGood)) {
      const written = encodeAnswer(decode(recording), answerOptions());
      const { usage, ...meaning } = meaningOf(decodeAnswer(written));
      const { usage: expectedUsage, ...expected } = expectedMeaning(recording);
      expect(meaning, recording.file).toEqual(expected);
      if (expectedUsage) expect(usage).toEqual(expectedUsage);
    }
  });

  test('our answer has every key that real answers of OpenAI always have', () => {
    const own = recordings.filter(({ file, stream }) => !stream && file.startsWith('openllmetry/'));
    const always = own
      .map(({ body }) => Object.keys(JSON.parse(body.toString('utf8'))))
      .reduce((kept, keys) => kept.filter((key) => keys.includes(key)));
    expect(always.length).toBeGreaterThan(20);
    const [first] = own;
    if (!first) throw new Error('no recording');
    const written = encodeAnswer(decode(first), answerOptions());
    expect(Object.keys(written)).toEqual(expect.arrayContaining(always));
  });
});
