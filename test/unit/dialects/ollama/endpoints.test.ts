/** What stands around the chats: vectors, lists, load requests, and answers that pass through. */
import { describe, expect, test } from 'vitest';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import type { EmbeddingsCodec } from '../../../../gateway/dialects/codec.ts';
import { ollama, ollamaEmbeddings, ollamaGenerate, ollamaLegacyEmbeddings } from '../../../../gateway/dialects/ollama/index.ts';
import { encodeShow, encodeTags } from '../../../../gateway/dialects/ollama/encode-lists.ts';
import { encodeLoadedChat, isLoadRequest, isUnloadRequest } from '../../../../gateway/dialects/ollama/request/load-request.ts';
import { decodeTimestamp, encodeTimestamp } from '../../../../gateway/dialects/ollama/timestamps.ts';
import { listed, unknownAbilities } from '../listed-models.ts';
import { nowhere, target } from './samples.ts';

function embeddingsOf({ embeddings }: { readonly embeddings: EmbeddingsCodec | null }): EmbeddingsCodec {
  if (!embeddings) throw new Error('this dialect makes no vectors');
  return embeddings;
}

const embed = embeddingsOf(ollamaEmbeddings);
const legacy = embeddingsOf(ollamaLegacyEmbeddings);
const wish = { model: 'm', inputs: ['a'], dimensions: null, encoding: 'float', task: null, truncate: null, unread: [] } as const;

describe('vectors', () => {
  test('are asked for one text or several, with size and cutting', () => {
    expect(embed.decodeRequest({ model: 'm', input: 'a' }, nowhere)).toEqual(wish);
    const asked = { model: 'm', input: ['a', ''], dimensions: 64, truncate: false, keep_alive: '5m', options: { num_ctx: 1 } };
    expect(embed.decodeRequest(asked, nowhere)).toMatchObject({
      inputs: ['a', ''],
      dimensions: 64,
      truncate: false,
      unread: ['keep_alive', 'options.num_ctx'],
    });
    expect(legacy.decodeRequest({ model: 'm', prompt: 'a', options: {}, keep_alive: null }, nowhere)).toEqual(wish);
  });

  test.each([{ input: [] }, { input: [[1, 2]] }, { input: [1] }, {}, { input: 'a', dimensions: -1 }])(
    'are refused for %j',
    (body) => {
      expect(() => embed.decodeRequest({ model: 'm', ...body }, nowhere)).toThrow(
        expect.objectContaining({ kind: 'bad-request' }),
      );
    },
  );

  test('are asked of Ollama with all that it has words for', () => {
    const notes = new FidelityNotes();
    const request = { ...wish, inputs: ['a', 'b'], dimensions: 8, truncate: true, task: 'RETRIEVAL_QUERY' };
    const body = { model: 'library/qwen3:8b', input: ['a', 'b'], dimensions: 8, truncate: true };
    expect(embed.encodeRequest(request, target, notes)).toEqual(body);
    expect(notes.dropped.map(({ field }) => field)).toEqual(['task']);
    expect(legacy.encodeRequest(wish, target, notes)).toEqual({ model: 'library/qwen3:8b', prompt: 'a' });
  });

  test.each([
    [embed, { inputs: [[1, 2]] }, 'inputs.0'],
    [legacy, { inputs: [[1, 2]] }, 'inputs.0'],
    [legacy, { inputs: ['a', 'b'] }, 'inputs'],
    [legacy, { dimensions: 8 }, 'dimensions'],
  ] as const)('are not asked for what Ollama cannot make', (codec, change, field) => {
    const act = () => codec.encodeRequest({ ...wish, ...change }, target, new FidelityNotes());
    expect(act).toThrow(expect.objectContaining({ kind: 'untranslatable', field }));
  });

  test('come back in order, counted where Ollama counts', () => {
    const body = {
      model: 'm',
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      total_duration: 5,
      prompt_eval_count: 6,
    };
    const answer = embed.decodeAnswer(body);
    const usage = { ...unknownUsage, inputTokens: 6 };
    expect(answer).toEqual({
      model: 'm',
      vectors: body.embeddings,
      usage,
      rawUsage: { total_duration: 5, prompt_eval_count: 6 },
    });
    expect(embed.encodeAnswer(answer, wish)).toEqual({ ...body, total_duration: 0, load_duration: 0 });
    expect(legacy.decodeAnswer({ embedding: [1, 2] })).toEqual({ model: '', vectors: [[1, 2]], usage: null, rawUsage: null });
    expect(legacy.encodeAnswer(answer, wish)).toEqual({ embedding: [1, 2] });
  });

  test('that are none are refused', () => {
    for (const body of [null, {}, { embeddings: [['a']] }, { embeddings: [1] }, { embedding: 'a' }]) {
      for (const codec of [embed, legacy]) {
        expect(() => codec.decodeAnswer(body)).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
      }
    }
    expect(() => embed.decodeAnswer({ error: 'no' })).toThrow(
      expect.objectContaining({ kind: 'upstream-failed', message: 'no' }),
    );
  });
});

