/** Where requests go: every address a person may reasonably write, for every format. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../gateway/contract/config.ts';
import { type ProviderKind, providerKindNames, providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import type { DialectName } from '../../../gateway/dialects/dialect.ts';
import { buildProvider } from '../../../gateway/providers/build-provider.ts';
import { endpointPath } from '../../../gateway/providers/endpoint-path.ts';

const ownPaths: Readonly<Record<string, string>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'openai-completions': '/completions',
  'openai-embeddings': '/embeddings',
  'anthropic-messages': '/messages',
  ollama: '/api/chat',
};

function build(entry: object) {
  const parsed = parseConfig({ version: 1, providers: [{ id: 'x', ...entry }] });
  const [config] = parsed.ok ? parsed.config.providers : [];
  if (!config) throw new Error(`no valid config: ${JSON.stringify(parsed)}`);
  return buildProvider(config, { connectMs: 1, totalMs: 1 });
}

function addressOf(entry: object, name: DialectName, model = 'm') {
  const provider = build(entry);
  const upstreamPath = (of: string, stream: boolean) =>
    ownPaths[name] ?? `/models/${of}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
  return provider.origin + endpointPath(provider, { name, upstreamPath }, model, true);
}

test.each<[ProviderKind, DialectName, string]>([
  ['openai', 'openai-responses', 'https://api.openai.com/v1/responses'],
  ['anthropic', 'anthropic-messages', 'https://api.anthropic.com/v1/messages'],
  ['gemini', 'gemini', 'https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse'],
  ['deepseek', 'openai-chat', 'https://api.deepseek.com/chat/completions'],
  ['deepseek', 'openai-completions', 'https://api.deepseek.com/beta/completions'],
  ['deepseek', 'anthropic-messages', 'https://api.deepseek.com/anthropic/v1/messages'],
  ['moonshot', 'anthropic-messages', 'https://api.moonshot.ai/anthropic/v1/messages'],
  ['zai', 'openai-chat', 'https://api.z.ai/api/paas/v4/chat/completions'],
  ['zai', 'anthropic-messages', 'https://api.z.ai/api/anthropic/v1/messages'],
  ['minimax', 'anthropic-messages', 'https://api.minimax.io/anthropic/v1/messages'],
  ['openrouter', 'anthropic-messages', 'https://openrouter.ai/api/v1/messages'],
  ['fireworks', 'anthropic-messages', 'https://api.fireworks.ai/inference/v1/messages'],
  ['alibaba', 'anthropic-messages', 'https://dashscope-intl.aliyuncs.com/apps/anthropic/v1/messages'],
  ['alibaba', 'openai-responses', 'https://dashscope-intl.aliyuncs.com/api/v2/apps/protocols/compatible-mode/v1/responses'],
  ['vercel-ai-gateway', 'anthropic-messages', 'https://ai-gateway.vercel.sh/v1/messages'],
  ['siliconflow', 'anthropic-messages', 'https://api.siliconflow.com/v1/messages'],
  ['cohere', 'openai-chat', 'https://api.cohere.ai/compatibility/v1/chat/completions'],
  ['github-models', 'openai-chat', 'https://models.github.ai/inference/chat/completions'],
  ['perplexity', 'openai-chat', 'https://api.perplexity.ai/chat/completions'],
  ['ollama', 'ollama', 'http://127.0.0.1:11434/api/chat'],
  ['ollama', 'openai-chat', 'http://127.0.0.1:11434/v1/chat/completions'],
  ['ollama', 'anthropic-messages', 'http://127.0.0.1:11434/v1/messages'],
  ['ollama-cloud', 'ollama', 'https://ollama.com/api/chat'],
  ['lm-studio', 'anthropic-messages', 'http://127.0.0.1:1234/v1/messages'],
])('%s is asked in %s at %s', (kind, dialect, address) => {
  expect(addressOf({ kind }, dialect)).toBe(address);
});

describe('an address is read with tolerance', () => {
  test.each<[ProviderKind, string, DialectName, string]>([
    ['anthropic-compatible', 'https://h/anthropic', 'anthropic-messages', 'https://h/anthropic/v1/messages'],
    ['anthropic-compatible', 'https://h/anthropic/v1/', 'anthropic-messages', 'https://h/anthropic/v1/messages'],
    ['anthropic', 'https://h', 'anthropic-messages', 'https://h/v1/messages'],
    ['gemini', 'https://h', 'gemini', 'https://h/v1beta/models/m:streamGenerateContent?alt=sse'],
    ['gemini', 'https://h/v1', 'gemini', 'https://h/v1/models/m:streamGenerateContent?alt=sse'],
    ['ollama', 'http://h:1/v1', 'ollama', 'http://h:1/api/chat'],
    ['ollama', 'http://h:1/v1/', 'openai-chat', 'http://h:1/v1/chat/completions'],
    ['ollama', 'http://h:1/proxy', 'openai-embeddings', 'http://h:1/proxy/v1/embeddings'],
    ['openai-compatible', 'http://h:1', 'openai-chat', 'http://h:1/chat/completions'],
    ['openai-compatible', 'http://h:1/api/v3', 'openai-chat', 'http://h:1/api/v3/chat/completions'],
    ['deepseek', 'https://h/v1', 'anthropic-messages', 'https://h/anthropic/v1/messages'],
    ['zai', 'https://h/proxy/api/paas/v4', 'anthropic-messages', 'https://h/proxy/api/anthropic/v1/messages'],
    [
      'alibaba',
      'https://w.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1',
      'anthropic-messages',
      'https://w.ap-southeast-1.maas.aliyuncs.com/apps/anthropic/v1/messages',
    ],
  ])('%s at %s in %s is asked at %s', (kind, baseUrl, dialect, address) => {
    expect(addressOf({ kind, baseUrl }, dialect)).toBe(address);
  });

  test('a compatible server may be said to speak more formats than its kind', () => {
    const entry = { kind: 'openai-compatible', baseUrl: 'http://h:1/v1', dialects: ['openai-chat', 'anthropic-messages'] };
    expect(addressOf(entry, 'anthropic-messages')).toBe('http://h:1/v1/messages');
  });
});

describe('Azure', () => {
  const resource = 'https://r.openai.azure.com';

  test.each([resource, `${resource}/openai`, `${resource}/openai/v1/`, `${resource}/openai/deployments/gpt`])(
    'in its present form needs no version, however much of %s was written',
    (baseUrl) => {
      expect(addressOf({ kind: 'azure-openai', baseUrl }, 'openai-chat')).toBe(`${resource}/openai/v1/chat/completions`);
    },
  );

  test('in its older form names deployment and version, but in the body for responses', () => {
    const entry = { kind: 'azure-openai', baseUrl: resource, apiVersion: '2024-10-21' };
    const chat = `${resource}/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21`;
    expect(addressOf(entry, 'openai-chat', 'my gpt')).toBe(chat);
    expect(addressOf(entry, 'openai-responses')).toBe(`${resource}/openai/responses?api-version=2024-10-21`);
    expect(build(entry).keyCheck).toEqual({ origin: resource, path: '/openai/models?api-version=2024-10-21' });
  });
});

describe('beside chat and embeddings', () => {
  test.each<[object, 'rerank' | 'audio/speech', string]>([
    [{ kind: 'openai' }, 'audio/speech', '/v1/audio/speech'],
    [{ kind: 'cohere' }, 'rerank', '/v2/rerank'],
    [{ kind: 'llama-cpp' }, 'rerank', '/v1/rerank'],
    [
      { kind: 'azure-openai', baseUrl: 'https://r.openai.azure.com', apiVersion: '2024-10-21' },
      'audio/speech',
      '/openai/deployments/m/audio/speech?api-version=2024-10-21',
    ],
  ])('%j is asked for %s at %s', (entry, name, path) => {
    const provider = build(entry);
    expect(provider.dialects).toContain(name);
    expect(endpointPath(provider, { name, upstreamPath: () => `/${name}` }, 'm', false)).toBe(path);
  });

  test('a kind that is not known for an endpoint does not offer it', () => {
    expect(build({ kind: 'openai' }).dialects).not.toContain('rerank');
    expect(build({ kind: 'demo' }).dialects).not.toContain('audio/speech');
  });
});

test('a whole address of a service is left alone behind an address of one’s own, so that no key goes there', () => {
  expect(build({ kind: 'github-models' })).toMatchObject({
    modelList: { origin: 'https://models.github.ai', path: '/catalog/models' },
    keyCheck: { origin: 'https://api.github.com', path: '/user' },
  });
  expect(build({ kind: 'cohere', baseUrl: 'http://h:1/v1' })).toMatchObject({
    modelList: { origin: 'http://h:1', path: '/v1/models', shape: 'openai' },
    keyCheck: { origin: 'http://h:1', path: '/v1/models' },
  });
});

test('every kind can be built from no more than its address, and has a path for every format it speaks', () => {
  for (const kind of providerKindNames) {
    const { baseUrl, builtIn } = providerKinds[kind];
    const provider = build({ kind, ...(baseUrl === null && !builtIn ? { baseUrl: 'https://h/v1' } : {}) });
    const missing = builtIn ? [] : provider.dialects.filter((name) => provider.basePaths[name] === undefined);
    expect([kind, missing, provider.dialects.length > 0]).toEqual([kind, [], true]);
    for (const path of Object.values(provider.basePaths)) expect(path).toMatch(/^(?:\/[\w.-]+)*$/);
  }
});

test('a deployment of any name stays one segment of the path', () => {
  const azure = { kind: 'azure-openai', baseUrl: 'https://x.openai.azure.com/openai', apiVersion: '2024-10-21' };
  for (const name of ['a/b?c#d', '\ud800', 'a\r\nb']) {
    expect(addressOf(azure, 'openai-chat', name)).toMatch(/\/deployments\/[A-Za-z0-9%]+\/chat\/completions\?api-version=/);
  }
});
