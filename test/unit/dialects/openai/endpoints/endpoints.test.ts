/** What is read beside the bytes of images, sound, moderations and rerank: streams, ends, usage, errors. */
import { describe, expect, test } from 'vitest';
import { dialects } from '../../../../../gateway/dialects/index.ts';
import { createEndpointStreamReader } from '../../../../../gateway/dialects/openai/endpoints/stream-reader.ts';
import { formBytes, formType } from '../../../../support/form-bytes.ts';

function dialect(name: string) {
  const found = dialects.get(name);
  if (!found?.endpoint) throw new Error(`${name} is no endpoint`);
  return found;
}

const nowhere = { model: null, stream: null };
const headOf = (name: string, body: object) => dialect(name).readRequest([Buffer.from(JSON.stringify(body))], nowhere).head;

describe('a request', () => {
  test.each([
    ['images/generations', { model: 'm', stream: true }, true],
    ['images/generations', { model: 'm' }, false],
    ['images/edits', { model: 'm', stream: true, images: [{ image_url: 'https://x' }] }, true],
    ['audio/speech', { model: 'm', stream_format: 'sse' }, true],
    ['audio/speech', { model: 'm', stream_format: 'audio' }, false],
    ['audio/speech', { model: 'm', stream: true }, false],
    ['moderations', { model: 'm', input: 'x' }, false],
    ['rerank', { model: 'm', query: 'x', documents: [] }, false],
  ])('to %s with %j asks for a stream of events: %s', (name, body, stream) => {
    expect(headOf(name, body)).toEqual({ model: 'm', stream, usageAsked: true });
  });

  test('to change an image may be a form or JSON; one with sound is a form, whatever it calls itself', () => {
    const form = formBytes([{ name: 'model', value: 'm' }]);
    expect(dialect('images/edits').readRequest([form], nowhere, formType).head.model).toBe('m');
    const json = Buffer.from('{"model":"m"}');
    expect(() => dialect('audio/transcriptions').readRequest([json], nowhere, 'application/json')).toThrow(/no boundary/);
    expect(() => dialect('audio/transcriptions').readRequest([json], nowhere, formType)).toThrow(/no end/);
  });
});

describe('the usage of a whole answer', () => {
  const tokens = { cachedInputTokens: null, reasoningTokens: null, audioInputTokens: null };
  test.each([
    [
      'images',
      { data: [], usage: { input_tokens: 50, output_tokens: 4160, input_tokens_details: { text_tokens: 10, image_tokens: 40 } } },
      { ...tokens, inputTokens: 50, outputTokens: 4160 },
    ],
    [
      'a transcription by tokens',
      { text: 'a', usage: { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 45 } },
      { ...tokens, inputTokens: 14, outputTokens: 45, audioInputTokens: 14 },
    ],
    ['a transcription by seconds', { text: 'a', usage: { type: 'duration', seconds: 9 } }, null],
    ['rerank in chat’s names', { results: [], usage: { prompt_tokens: 7, total_tokens: 7 } }, { ...tokens, inputTokens: 7 }],
    [
      'rerank at Cohere',
      { results: [], meta: { billed_units: { search_units: 1 }, tokens: { input_tokens: 9 } } },
      { ...tokens, inputTokens: 9 },
    ],
    ['rerank by searches', { results: [], meta: { billed_units: { search_units: 1 } } }, null],
  ])('of %s is kept as the provider wrote it, and its tokens are read', (_what, answer, usage) => {
    const reading = dialect('rerank').readWhole(Buffer.from(JSON.stringify(answer)));
    if (usage === null) expect(reading.usage).toBeNull();
    else expect(reading.usage).toMatchObject(usage);
    const written = 'usage' in answer ? answer.usage : answer.meta;
    expect(reading.rawUsageJson).toBe(JSON.stringify(written));
  });

  test('is none where none is told', () => {
    for (const text of ['{"data":[]}', '{"usage":null}', '{"meta":5}', '[{"index":0}]', '"just text"', ' []']) {
      expect(dialect('rerank').readWhole(Buffer.from(text))).toEqual({ usage: null, rawUsageJson: null, errorMessage: null });
    }
  });
});

test.each(['', '{', '{"a":1', '[1', '"a', 'null', '7', 'a transcription'])('a whole answer %j is not sound', (text) => {
  expect(() => dialect('audio/transcriptions').readWhole(Buffer.from(text))).toThrow(/sound JSON/);
});

test('an error in a good answer’s place is one', () => {
  expect(dialect('moderations').readWhole(Buffer.from('{"error":{"message":"No."}}')).errorMessage).toBe('No.');
});

describe('a stream', () => {
  const steps = (events: readonly (readonly [data: string, event: string | null])[]) => {
    const reader = createEndpointStreamReader();
    return { reader, read: events.map(([data, event]) => reader.read(data, event)) };
  };

  test.each(['speech.audio.done', 'transcript.text.done', 'image_generation.completed', 'image_edit.completed'])(
    'may end after %s, and has told its usage there',
    (type) => {
      const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
      const { reader, read } = steps([
        [JSON.stringify({ type: type.replace(/[a-z]+$/, 'delta'), delta: 'a' }), null],
        [JSON.stringify({ type, usage }), type],
      ]);
      expect(read).toEqual(['pass', 'last']);
      expect(reader).toMatchObject({
        mayEnd: true,
        usage: { inputTokens: 3, outputTokens: 4 },
        rawUsageJson: JSON.stringify(usage),
      });
    },
  );

  test('may not end before that, and ends with [DONE] in any case', () => {
    const { reader, read } = steps([['{"type":"transcript.text.delta","delta":"a"}', null]]);
    expect([read, reader.mayEnd]).toEqual([['pass'], false]);
    expect(steps([['[DONE]', null]]).read).toEqual(['end']);
  });

  test.each([
    ['{"error":{"message":"Overloaded."}}', null],
    ['{"type":"error","message":"Overloaded."}', 'error'],
    ['Overloaded.', 'error'],
  ])('that says %s has failed', (data, event) => {
    const { reader, read } = steps([[data, event]]);
    expect([read, reader.errorMessage]).toEqual([['error'], 'Overloaded.']);
  });

  test('is only read where something is told', () => {
    const { concerns } = createEndpointStreamReader();
    const concerned = (text: string) => concerns(Buffer.from(text));
    expect(
      concerned('event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image","b64_json":"A"}\n\n'),
    ).toBe(false);
    expect(concerned('data: {"type":"speech.audio.delta","audio":"A","usage":null}\n\n')).toBe(false);
    for (const text of [
      'data: [DONE]\n\n',
      'event: error\ndata: x\n\n',
      'data: {"type":"speech.audio.done"}\n\n',
      'data: {"usage":{}}\n\n',
    ]) {
      expect(concerned(text)).toBe(true);
    }
  });
});
