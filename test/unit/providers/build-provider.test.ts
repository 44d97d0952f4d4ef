/** What becomes of a config entry. */
import { describe, expect, test } from 'vitest';
import { type ProviderConfig, parseConfig } from '../../../gateway/contract/config.ts';
import { buildProvider } from '../../../gateway/providers/build-provider.ts';

const forOneAttempt = { connectMs: 1, firstByteMs: 2, idleMs: 3 };
const timeouts = { ...forOneAttempt, totalMs: 4 };

function build(entry: object) {
  const parsed = parseConfig({ version: 1, providers: [entry] });
  const [config] = parsed.ok ? parsed.config.providers : [];
  if (!config) throw new Error('the entry is no valid config');
  return buildProvider(config, timeouts);
}

describe('a provider', () => {
  test('of a known kind needs no more than a key', () => {
    const images = ['images/generations', 'images/edits', 'images/variations'];
    const endpoints = [...images, 'audio/speech', 'audio/transcriptions', 'audio/translations', 'moderations'];
    expect(build({ id: 'openai', kind: 'openai', keys: ['env:OPENAI_API_KEY'] })).toMatchObject({
      origin: 'https://api.openai.com',
      basePath: '/v1',
      dialects: [
        'openai-chat',
        'openai-responses',
        'openai-input-tokens',
        'openai-completions',
        'openai-embeddings',
        ...endpoints,
      ],
      keyReferences: ['env:OPENAI_API_KEY'],
      listedModels: null,
      timeouts: forOneAttempt,
      enabled: true,
      builtIn: false,
    });
  });

  test.each([
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000', '/v1'],
    ['http://127.0.0.1:8000/v1/', 'http://127.0.0.1:8000', '/v1'],
    ['http://[::1]:8000', 'http://[::1]:8000', ''],
    ['https://example.com/', 'https://example.com', ''],
    ['https://example.com/a/b//', 'https://example.com', '/a/b'],
  ])('at %s is asked at %s%s', (baseUrl, origin, basePath) => {
    expect(build({ id: 'lab', kind: 'openai-compatible', baseUrl })).toMatchObject({ origin, basePath });
  });

  test('may override what its kind says', () => {
    const entry = {
      id: 'lab',
      kind: 'openrouter',
      enabled: false,
      baseUrl: 'http://127.0.0.1:1/x',
      models: ['a/b'],
      dialects: ['openai-chat'],
      streamUsage: false,
    };
    expect(build(entry)).toMatchObject({
      origin: 'http://127.0.0.1:1',
      basePath: '/x',
      enabled: false,
      listedModels: ['a/b'],
      dialects: ['openai-chat'],
      streamUsage: false,
    });
  });

  test('takes keys alone or with a weight, and sends none where its style says so', () => {
    const keys = ['env:ONE', { ref: 'vault:two', weight: 7 }, { ref: 'vault:three' }];
    const provider = build({ id: 'openai', kind: 'openai', keys });
    expect(provider.keys).toEqual([
      { reference: 'env:ONE', weight: 1 },
      { reference: 'vault:two', weight: 7 },
      { reference: 'vault:three', weight: 1 },
    ]);
    expect(provider.keyReferences).toEqual(['env:ONE', 'vault:two', 'vault:three']);
    const keyless = build({ id: 'openai', kind: 'openai', keys, keyStyle: 'none' });
    expect(keyless).toMatchObject({ keys: [], keyReferences: [], keyRequired: false });
  });

  test.each([
    ['gemini', ['gemini', 'gemini-count-tokens', 'gemini-embeddings', 'gemini-batch-embeddings']],
    ['anthropic', ['anthropic-messages', 'anthropic-count-tokens']],
    [
      'ollama',
      [
        'ollama',
        'ollama-generate',
        'ollama-embeddings',
        'ollama-legacy-embeddings',
        'openai-chat',
        'openai-responses',
        'openai-input-tokens',
        'openai-completions',
        'openai-embeddings',
        'anthropic-messages',
        'anthropic-count-tokens',
      ],
    ],
  ])('of kind %s speaks every wire format of its families', (kind, dialects) => {
    expect(build({ id: 'x', kind }).dialects.filter((name) => !name.includes('/'))).toEqual(dialects);
  });

  test('whose streams may not be asked for usage says so to whoever writes its requests', () => {
    expect(build({ id: 'm', kind: 'mistral' })).toMatchObject({ streamUsage: false, quirks: { noStreamOptions: true } });
    expect(build({ id: 'm', kind: 'mistral', streamUsage: true }).quirks.noStreamOptions).toBe(false);
    expect(build({ id: 'o', kind: 'openai', streamUsage: false }).quirks).toEqual({
      maxTokensField: 'max_completion_tokens',
      noStreamOptions: true,
    });
  });

  test('waits as long as all others, but for the timeouts it names itself', () => {
    const config: ProviderConfig = { id: 'demo', kind: 'demo', enabled: true, keys: [], timeouts: { idleMs: 9 } };
    expect(buildProvider(config, timeouts).timeouts).toEqual({ ...forOneAttempt, idleMs: 9 });
  });

  test.each([
    ['http://127.0.0.1:11434/v1', { connectMs: 1, firstByteMs: 300_000, idleMs: 120_000 }],
    ['https://api.example.com/v1', { connectMs: 1, firstByteMs: 60_000, idleMs: 60_000 }],
  ])('at %s is given the time that its kind of place needs, unless a config says otherwise', (baseUrl, expected) => {
    const config: ProviderConfig = { id: 'lab', kind: 'openai-compatible', enabled: true, keys: [], baseUrl };
    expect(buildProvider(config, { connectMs: 1, totalMs: 4 }).timeouts).toEqual(expected);
    expect(buildProvider(config, timeouts).timeouts).toEqual(forOneAttempt);
  });

  test('has until the end of the request for the head of a whole answer', () => {
    const config: ProviderConfig = { id: 'demo', kind: 'demo', enabled: true, keys: [], timeouts: { firstByteMs: 9 } };
    const { wholeTimeouts } = buildProvider(config, timeouts);
    expect(wholeTimeouts.firstByteMs).toBeGreaterThan(timeouts.totalMs);
    expect(wholeTimeouts.idleMs).toBe(timeouts.idleMs);
  });

  test('that is built in has no address and no key', () => {
    const provider = build({ id: 'demo', kind: 'demo', keys: ['env:SOMETHING'] });
    expect(provider).toMatchObject({ builtIn: true, origin: '', basePath: '', keyReferences: [], keyStyle: 'none' });
  });

  test('without an address where one is needed is refused, naming it', () => {
    const config: ProviderConfig = { id: 'lab', kind: 'openai-compatible', enabled: true, keys: [] };
    expect(() => buildProvider(config, timeouts)).toThrow(/"lab" has no address/);
  });
});