describe('lists', () => {
  const model = listed('a/b:c');

  test('name a model as it is asked for, with a digest that tells it apart', () => {
    const { models } = Object(encodeTags([model, { ...model, id: 'a/b:d' }]));
    expect(models[0]).toEqual({
      name: 'a/b:c',
      model: 'a/b:c',
      modified_at: '1970-01-01T00:00:00.000000000Z',
      size: 0,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: { parent_model: '', format: '', family: 'a', families: ['a'], parameter_size: '', quantization_level: '' },
      capabilities: ['completion', 'tools'],
    });
    expect(models[1].digest.slice(0, 12)).not.toBe(models[0].digest.slice(0, 12));
    expect(Object(encodeTags([model])).models[0].digest).toBe(models[0].digest);
  });

  test("show the context length where clients look for it, under the architecture's name", () => {
    const info = Object(encodeShow({ ...model, contextLength: 32_768 })).model_info;
    expect(info[`${info['general.architecture']}.context_length`]).toBe(32_768);
    expect(info['general.basename']).toBe('a/b:c');
    expect(Object.keys(Object(encodeShow(model)).model_info)).toEqual(['general.architecture', 'general.basename']);
  });

  test.each([
    [{ tools: false }, ['completion']],
    [{ tools: true, vision: true, reasoning: true }, ['completion', 'tools', 'vision', 'thinking']],
    [{ embeddings: true }, ['embedding']],
  ])('say what a model can: %j', (abilities, capabilities) => {
    expect(encodeShow({ ...model, abilities: { ...unknownAbilities, ...abilities } })).toMatchObject({ capabilities });
  });
});

describe('a load request', () => {
  test.each([
    [{ model: 'm' }, true],
    [{ model: 'm', prompt: '' }, true],
    [{ model: 'm', messages: [] }, true],
    [{ model: 'm', input: [] }, true],
    [{ model: 'm', prompt: 'a' }, false],
    [{ model: 'm', messages: [{}] }, false],
    [null, false],
  ])('has nothing to answer: %j', (body, expected) => {
    expect(isLoadRequest(body)).toBe(expected);
  });

  test.each([
    [0, true],
    ['0', true],
    ['0s', true],
    ['0h0m0.0s', true],
    [-1, false],
    ['5m', false],
    ['10s', false],
    [undefined, false],
  ])('unloads when nothing shall be kept alive: %j', (keepAlive, expected) => {
    expect(isUnloadRequest({ model: 'm', keep_alive: keepAlive })).toBe(expected);
    expect(isUnloadRequest({ model: 'm', prompt: 'a', keep_alive: keepAlive })).toBe(false);
  });

  test('of a chat is answered with an empty message', () => {
    expect(encodeLoadedChat('m', 0)).toMatchObject({
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'load',
    });
  });
});

