/** The request that loads a model, made from the one that waits for it. */
import { describe, expect, test } from 'vitest';
import { loadKey, readLoadTerms } from '../../../../gateway/exchange/local/load-request.ts';

const read = (dialect: string, body: object) => readLoadTerms(dialect, [Buffer.from(JSON.stringify(body))]);

describe('what a load is asked with', () => {
  test('is what decides how the model is loaded, and nothing of the answer', () => {
    const options = { num_ctx: 8_192, num_gpu: 20, temperature: 0, stop: ['x'], num_batch: null };
    expect(read('ollama', { options, keep_alive: '1h', messages: [] })).toEqual({
      isForVectors: false,
      isUnload: false,
      options: { num_ctx: 8_192, num_gpu: 20 },
      keepAlive: '1h',
    });
  });

  test.each([0, '0', '0s', '0m', null, undefined])('is no wish to let go of it at once: %j', (keepAlive) => {
    expect(read('ollama-generate', { keep_alive: keepAlive }).keepAlive).toBeUndefined();
  });

  test('is nothing for a request that only lets go of the model', () => {
    expect([{ keep_alive: 0 }, { keep_alive: 0, messages: [{}] }].map((body) => read('ollama', body).isUnload)).toEqual([
      true,
      false,
    ]);
  });

  test.each([-1, '-1', '10m', 300])('is the wish to keep it: %j', (keepAlive) => {
    expect(read('ollama', { keep_alive: keepAlive }).keepAlive).toBe(keepAlive);
  });

  test('is nothing of a format that has no words for it, or of a body that cannot be read', () => {
    const nothing = { options: {}, keepAlive: undefined };
    expect(read('openai-chat', { options: { num_ctx: 1 }, keep_alive: 5 })).toMatchObject(nothing);
    expect(readLoadTerms('ollama', [Buffer.from('{"options"')])).toMatchObject(nothing);
    expect(readLoadTerms('ollama', null)).toMatchObject(nothing);
    expect(read('ollama', { options: [1], keep_alive: null })).toMatchObject(nothing);
  });

  test.each(['ollama-embeddings', 'ollama-legacy-embeddings', 'openai-embeddings'])('is for vectors of %s', (dialect) => {
    expect(read(dialect, {}).isForVectors).toBe(true);
  });
});

test('one load serves requests for one model with the same options, however long it is to be kept', () => {
  const near = { provider: { id: 'near' }, model: 'm' } as Parameters<typeof loadKey>[0];
  const key = (body: object, dialect = 'ollama') => loadKey(near, read(dialect, body));
  expect(key({ keep_alive: '1h' })).toBe(key({}));
  expect(key({ options: { temperature: 1 } })).toBe(key({}, 'openai-chat'));
  expect(key({ options: { num_ctx: 1 } })).not.toBe(key({}));
  expect(key({}, 'ollama-embeddings')).not.toBe(key({}));
  const moved = { provider: { id: 'near', loadedList: { origin: 'http://127.0.0.1:2', path: '/api/ps' } }, model: 'm' };
  expect(loadKey(moved as Parameters<typeof loadKey>[0], read('ollama', {}))).not.toBe(key({}));
});