test.each([
  [{ id: 'o', kind: 'ollama' }, 'http://127.0.0.1:11434/api/ps'],
  [{ id: 'o', kind: 'ollama', baseUrl: 'http://h:1/v1' }, 'http://h:1/api/ps'],
  [{ id: 'o', kind: 'ollama', baseUrl: 'http://h:1/proxy' }, 'http://h:1/proxy/api/ps'],
  [{ id: 's', kind: 'lm-studio' }, 'http://127.0.0.1:1234/api/v0/models'],
  [{ id: 'c', kind: 'llama-cpp' }, 'http://127.0.0.1:8080/models'],
  [{ id: 'v', kind: 'vllm' }, null],
  [{ id: 'd', kind: 'demo' }, null],
])('of %j is asked what it has in memory at %s', (entry, place) => {
  const { loadedList } = build(entry);
  expect(loadedList && loadedList.origin + loadedList.path).toBe(place);
});

test('a load has five minutes, or what the provider or the config says', () => {
  const parsed = parseConfig({
    version: 1,
    providers: [{ id: 'o', kind: 'ollama', timeouts: { loadMs: 7 } }],
    timeouts: { loadMs: 9 },
  });
  const [own] = parsed.ok ? parsed.config.providers : [];
  if (!own || !parsed.ok) throw new Error('the entry is no valid config');
  expect(buildProvider(own, parsed.config.timeouts).loadMs).toBe(7);
  expect(buildProvider({ ...own, timeouts: {} }, parsed.config.timeouts).loadMs).toBe(9);
  expect(build({ id: 'o', kind: 'ollama' }).loadMs).toBe(300_000);
});
