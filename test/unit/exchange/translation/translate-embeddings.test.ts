/** Embeddings asked of a provider of another dialect. */
import { expect, test } from 'vitest';
import type { EmbeddingsRequest } from '../../../../gateway/chat/embeddings.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import type { EmbeddingsCodec } from '../../../../gateway/dialects/codec.ts';
import { openAiChat } from '../../../../gateway/dialects/index.ts';
import { translateEmbeddings } from '../../../../gateway/exchange/translation/translate-embeddings.ts';

const asked: EmbeddingsRequest = {
  model: 'm',
  inputs: ['a', 'b'],
  dimensions: null,
  encoding: 'float',
  task: null,
  truncate: null,
  unread: ['foo', 'input.3.bar'],
};
const usage = { ...unknownUsage, inputTokens: 2 };

const reader: EmbeddingsCodec = {
  decodeRequest: (body) => ({ ...asked, model: String(body) }),
  encodeAnswer: ({ vectors }, { model }) => ({ told: vectors, model }),
  encodeRequest: () => null,
  decodeAnswer: () => ({ model: 'm', vectors: [], usage: null, rawUsage: null }),
};
const writer: EmbeddingsCodec = {
  ...reader,
  encodeRequest({ inputs }, { model }, notes) {
    notes.drop('dimensions', 'no such field');
    return { model, say: inputs };
  },
  decodeAnswer: (body) => ({ model: 'm', vectors: body as number[][], usage, rawUsage: { in: 2 } }),
};

const target = { model: 'wire-model', quirks: {} };
const translation = () =>
  translateEmbeddings(
    'client-model',
    { model: null, stream: null },
    {
      client: { ...openAiChat, name: 'openai-embeddings', embeddings: reader },
      wire: { ...openAiChat, name: 'gemini-embeddings', embeddings: writer },
      target,
    },
  );

test('the request is written for the upstream, the answer for the client, with what was lost', () => {
  const made = translation();
  expect(JSON.parse(made.body.toString())).toEqual({ model: 'wire-model', say: ['a', 'b'] });
  const answer = made.translateAnswer(Buffer.from('[[1],[2]]'));
  expect(JSON.parse(answer.body.toString())).toEqual({ told: [[1], [2]], model: 'client-model' });
  expect([answer.usage, answer.rawUsageJson]).toEqual([usage, '{"in":2}']);
  expect(made.report()).toMatchObject({ from: 'openai-embeddings', to: 'gemini-embeddings', kept: ['input'] });
  expect(made.report().dropped.map(({ field }) => field)).toEqual(['foo', 'input.*.bar', 'dimensions']);
  expect(made.createStream).toBeNull();
});

test.each(['[[1]]', '[]', '[[1],[2],[3]]'])('an answer with more or fewer vectors than texts is none: %s', (body) => {
  const made = translation();
  expect(() => made.translateAnswer(Buffer.from(body))).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
});

test('an answer that is no JSON is none', () => {
  const made = translation();
  expect(() => made.translateAnswer(Buffer.from('<html>'))).toThrow(expect.objectContaining({ kind: 'upstream-protocol' }));
});

test('a dialect without embeddings cannot be asked for them', () => {
  const place = { model: null, stream: null };
  const wire = { ...openAiChat, embeddings: null };
  const ask = () => translateEmbeddings({}, place, { client: { ...openAiChat, embeddings: reader }, wire, target });
  expect(ask).toThrow(GatewayError);
  expect(ask).toThrow(expect.objectContaining({ kind: 'untranslatable' }));
});
