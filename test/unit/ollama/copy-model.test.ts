/** Copying a model: Ollama puts a copy in the place of what has its name, which a person is asked about first. */
import { beforeEach, expect, test } from 'vitest';
import { type Json, type OllamaApi, OllamaError } from '../../../gateway/ollama/ask-ollama.ts';
import { LocalModels } from '../../../gateway/ollama/models/local-models.ts';

let asked: (Json | null)[];
const api: OllamaApi = {
  root: () => Promise.resolve(''),
  async ask(_method, path, body) {
    if (path === '/api/tags') return { models: [{ name: 'Mine:latest', size: 1, details: {} }] };
    if (path === '/api/ps') return { models: [] };
    asked.push(body);
    if (body?.source === 'none:latest') throw new OllamaError('model not found', 404);
    return {};
  },
  follow: () => ({ ended: Promise.resolve(), stop: () => undefined }),
};
const models = new LocalModels({ api: () => api, options: () => ({}), now: () => 0, onChange: () => undefined });
beforeEach(() => {
  asked = [];
});

test('a copy is refused where a model of that name is, whatever its letters, and made where none is', async () => {
  await expect(models.copy('qwen3:8b', 'mine')).rejects.toMatchObject({ kind: 'conflict', field: 'destination' });
  expect(asked).toEqual([]);
  await models.copy('qwen3:8b', 'other');
  await models.replace('qwen3:8b', 'mine');
  expect(asked).toEqual([
    { source: 'qwen3:8b', destination: 'other:latest' },
    { source: 'qwen3:8b', destination: 'mine:latest' },
  ]);
});

test('a copy of what is not there names it', async () => {
  await expect(models.copy('none', 'other')).rejects.toThrow('There is no model "none:latest" here.');
});
