/** Ollama's and OpenAI's own libraries over the local engine: who may fetch and delete models, and chats with tools, images and vectors. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { installStandIn, type StandIn, standInSkip } from '../support/stand-in-ollama/install.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let folder: string;
let standIn: StandIn;
let gateway: RunningGateway;
/** Of the key named `test`, which may manage models, and of one that may not. */
let manager: Ollama;
let other: Ollama;

const clientOf = (key: string): Ollama => new Ollama({ host: gateway.url, headers: { Authorization: `Bearer ${key}` } });

beforeEach((context) => context.skip(standInSkip !== null, standInSkip ?? ''));
beforeAll(async () => {
  if (standInSkip !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-clients-'));
  standIn = installStandIn(join(folder, 'bin'));
  gateway = await startGateway({
    config: { version: 1, localEngine: { modelsFolder: join(folder, 'models'), modelManagers: ['test'] } },
    environment: { PATH: `${standIn.folder}:${process.env.PATH}` },
  });
  await gateway.call('engine.start', {});
  manager = clientOf(gateway.clientKey);
  other = clientOf((await gateway.call('clients.create', { name: 'other' })).key);
});
afterAll(async () => {
  if (standInSkip !== null) return;
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

test('a key that the config does not name fetches, copies and deletes nothing', async () => {
  const words = /The key "other" may not fetch, copy or delete models; name it under localEngine.modelManagers/;
  await expect(other.pull({ model: 'qwen3:8b' })).rejects.toThrow(words);
  await expect(other.delete({ model: 'qwen3:8b' })).rejects.toThrow(words);
  await expect(other.copy({ source: 'qwen3:8b', destination: 'mine' })).rejects.toThrow(words);
  expect(standIn.requests('/api/pull')).toEqual([]);
  const bare = await fetch(`${gateway.url}/api/delete`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: '{"model":"a"}',
  });
  expect(bare.status).toBe(401);
});

test.each(['/api/push', '/api/create', '/api/blobs/sha256:1'])('%s is no door, whoever asks', async (path) => {
  const headers = { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' };
  expect((await fetch(gateway.url + path, { method: 'POST', headers, body: '{}' })).status).toBe(404);
});

test('the official client pulls with progress, lists, chats, embeds, copies and deletes', async () => {
  const statuses: string[] = [];
  for await (const { status } of await manager.pull({ model: 'qwen3:8b', stream: true })) statuses.push(status);
  expect(statuses.at(-1)).toBe('success');
  await manager.pull({ model: 'ollama/nomic-embed-text' });
  await expect.poll(async () => (await manager.list()).models.map(({ name }) => name)).toContain('ollama/qwen3:8b');
  const model = 'ollama/qwen3:8b';
  let text = '';
  for await (const { message } of await manager.chat({ model, messages: [{ role: 'user', content: 'hello' }], stream: true }))
    text += message.content;
  expect(text).toBe('You said: hello');
  expect((await manager.embed({ model: 'ollama/nomic-embed-text:latest', input: 'x' })).embeddings).toHaveLength(1);
  await manager.copy({ source: model, destination: 'ollama/mine' });
  await manager.delete({ model: 'mine' });
  expect((await gateway.call('local-models.list', {})).items.map(({ name }) => name).sort()).toEqual([
    'nomic-embed-text:latest',
    'qwen3:8b',
  ]);
  await expect(manager.delete({ model: 'mine' })).rejects.toThrow('There is no model "mine:latest" here.');
  await expect(manager.pull({ model: 'no-such' })).rejects.toThrow('pull model manifest: file does not exist');
  await expect(manager.pull({ model: '../../etc/passwd' })).rejects.toThrow(
    /the field (?:name|model) is missing or is not a name/,
  );
});

test("OpenAI's library streams, calls tools and sends images to it", async () => {
  await manager.pull({ model: 'gemma3:4b' });
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
  const stream = await openai.chat.completions.create({
    model: 'ollama/qwen3:8b',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  });
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  expect(text).toBe('You said: hi');
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
  const called = await openai.chat.completions.create({
    model: 'ollama/qwen3:8b',
    messages: [{ role: 'user', content: 'x' }],
    tools,
  });
  expect(called.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'weather', arguments: '{"city":"Paris"}' } }]);
  const image = await manager.chat({
    model: 'ollama/gemma3:4b',
    messages: [{ role: 'user', content: 'look', images: ['iVBORw0KGgo='] }],
  });
  expect(image.message.content).toContain('I see 1 image.');
  expect((await openai.embeddings.create({ model: 'ollama/nomic-embed-text:latest', input: 'x' })).data).toHaveLength(1);
});
