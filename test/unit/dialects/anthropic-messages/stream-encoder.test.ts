/** The frames of a streamed answer, for clients that go by every one of them. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent, FinishReason } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { createStreamEncoder } from '../../../../gateway/dialects/anthropic-messages/answer/stream-encoder.ts';
import { encodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/encode-answer.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';
import { answerOptions, decodeStream, encodeStream } from './codec-driver.ts';
import { callStart, input, start, stop, usage } from './written-answers.ts';

type Payload = ReturnType<typeof JSON.parse>;

function payloadsOf(events: readonly ChatEvent[], notes = new FidelityNotes()): Payload[] {
  return readEvents(Buffer.from(encodeStream(events, answerOptions(notes)))).map(({ data, event }) => {
    const payload: Payload = JSON.parse(data ?? '');
    expect(payload.type).toBe(event);
    return payload;
  });
}

const stopReasonOf = (events: readonly ChatEvent[]): Payload => payloadsOf(events).at(-2).delta;

describe('frames', () => {
  test('every frame is named, and each block has its own index', () => {
    const payloads = payloadsOf([
      start,
      { type: 'text', text: 'a' },
      callStart(0),
      input(0, '{}'),
      { type: 'tool-end', index: 0 },
      usage,
      stop,
    ]);
    expect(payloads.map(({ type, index }) => (index === undefined ? type : `${type} ${index}`))).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'message_delta',
      'message_stop',
    ]);
  });

  test('pieces of a call are written at once, into a block that stays open beside others', () => {
    const encoder = createStreamEncoder(answerOptions());
    for (const event of [start, callStart(0), callStart(1)]) encoder.push(event);
    const pieces = [input(1, '{"a'), input(0, '{'), input(1, '":1}')].map((event) => encoder.push(event));
    expect(pieces.map((frame) => JSON.parse(frame.split('data: ')[1] ?? ''))).toEqual([
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '":1}' } },
    ]);
    expect(encoder.push(input(7, 'x'))).toBe('');
  });

  test('an answer without a finish never looks complete', () => {
    const encoder = createStreamEncoder(answerOptions());
    encoder.push(start);
    expect(() => encoder.end()).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
    expect(() => encodeAnswer([start], answerOptions())).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });

  test('usage that comes after the finish is still told', () => {
    const { usage: told } = payloadsOf([start, { type: 'text', text: 'a' }, stop, usage]).at(-2);
    expect(told).toMatchObject({ input_tokens: 6, output_tokens: 9 });
  });

  test('other choices are not mixed in', () => {
    const other: ChatEvent[] = [
      { type: 'text', text: 'B', choice: 1 },
      { type: 'finish', reason: 'length', choice: 1 },
    ];
    const events: ChatEvent[] = [start, { type: 'text', text: 'A' }, stop, ...other];
    expect(decodeStream(Buffer.from(encodeStream(events)))).toContainEqual({ type: 'text', text: 'A' });
    expect(encodeStream(events)).not.toContain('"B"');
    expect(stopReasonOf(events).stop_reason).toBe('end_turn');
  });

  test("an id of Anthropic's own is kept, and a call without an id is given one", () => {
    const [head, block] = payloadsOf([{ ...start, id: 'msg_01x' } as ChatEvent, callStart(0, { id: '' }), stop]);
    expect([head.message.id, block.content_block.id]).toEqual(['msg_01x', 'toolu_abc_0']);
  });
});

describe('why an answer ended', () => {
  const text: ChatEvent = { type: 'text', text: 'a' };
  const finish = (reason: FinishReason, stopSequence?: string): ChatEvent => ({
    type: 'finish',
    reason,
    ...(stopSequence === undefined ? {} : { stopSequence }),
  });

  test.each<[string, ChatEvent[]]>([
    ['end_turn', [text, finish('stop')]],
    ['end_turn', [text, finish('tool-calls')]],
    ['end_turn', [text, finish('error')]],
    ['stop_sequence', [text, finish('stop', 'END')]],
    ['max_tokens', [callStart(0), finish('length')]],
    ['tool_use', [callStart(0), finish('tool-calls')]],
    ['tool_use', [callStart(0), finish('stop')]],
    ['refusal', [text, finish('content-filter')]],
    ['refusal', [{ type: 'refusal', text: 'No.' }, finish('stop')]],
  ])('%s is said for %j, streamed and whole', (word, events) => {
    expect(stopReasonOf([start, ...events]).stop_reason).toBe(word);
    expect(encodeAnswer([start, ...events], answerOptions()).stop_reason).toBe(word);
  });

  test('words of refusal are text', () => {
    const { content } = encodeAnswer([start, { type: 'refusal', text: 'No.' }, stop], answerOptions());
    expect(content).toEqual([{ type: 'text', text: 'No.' }]);
  });
});

describe('what Anthropic has no place for', () => {
  const gemini = (data: string) => ({ maker: 'gemini', data }) as const;
  const signatures = (events: readonly ChatEvent[]): unknown[] =>
    payloadsOf(events).flatMap(({ delta }) => (delta?.type === 'signature_delta' ? [delta.signature] : []));

  test("a text's seal follows it, and gives way where it would be taken for a call's", () => {
    const text: ChatEvent = { type: 'text', text: 'a' };
    const seal: ChatEvent = { type: 'text-seal', seal: gemini('t') };
    expect(signatures([start, text, seal, stop])).toEqual(['gatehouse.gemini.t']);
    expect(signatures([start, text, seal, callStart(0, { seal: gemini('c') }), stop])).toEqual([
      'gatehouse.gemini.t',
      'gatehouse.gemini.c',
    ]);
    const notes = new FidelityNotes();
    payloadsOf([start, text, seal, callStart(0), stop], notes);
    encodeAnswer([start, text, seal, callStart(0), stop], answerOptions(notes));
    expect(notes.dropped).toMatchObject([{ field: 'answer.text.seal', count: 2 }]);
  });

  test('pictures, probabilities, foreign blocks and citations without an address are noted, streamed and whole', () => {
    const lost: ChatEvent[] = [
      start,
      { type: 'text', text: 'a' },
      { type: 'citation', citation: { url: null, title: 'Book', quote: null, start: null, end: null } },
      { type: 'media', mediaType: 'image/png', data: 'aGk=' },
      { type: 'logprobs', tokens: [] },
      { type: 'native', dialect: 'openai-responses', name: 'web_search_call' },
      stop,
    ];
    const fields = ['answer.citation', 'answer.logprobs', 'answer.media', 'answer.web_search_call'];
    const streamNotes = new FidelityNotes();
    const wholeNotes = new FidelityNotes();
    payloadsOf(lost, streamNotes);
    encodeAnswer(lost, answerOptions(wholeNotes));
    expect(streamNotes.dropped.map(({ field }) => field).sort()).toEqual(fields);
    expect(wholeNotes.dropped.map(({ field }) => field).sort()).toEqual(fields);
  });

  test('broken input of a call is kept whole in a field of a whole answer', () => {
    const notes = new FidelityNotes();
    const { content } = encodeAnswer([start, callStart(0), input(0, '{"a'), stop], answerOptions(notes));
    expect(content).toMatchObject([{ type: 'tool_use', input: { _raw: '{"a' } }]);
    expect(notes.emulated).toMatchObject([{ field: 'answer.tool_use.input' }]);
  });
});
