/** Beside a stream that passes through: where it ends, what it used, whether it failed, and which blocks may pass unread. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { createOpenAiStreamReader } from '../../../../gateway/dialects/openai/stream-reader.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';

const usage = { prompt_tokens: 21, completion_tokens: 13, total_tokens: 34 };
const decoded = { ...unknownUsage, inputTokens: 21, outputTokens: 13 };
const delta = { index: 0, delta: { content: 'a' }, finish_reason: null };

/** Reads one event's data with a reader of its own. */
function read(data: unknown, event: string | null = null) {
  const reader = createOpenAiStreamReader();
  const step = reader.read(typeof data === 'string' ? data : JSON.stringify(data), event);
  return { step, usage: reader.usage, rawUsageJson: reader.rawUsageJson, error: reader.errorMessage, sound: reader.errorIsSound };
}

describe('usage is read', () => {
  test.each([
    ['from a last chunk of its own, as OpenAI sends it', { choices: [], usage }, 'usage-only'],
    ['from a last chunk without choices at all', { usage }, 'usage-only'],
    ['from a last chunk whose choices are null', { choices: null, usage }, 'usage-only'],
    ['from the finish chunk, which passes', { choices: [{ ...delta, finish_reason: 'stop' }], usage }, 'pass'],
    ['from a choice, where Moonshot puts it', { choices: [{ ...delta, usage }] }, 'pass'],
    ['from where Groq puts it', { choices: [delta], x_groq: { id: 'r', usage } }, 'pass'],
  ])('%s', (_what, chunk, step) => {
    expect(read(chunk)).toEqual({ step, usage: decoded, rawUsageJson: JSON.stringify(usage), error: null, sound: false });
  });

  test('from the last of several chunks that have it', () => {
    const reader = createOpenAiStreamReader();
    for (const completion of [1, 7, 13]) {
      reader.read(JSON.stringify({ choices: [delta], usage: { ...usage, completion_tokens: completion } }), null);
    }
    expect(reader.usage).toEqual(decoded);
  });

  test.each([
    ['null', { choices: [], usage: null }],
    ['empty', { choices: [], usage: {} }],
    ['not believable', { choices: [], usage: { prompt_tokens: -1, completion_tokens: 'many' } }],
    ['missing, with choices empty as in the first chunk of Azure', { choices: [], prompt_filter_results: [] }],
  ])('as unknown when it is %s, and such a chunk passes', (_what, chunk) => {
    expect(read(chunk)).toMatchObject({ step: 'pass', usage: null });
  });
});

describe('the end', () => {
  test('is [DONE], and no chunk that only mentions it', () => {
    expect(read('[DONE]').step).toBe('end');
    for (const data of ['"[DONE]"', '[DONE', 'DONE', JSON.stringify({ choices: [{ ...delta, delta: { content: '[DONE]' } }] })]) {
      expect(read(data).step).toBe('pass');
    }
  });
});

describe('an error', () => {
  test.each([
    ['alone', { error: { message: 'Bad day.', code: 502 } }, 'Bad day.', true],
    [
      'beside choices, from OpenRouter',
      { choices: [{ ...delta, finish_reason: 'error' }], error: { message: 'Bad day.' } },
      'Bad day.',
      true,
    ],
    ['as plain words', { error: 'Bad day.' }, 'Bad day.', false],
    ['without words', { error: { code: 502 } }, '{"code":502}', true],
    ['as an object of that kind, from vLLM', { object: 'error', message: 'Bad day.' }, 'Bad day.', false],
    ['under x_groq', { choices: [], x_groq: { error: 'Bad day.' } }, 'Bad day.', false],
  ])('%s is told in its words', (_what, chunk, error, sound) => {
    expect(read(chunk)).toMatchObject({ step: 'error', error, sound });
  });

  test('in an event of that name is one whatever its shape', () => {
    expect(read({ message: 'Bad day.' }, 'error')).toMatchObject({ step: 'error', error: 'Bad day.', sound: false });
    expect(read('Bad day.', 'error')).toMatchObject({ step: 'error', error: 'Bad day.', sound: false });
  });

  test.each([
    { choices: [delta], error: null },
    { choices: [{ ...delta, delta: { content: '{"error":{"message":"quoted"}}' } }] },
    'not JSON',
    '7',
    'null',
  ])('is not seen in %j', (data) => {
    expect(read(data)).toMatchObject({ step: 'pass', error: null });
  });
});

describe('a block may pass unread', () => {
  const concerns = (text: string) => createOpenAiStreamReader().concerns(Buffer.from(text));

  test.each([
    `data: ${JSON.stringify({ choices: [delta] })}\n\n`,
    `data: ${JSON.stringify({ choices: [delta], usage: null, obfuscation: 'x' })}\n\n`,
    'data: {"usage" : null,"error":  null}\n\n',
    ': ping\n\n',
    `data: ${JSON.stringify({ choices: [{ ...delta, delta: { content: '"usage":{' } }] })}\n\n`,
  ])('when it is as plain as most: %s', (block) => {
    expect(concerns(block)).toBe(false);
  });

  test('never when one of its events ends the stream, uses tokens or fails, however it is spaced', () => {
    const space = fc.stringMatching(/^[ \t]{0,3}$/);
    const event = fc
      .tuple(
        space,
        space,
        fc.constantFrom(
          ['usage', JSON.stringify(usage)],
          ['usage', 'null'],
          ['error', '{"message":"x"}'],
          ['error', '"x"'],
          ['error', 'null'],
          ['choices', '[]'],
          ['choices', JSON.stringify([delta])],
          ['x_groq', JSON.stringify({ usage })],
          ['x_groq', '{"error":"x"}'],
          ['object', '"error"'],
          ['choices', JSON.stringify([{ ...delta, usage }])],
        ),
      )
      .map(([before, after, [name, value]]) => `data: {"${name}"${before}:${after}${value}}\n\n`);
    const other = fc.constantFrom(
      'data: [DONE]\n\n',
      'data:[DONE]\r\n\r\n',
      ': ping\n\n',
      'event: error\ndata: oh\n\n',
      'data: {"a":1}\n\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(event, other), { minLength: 1, maxLength: 4 }), (events) => {
        const block = Buffer.from(events.join(''));
        const reader = createOpenAiStreamReader();
        const steps = readEvents(block).map((one) => (one.data === null ? 'pass' : reader.read(one.data, one.event)));
        const matters = steps.some((step) => step !== 'pass') || reader.usage !== null;
        if (matters) expect(createOpenAiStreamReader().concerns(block)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
