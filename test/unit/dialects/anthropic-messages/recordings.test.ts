/** Our reading of recorded answers of real providers, held against what they mean. */
import { beforeEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { anthropicMessages } from '../../../../gateway/dialects/anthropic-messages/index.ts';
import { decodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/decode-answer.ts';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/decode-request.ts';
import { createStreamDecoder } from '../../../../gateway/dialects/anthropic-messages/answer/stream-decoder.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';
import { answerOptions, decodeStream, encodeStream } from './codec-driver.ts';
import { meaningOf } from './answer-meaning.ts';
import { loadRecordings, recordingsAreHere, type Recording } from './recorded-answers.ts';

const recordings = loadRecordings();
const sound = recordings.filter(({ bad }) => bad === undefined);
const streams = sound.filter(({ stream }) => stream);
const wholes = sound.filter(({ stream }) => !stream);

function meaningIn({ expected: { text, reasoning, toolCalls, finish, usage } }: Recording) {
  return { text, reasoning, toolCalls, finish, usage };
}

function eventsOf({ stream, bytes }: Recording): readonly ChatEvent[] {
  return stream ? decodeStream(bytes) : decodeAnswer(JSON.parse(bytes.toString('utf8')));
}

beforeEach((context) => context.skip(!recordingsAreHere, 'not on this machine: ../shared/fixtures is missing'));

describe('recorded answers', () => {
  test('every recorded stream is read as what it means', () => {
    expect(streams.length).toBeGreaterThan(40);
    for (const recording of streams) expect(meaningOf(eventsOf(recording)), recording.file).toEqual(meaningIn(recording));
  });

  test('every recorded whole answer is read as what it means', () => {
    expect(wholes.length).toBeGreaterThan(40);
    for (const recording of wholes) expect(meaningOf(eventsOf(recording)), recording.file).toEqual(meaningIn(recording));
  });

  test('a stream that is cut at any event is never taken for a complete answer', () => {
    for (const { bytes, file } of streams) {
      const events = readEvents(bytes).filter(({ data }) => data !== null);
      const decoder = createStreamDecoder();
      for (const { data, event } of events.slice(0, -1)) {
        decoder.push(data ?? '', event);
        expect(decoder.ended, file).toBe(false);
        expect(() => decoder.end(), file).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
      }
    }
  });

  test('a stream that two answers share is refused, or read as the first of them', () => {
    for (const { bytes, file } of recordings.filter(({ bad }) => bad?.startsWith('several answers'))) {
      try {
        expect(meaningOf(decodeStream(bytes)).finish, file).not.toBeNull();
      } catch (error) {
        expect(error, file).toBeInstanceOf(GatewayError);
      }
    }
  });

  test('what we write of a recorded answer is read again as the same, streamed and whole', () => {
    for (const recording of sound) {
      const events = eventsOf(recording);
      const read = meaningIn(recording);
      // One recording ends its turn with calls in it: agents run them only when the stop reason says so.
      const meant = read.toolCalls.length > 0 && read.finish === 'stop' ? { ...read, finish: 'tool_calls' } : read;
      expect(meaningOf(decodeStream(Buffer.from(encodeStream(events)))), recording.file).toEqual(meant);
      const whole = anthropicMessages.chat?.encodeAnswer(events, answerOptions());
      expect(meaningOf(decodeAnswer(whole)), recording.file).toEqual(meant);
    }
  });

  test('the listener beside a stream finds its end and its usage', () => {
    for (const { bytes, expected, file } of streams) {
      const reader = anthropicMessages.createStreamReader();
      const steps = readEvents(bytes).map(({ bytes: block, data, event }) =>
        reader.concerns(block) && data !== null ? reader.read(data, event) : 'pass',
      );
      expect(steps.at(-1), file).toBe('end');
      expect(steps.filter((step) => step !== 'pass').length, file).toBe(1);
      expect(reader.usage?.inputTokens, file).toBe(expected.usage?.input);
      expect(reader.usage?.outputTokens, file).toBe(expected.usage?.output);
    }
  });

  test('the usage of a whole answer is found without parsing the rest', () => {
    for (const { bytes, expected, file } of wholes) {
      const { usage, errorMessage } = anthropicMessages.readWhole(bytes);
      expect({ input: usage?.inputTokens, errorMessage }, file).toEqual({ input: expected.usage?.input, errorMessage: null });
      expect(anthropicMessages.measureAnswer(bytes), file).not.toBeNull();
    }
  });

  test('every recorded request is read, and written again for another provider', () => {
    const asked = recordings.filter(({ request }) => request !== null && request !== undefined);
    expect(asked.length).toBeGreaterThan(20);
    for (const { request, file } of asked) {
      const decoded = decodeRequest({ model: 'claude-sonnet-4-5', ...Object(request) });
      const target = { model: 'claude-sonnet-4-5', quirks: {} };
      const body = anthropicMessages.chat?.encodeRequest(decoded, target, new FidelityNotes());
      expect(body, file).toMatchObject({ max_tokens: decoded.maxOutputTokens, stream: decoded.stream });
    }
  });
});
