/** The lists that programs read: what a provider told of its models reaches each kind of client in its own words. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { json } from '../support/upstream-answers.ts';

let gateway: RunningGateway;
let upstream: ScriptedUpstream;

const list = [
  {
    id: 'alpha',
    name: 'Alpha the First',
    created: 1_760_000_000,
    context_length: 64_000,
    supported_parameters: ['tools'],
    architecture: { input_modalities: ['text', 'image'] },
  },
  { id: 'alpha-embed' },
  { id: 'claude-opus-4-1' },
];

beforeAll(async () => {
  const script = openAiScript();
  upstream = await startScriptedUpstream((request) =>
    request.target.endsWith('/models') ? json({ object: 'list', data: list }) : script(request),
  );
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl }],
      aliases: { fast: { targets: ['lab/alpha'] } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function read(path: string, body?: object, headers: Record<string, string> = {}): Promise<unknown> {
  const asked = await fetch(`${gateway.url}${path}`, {
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json', ...headers },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  expect(asked.status).toBe(200);
  return await asked.json();
}

test('OpenAI’s and Anthropic’s lists say since when a model is there, and its name for people', async () => {
  expect(await read('/v1/models/lab/alpha')).toMatchObject({ created: 1_760_000_000 });
  const named = await read('/v1/models/lab/alpha', undefined, { 'anthropic-version': '2023-06-01' });
  expect(named).toMatchObject({ display_name: 'Alpha the First', created_at: '2025-10-09T08:53:20Z' });
});

test('Ollama’s clients are told length and abilities, of an alias too, and which models make vectors', async () => {
  const shown = { model_info: { 'gatehouse.context_length': 64_000 }, capabilities: ['completion', 'tools', 'vision'] };
  expect(await read('/api/show', { model: 'lab/alpha' })).toMatchObject(shown);
  expect(await read('/api/show', { model: 'fast' })).toMatchObject(shown);
  expect(await read('/api/show', { model: 'alpha-embed' })).toMatchObject({ capabilities: ['embedding'] });
  expect(await read('/api/tags')).toMatchObject({
    models: [
      { name: 'fast', capabilities: ['completion', 'tools', 'vision'] },
      { name: 'lab/alpha' },
      { name: 'lab/alpha-embed', capabilities: ['embedding'] },
      { name: 'lab/claude-opus-4-1' },
    ],
  });
});

test('Gemini’s clients read limits, those that only the catalog knows too', async () => {
  expect(await read('/v1beta/models/lab/alpha')).toMatchObject({ displayName: 'Alpha the First', inputTokenLimit: 64_000 });
  expect(await read('/v1beta/models/lab/claude-opus-4-1')).toMatchObject({ inputTokenLimit: expect.any(Number) });
  expect(await read('/v1beta/models/lab/alpha-embed')).toMatchObject({
    supportedGenerationMethods: ['embedContent', 'batchEmbedContents'],
  });
});
