/** What servers near by say of the models in their memory. */
import { expect, test } from 'vitest';
import type { LoadedListShape } from '../../../gateway/contract/provider-kinds.ts';
import { readLoadedList } from '../../../gateway/discovery/list-loaded.ts';

const read = (shape: LoadedListShape, body: unknown) => readLoadedList(shape, Buffer.from(JSON.stringify(body)));
const bare = { contextTokens: null, sizeBytes: null, graphicsBytes: null, expiresAtMs: null };

test('an Ollama lists those alone, with their sizes and their end', () => {
  const entry = {
    name: 'qwen3:8b',
    model: 'qwen3:8b',
    size: 6e9,
    size_vram: 5e9,
    context_length: 4_096,
    expires_at: '2026-11-20T12:05:00+01:00',
  };
  expect(read('ollama', { models: [entry, { model: 'old:1b' }, 5, {}] })).toEqual([
    { name: 'qwen3:8b', contextTokens: 4_096, sizeBytes: 6e9, graphicsBytes: 5e9, expiresAtMs: Date.UTC(2026, 10, 20, 11, 5) },
    { ...bare, name: 'old:1b' },
  ]);
});

test('LM Studio tells of each model whether it is', () => {
  const data = [
    { id: 'a', state: 'loaded', loaded_context_length: 8_192 },
    { id: 'b', state: 'not-loaded' },
  ];
  expect(read('lm-studio', { data })).toEqual([{ ...bare, name: 'a', contextTokens: 8_192 }]);
});

test('a llama.cpp tells of states only where it chooses among models', () => {
  const data = [
    { id: 'a', status: { value: 'unloaded' } },
    { id: 'b', status: { value: 'loaded' } },
    { id: 'c', status: { value: 'loading' } },
  ];
  expect(read('llama-cpp', { data })).toEqual([{ ...bare, name: 'b' }]);
  expect(read('llama-cpp', { data: [{ id: 'a' }] })).toBe('silent');
});

test.each(['not JSON', '[]', '{}', '{"models":{}}', 'null'])('%s tells nothing', (body) => {
  expect(readLoadedList('ollama', Buffer.from(body))).toBe('silent');
});
