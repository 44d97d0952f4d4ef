/** Holds the reading of model lists: every shape that servers send, and nothing that could not be shown or sent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelFactsSchema } from '../../../gateway/contract/model-facts.ts';
import { listModels, ModelListError } from '../../../gateway/discovery/list-models.ts';
import { readModelPage } from '../../../gateway/discovery/read-model-list.ts';
import { provider, scriptPages, scriptSend } from './scripted-send.ts';

const readIds = (text: string) => readModelPage(Buffer.from(text), 'openai')?.models.map(({ id }) => id) ?? null;

const lab = provider({ kind: 'openai-compatible', id: 'lab', baseUrl: 'http://127.0.0.1:8000' });

test.each([
  ['{"object":"list","data":[{"id":"a","object":"model"},{"id":"b/c:d"}]}', ['a', 'b/c:d']],
  ['[{"id":"a","type":"chat"},{"id":"b"}]', ['a', 'b']],
  ['["a","b"]', ['a', 'b']],
  ['{"data":["a"]}', ['a']],
  ['{"data":null}', []],
  ['{"data":[]}', []],
])('%s is read in the order it has', (body, ids) => {
  expect(readIds(body)).toEqual(ids);
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
  expect(readIds(body)).toBeNull();
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
  expect(readIds(JSON.stringify(entries))).toEqual(['ok', 'with space']);
});

test('a list without end is cut at ten thousand', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `model-${index}`);
  expect(readIds(JSON.stringify(ids))).toHaveLength(10_000);
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

test('a provider without a list offers what is known of it, and is not asked', async () => {
  const { send, asked } = scriptSend({});
  const known = await listModels({ provider: provider({ kind: 'perplexity' }), key: 'k', send });
  expect(known.source).toBe('catalog');
  expect(known.models.map(({ id }) => id)).toContain('sonar-pro');
  expect(asked).toEqual([]);
});

test.each([
  [
    'gemini',
    { models: [{ name: 'models/gemini-2.5-pro' }, { name: 'tunedModels/mine' }] },
    ['gemini-2.5-pro', 'tunedModels/mine'],
  ],
  ['ollama', { models: [{ name: 'qwen3:8b', model: 'qwen3:8b' }] }, ['qwen3:8b']],
  ['cohere', { models: [{ name: 'command-a-03-2025', endpoints: ['chat'] }] }, ['command-a-03-2025']],
  ['anthropic', { data: [{ id: 'claude-opus-4-8', type: 'model' }], has_more: false }, ['claude-opus-4-8']],
  ['github-models', [{ id: 'openai/gpt-4.1' }], ['openai/gpt-4.1']],
] as const)('the list of %s is read in its own shape', async (kind, body, ids) => {
  const { send } = scriptSend({ body: JSON.stringify(body) });
  const { models } = await listModels({ provider: provider({ kind }), key: 'k', send });
  expect(models.map(({ id }) => id)).toEqual(ids);
});

describe('a list in pages', () => {
  test.each([
    [
      'anthropic',
      (page: number) => ({ data: [{ id: `m${page}` }], has_more: page < 3, last_id: `m${page}` }),
      ['/v1/models?limit=1000', '/v1/models?limit=1000&after_id=m1', '/v1/models?limit=1000&after_id=m2'],
    ],
    [
      'gemini',
      (page: number) => ({ models: [{ name: `models/m${page}` }], ...(page < 3 ? { nextPageToken: `t/${page}` } : {}) }),
      [
        '/v1beta/models?pageSize=1000',
        '/v1beta/models?pageSize=1000&pageToken=t%2F1',
        '/v1beta/models?pageSize=1000&pageToken=t%2F2',
      ],
    ],
    [
      'cohere',
      (page: number) => ({ models: [{ name: `m${page}` }], next_page_token: page < 3 ? `t${page}` : '' }),
      ['/v1/models?page_size=1000', '/v1/models?page_size=1000&page_token=t1', '/v1/models?page_size=1000&page_token=t2'],
    ],
  ] as const)('of %s is read to its end', async (kind, pageOf, paths) => {
    const { send, asked } = scriptPages(pageOf);
    const { models } = await listModels({ provider: provider({ kind }), key: 'k', send });
    expect(models.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3']);
    expect(asked.map(({ path }) => path)).toEqual(paths);
  });

  test('that never ends, or goes round in a circle, is left', async () => {
    const endless = scriptPages((page) => ({ data: [{ id: `m${page}` }], has_more: true, last_id: `m${page}` }));
    await listModels({ provider: provider({ kind: 'anthropic' }), key: 'k', send: endless.send });
    expect(endless.asked).toHaveLength(20);
    const circle = scriptPages(() => ({ data: [{ id: 'm' }], has_more: true, last_id: 'm' }));
    await listModels({ provider: provider({ kind: 'anthropic' }), key: 'k', send: circle.send });
    expect(circle.asked).toHaveLength(2);
  });

  test('is asked for in the version that its format needs', async () => {
    const { send, asked } = scriptPages(() => ({ data: [] }));
    await listModels({ provider: provider({ kind: 'anthropic' }), key: 'k-1', send });
    expect(asked[0]?.headers.join('\n')).toContain('x-api-key\nk-1\nanthropic-version\n2023-06-01');
  });
});

test('no key leaves for a service’s own address while the base URL is a person’s own', async () => {
  const { send, asked } = scriptSend({ body: '{"data":[{"id":"a"}]}' });
  const mine = provider({ kind: 'cohere', baseUrl: 'http://127.0.0.1:9000/v1' });
  await listModels({ provider: mine, key: 'k', send });
  expect(asked.map(({ origin, path }) => origin + path)).toEqual(['http://127.0.0.1:9000/v1/models']);
});

test('whatever a server sends as its list, what is read of it can be shown, sent and compared', () => {
  const shapes = ['openai', 'anthropic', 'gemini', 'ollama', 'cohere'] as const;
  const odd = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.object());
  const entry = fc.oneof(odd, fc.record({ id: odd, name: odd, pricing: odd, created: odd, capabilities: odd }));
  const listing = fc.oneof(fc.array(entry), fc.record({ data: odd, models: odd, has_more: odd, last_id: odd }), odd);
  fc.assert(
    fc.property(
      fc.oneof(listing, fc.record({ data: fc.array(entry), models: fc.array(entry) })),
      fc.constantFrom(...shapes),
      (body, shape) => {
        const page = readModelPage(Buffer.from(JSON.stringify(body)), shape);
        const ids = page?.models.map(({ id }) => id) ?? [];
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u);
        for (const { facts } of page?.models ?? []) expect(modelFactsSchema.partial().parse(facts ?? {})).toEqual(facts ?? {});
      },
    ),
  );
});
