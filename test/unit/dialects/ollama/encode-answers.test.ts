/** Answers to Ollama's clients: lines as Ollama writes them, complete in every legal order of events. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { answerOptions, call, chat, encodeStream, encodeText, generate, png, start, stop, usage } from './samples.ts';

const head = { model: 'openai/gpt-5:latest', created_at: '2026-01-01T00:00:00.000000000Z' };
const durations = { total_duration: 0, load_duration: 0, prompt_eval_duration: 0, eval_duration: 0 };
const counted = { ...durations, prompt_eval_count: 26, eval_count: 298 };
const empty = { role: 'assistant', content: '' };
const finish = (reason: 'length' | 'tool-calls' | 'content-filter'): ChatEvent => ({ type: 'finish', reason });

describe('a chat stream', () => {
  test('is one line for each passage, and a last one with reason and metrics', () => {
    const events: readonly ChatEvent[] = [
      start,
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning-end', seal: null, redacted: false },
      { type: 'text', text: 'Hello "Wörld"\n' },
      usage,
      stop,
    ];
    expect(encodeStream(chat, events)).toEqual([
      { ...head, message: { ...empty, thinking: 'Hm' }, done: false },
      { ...head, message: { ...empty, content: 'Hello "Wörld"\n' }, done: false },
      { ...head, message: empty, done: true, done_reason: 'stop', ...counted },
    ]);
  });

  test('has a call in one line as soon as it is complete', () => {
    const encoder = chat.createStreamEncoder(answerOptions());
    for (const event of [start, ...call(0, 'weather', ['{"city":', '"Paris"}'])]) expect(encoder.push(event)).toBe('');
    const line = JSON.parse(encoder.push({ type: 'tool-end', index: 0 }));
    const made = { id: 'call_0', function: { index: 0, name: 'weather', arguments: { city: 'Paris' } } };
    expect(line).toEqual({ ...head, message: { ...empty, tool_calls: [made] }, done: false });
  });

  test('has interleaved calls whole, and at the finish those whose end was never told', () => {
    const events: readonly ChatEvent[] = [
      start,
      ...call(0, 'a', ['{"x"']),
      ...call(1, 'b', ['{}']),
      { type: 'tool-input', index: 0, text: ':1}' },
      { type: 'tool-end', index: 1 },
      { type: 'text', text: 'after' },
      ...call(2, 'c', ['']),
      finish('tool-calls'),
    ];
    const lines = encodeStream(chat, events);
    const made = lines.map((line) => Object(line).message.tool_calls?.map(({ function: each }: { function: object }) => each));
    expect(made).toEqual([
      [{ index: 1, name: 'b', arguments: {} }],
      undefined,
      [
        { index: 0, name: 'a', arguments: { x: 1 } },
        { index: 2, name: 'c', arguments: {} },
      ],
      undefined,
    ]);
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: 'stop' });
  });

  test('wraps arguments that broke off, and says so, instead of calling with none', () => {
    const notes = new FidelityNotes();
    const lines = encodeStream(chat, [start, ...call(0, 'rm', ['{"path":"/tm']), finish('length')], answerOptions({ notes }));
    expect(lines[0]).toMatchObject({ message: { tool_calls: [{ function: { arguments: { INVALID_JSON: '{"path":"/tm' } } }] } });
    expect(lines[1]).toMatchObject({ done_reason: 'length' });
    expect(notes.emulated.map(({ field }) => field)).toEqual(['answer.tool_calls.arguments']);
  });

  test('counts with what came last, before or behind the finish, and else with the estimate', () => {
    const early: ChatEvent = { ...usage, usage: { ...usage.usage, inputTokens: 1, outputTokens: 1 } };
    expect(encodeStream(chat, [start, early, stop, usage]).at(-1)).toMatchObject(counted);
    expect(encodeStream(chat, [start, stop]).at(-1)).toMatchObject({ ...durations, prompt_eval_count: 7, eval_count: 0 });
  });

  test('has a refusal as text, a picture as an image, and probabilities with bytes', () => {
    const tokens = [{ token: 'é', logprob: -0.5, top: [{ token: 'e', logprob: -1 }] }];
    const events: readonly ChatEvent[] = [
      start,
      { type: 'refusal', text: 'No.' },
      { type: 'media', mediaType: 'image/png', data: png },
      { type: 'logprobs', tokens },
      finish('content-filter'),
    ];
    const top = [{ token: 'e', logprob: -1, bytes: [101] }];
    expect(encodeStream(chat, events)).toMatchObject([
      { message: { content: 'No.' } },
      { message: { content: '', images: [png] } },
      { message: empty, logprobs: [{ token: 'é', logprob: -0.5, bytes: [195, 169], top_logprobs: top }] },
      { done_reason: 'content_filter' },
    ]);
  });

  test('says what it had no place for', () => {
    const notes = new FidelityNotes();
    const seal = { maker: 'anthropic', data: 's' } as const;
    const events: readonly ChatEvent[] = [
      start,
      { type: 'reasoning-end', seal, redacted: true },
      { type: 'text-seal', seal },
      { type: 'citation', citation: { url: null, title: null, quote: null, start: null, end: null } },
      { type: 'media', mediaType: 'audio/wav', data: 'AAAA' },
      { type: 'native', dialect: 'gemini', name: 'executableCode' },
      stop,
    ];
    expect(encodeStream(chat, events, answerOptions({ notes }))).toHaveLength(1);
    expect(notes.dropped.map(({ field }) => field)).toEqual([
      'answer.reasoning.signature',
      'answer.text.signature',
      'answer.citations',
      'answer.media',
      'answer.executableCode',
    ]);
  });

  test('is of the first choice alone', () => {
    const events: readonly ChatEvent[] = [start, { type: 'text', text: 'other', choice: 1 }, { ...stop, choice: 1 }, stop];
    expect(encodeStream(chat, events)).toHaveLength(1);
  });

  test('without a finish never looks complete', () => {
    const encoder = chat.createStreamEncoder(answerOptions());
    encoder.push(start);
    expect(encoder.push({ type: 'text', text: 'a' })).toContain('"done":false');
    expect(() => encoder.end()).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });
});

describe('a whole chat answer', () => {
  test('is one object with all of it', () => {
    const events: readonly ChatEvent[] = [
      start,
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'a' },
      ...call(0, 'f', ['{"x":1}']),
      { type: 'text', text: 'b' },
      usage,
      finish('tool-calls'),
    ];
    expect(chat.encodeAnswer(events, answerOptions())).toEqual({
      ...head,
      message: {
        role: 'assistant',
        content: 'ab',
        thinking: 'Hm',
        tool_calls: [{ id: 'call_0', function: { index: 0, name: 'f', arguments: { x: 1 } } }],
      },
      done: true,
      done_reason: 'stop',
      ...counted,
    });
  });

  test('without a finish is none', () => {
    const act = () => chat.encodeAnswer([start, { type: 'text', text: 'a' }], answerOptions());
    expect(act).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
  });
});

describe('a generate answer', () => {
  const events: readonly ChatEvent[] = [start, { type: 'reasoning', text: 'Hm' }, { type: 'text', text: 'Hi' }, usage, stop];

  test('has its text beside the rest, streamed', () => {
    expect(encodeStream(generate, events)).toEqual([
      { ...head, response: '', thinking: 'Hm', done: false },
      { ...head, response: 'Hi', done: false },
      { ...head, response: '', done: true, done_reason: 'stop', context: [], ...counted },
    ]);
  });

  test('and whole', () => {
    const whole = { ...head, response: 'Hi', thinking: 'Hm', done: true, done_reason: 'stop', context: [], ...counted };
    expect(generate.encodeAnswer(events, answerOptions())).toEqual(whole);
  });

  test('has every line ended, as clients that read lines need it', () => {
    expect(encodeText(generate, events)).toMatch(/^(?:\{.*\}\n){3}$/);
  });
});