describe('what passes through', () => {
  const last = '{"model":"m","message":{"content":""},"done" : true,"prompt_eval_count":3,"eval_count":4,"eval_duration":5}';

  test('is read for its model and its stream, by each endpoint in its own way', () => {
    const heads = [ollama, ollamaGenerate, ollamaEmbeddings].map(
      ({ readRequest }) => readRequest([Buffer.from('{"model":"a/b:c"}')], nowhere).head,
    );
    expect(heads.map(({ model, stream }) => [model, stream])).toEqual([
      ['a/b:c', true],
      ['a/b:c', true],
      ['a/b:c', false],
    ]);
    expect(ollama.readRequest([Buffer.from('{"model":"m","stream":false}')], nowhere).head.stream).toBe(false);
  });

  test('goes to paths of its own, whatever the model', () => {
    const all = [ollama, ollamaGenerate, ollamaEmbeddings, ollamaLegacyEmbeddings];
    const paths = all.map(({ framing, upstreamPath }) => [framing, upstreamPath('m', true)]);
    expect(paths).toEqual(['/api/chat', '/api/generate', '/api/embed', '/api/embeddings'].map((path) => ['ndjson', path]));
  });

  test('ends with its last line and is counted there; text that looks so is only text', () => {
    const reader = ollama.createStreamReader();
    const text = JSON.stringify({ message: { content: '"done":true "error":"no"' }, done: false });
    expect(reader.concerns(Buffer.from(`${text}\n`))).toBe(false);
    expect(reader.concerns(Buffer.from(`${text}\n${last}\n`))).toBe(true);
    expect([text, '{"done":"true"}', 'no JSON', '[]'].map((line) => reader.read(line, null))).toEqual(Array(4).fill('pass'));
    expect(reader.read(last, null)).toBe('end');
    expect(reader.usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
    expect(reader.rawUsageJson).toBe('{"prompt_eval_count":3,"eval_count":4,"eval_duration":5}');
    expect(reader.mayEnd).toBe(false);
  });

  test('breaks off with an error, passed on only in the shape that clients know', () => {
    for (const [line, isSound] of [
      ['{"error":"gone"}', true],
      ['{"error":{"message":"gone"}}', false],
    ] as const) {
      const reader = ollama.createStreamReader();
      expect(reader.concerns(Buffer.from(`${line}\n`))).toBe(true);
      expect(reader.read(line, null)).toBe('error');
      expect([reader.errorMessage, reader.errorIsSound]).toEqual(['gone', isSound]);
    }
  });

  test('is counted and measured whole', () => {
    expect(ollama.readWhole(Buffer.from(last))).toMatchObject({ usage: { inputTokens: 3, outputTokens: 4 }, errorMessage: null });
    expect(ollama.readWhole(Buffer.from('{"error":"gone"}')).errorMessage).toBe('gone');
    expect(ollamaEmbeddings.readWhole(Buffer.from('{"embeddings":[[1]]}'))).toEqual({
      usage: null,
      rawUsageJson: null,
      errorMessage: null,
    });
    const called = { message: { content: 'é', thinking: 'ab', tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] } };
    expect(ollama.measureAnswer(Buffer.from(JSON.stringify(called)))).toBe(2 + 2 + 1 + '{"a":1}'.length);
    expect(ollamaGenerate.measureAnswer(Buffer.from('{"response":"abc","thinking":"d"}'))).toBe(4);
    expect(ollama.measureAnswer(Buffer.from('{"a":'))).toBeNull();
    expect(ollamaEmbeddings.measureAnswer(Buffer.from('{"response":"abc"}'))).toBeNull();
  });

  test.each([
    ['{"model":"m","done":tru', 'upstream-truncated'],
    ['[]', 'upstream-protocol'],
    ['{"eval_count":1e}', 'upstream-protocol'],
  ])('is refused whole when it is broken: %s', (body, kind) => {
    expect(() => ollama.readWhole(Buffer.from(body))).toThrow(expect.objectContaining({ kind }));
  });
});

describe('a time', () => {
  test('is written with nine digits and read with any number of them, from any zone', () => {
    expect(encodeTimestamp(1_767_225_600.25)).toBe('2026-01-01T00:00:00.250000000Z');
    expect(decodeTimestamp('2026-01-01T01:00:00.123456789+01:00')).toBe(1_767_225_600);
    for (const odd of [null, 'soon', 5]) expect(decodeTimestamp(odd)).toBe(0);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) expect(encodeTimestamp(odd)).toMatch(/^1970/);
  });
});
