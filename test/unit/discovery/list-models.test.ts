/** Holds the reading of model lists: every shape that servers send, and nothing that could not be shown or sent. */
import { expect, test } from 'vitest';
import { listModels, ModelListError } from '../../../gateway/discovery/list-models.ts';
import { readModelList } from '../../../gateway/discovery/read-model-list.ts';
import { provider, scriptSend } from './scripted-send.ts';

const lab = provider({ kind: 'openai-compatible', id: 'lab', baseUrl: 'http://127.0.0.1:8000' });

test.each([
  ['{"object":"list","data":[{"id":"a","object":"model"},{"id":"b/c:d"}]}', ['a', 'b/c:d']],
  ['[{"id":"a","type":"chat"},{"id":"b"}]', ['a', 'b']],
  ['["a","b"]', ['a', 'b']],
  ['{"data":["a"]}', ['a']],
  ['{"data":null}', []],
  ['{"data":[]}', []],
])('%s is read in the order it has', (body, ids) => {
  expect(readModelList(Buffer.from(body))).toEqual(ids);
});

test.each([
  '',
  'not json',
  '{"data":{"id":"a"}}',
  '{"models":[]}',
  '7',
  'null',
  '"a"',
  '{"data":[{"id":"a"}]',
  '{"__proto__":{"data":[]}}',
])('%j is no list of models', (body) => {
  expect(readModelList(Buffer.from(body))).toBeNull();
});

test('ids that repeat, are no text, or could break a line, a header or a screen are left out', () => {
  const entries = [
    'ok',
    'ok',
    ' padded ',
    '',
    'line\nbreak',
    'escape\u001b[31m',
    7,
    null,
    { id: 7 },
    { name: 'x' },
    'x'.repeat(257),
    'with space',
  ];
  expect(readModelList(Buffer.from(JSON.stringify(entries)))).toEqual(['ok', 'with space']);
});

test('a list without end is cut at ten thousand', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `model-${index}`);
  expect(readModelList(Buffer.from(JSON.stringify(ids)))).toHaveLength(10_000);
});

test('a list in the config goes before asking, and a built-in provider is not asked', async () => {
  const { send, asked } = scriptSend({});
  const listed = provider({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', models: ['mine'] });
  expect(await listModels({ provider: listed, key: null, send })).toEqual({ models: [{ id: 'mine' }], source: 'config' });
  const demo = await listModels({ provider: provider({ kind: 'demo' }), key: null, send }, ['hello']);
  expect(demo).toEqual({ models: [{ id: 'hello' }], source: 'built-in' });
  expect(asked).toEqual([]);
});

test('a provider is asked under its base URL, without compression', async () => {
  const { send, asked } = scriptSend({ body: '["a"]' });
  expect(await listModels({ provider: lab, key: null, send })).toEqual({ models: [{ id: 'a' }], source: 'provider' });
  expect(asked[0]?.path).toBe('/models');
  expect(asked[0]?.headers.join(': ')).toContain('accept-encoding: identity');
});

test('a list that cannot be had is an error that says why', async () => {
  const failure = await listModels({ provider: lab, key: null, send: scriptSend({ problem: 'upstream-connect' }).send }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ModelListError);
  expect(failure).toMatchObject({ outcome: 'offline', message: expect.stringContaining('http://127.0.0.1:8000') });
});
