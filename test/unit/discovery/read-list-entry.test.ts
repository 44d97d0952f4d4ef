/** What a list calls its models and what it has them for. Entries are shortened from each provider's own list. */
import { expect, test } from 'vitest';
import { isNamedForEmbeddings, readListEntry } from '../../../gateway/discovery/read-list-entry.ts';

test.each([
  ['OpenAI', { id: 'gpt-5', created: 1_754_425_777, owned_by: 'system' }, { createdAtSeconds: 1_754_425_777 }],
  [
    'Anthropic',
    { type: 'model', id: 'claude-opus-4-1', display_name: 'Claude Opus 4.1', created_at: '2025-08-05T00:00:00Z' },
    { createdAtSeconds: 1_754_352_000, displayName: 'Claude Opus 4.1' },
  ],
  [
    'Gemini',
    { name: 'models/gemini-embedding-001', displayName: 'Gemini Embedding', supportedGenerationMethods: ['embedContent'] },
    { displayName: 'Gemini Embedding', embeddings: true },
  ],
  [
    'Gemini, for words',
    { name: 'models/g', supportedGenerationMethods: ['generateContent', 'countTokens'] },
    { embeddings: false },
  ],
  [
    'OpenRouter',
    { id: 'a/b', name: 'A: B', created: 1_760_000_000.9, architecture: { output_modalities: ['text'] } },
    { createdAtSeconds: 1_760_000_000, displayName: 'A: B', embeddings: false },
  ],
  ['Ollama', { name: 'qwen3:8b', modified_at: '2025-10-09T10:00:00.5+02:00' }, { createdAtSeconds: 1_759_996_800 }],
  [
    'Ollama, of its cloud',
    { name: 'mine:latest', remote_model: 'kimi-k2', remote_host: 'https://ollama.com:443' },
    { forwarded: true },
  ],
  ['Cohere', { name: 'embed-v4.0', endpoints: ['embed', 'classify'] }, { embeddings: true }],
  ['Together', { id: 'm', type: 'embedding', created: 0 }, { embeddings: true }],
  ['Mistral', { id: 'm', name: 'm', capabilities: { completion_chat: true } }, {}],
])('%s', (_who, entry, told) => {
  expect(readListEntry(entry)).toEqual(told);
});

test.each([
  null,
  7,
  'gpt',
  [],
  { created: -5, display_name: 7 },
  { created_at: 'yesterday', endpoints: [7, null] },
  { name: 'a\nb', id: 'a' },
])('nothing in %j', (entry) => {
  expect(readListEntry(entry)).toEqual({});
});

test('models that only make vectors are known by their names where no list says so', () => {
  const made = ['text-embedding-3-small', 'nomic-embed-text:latest', 'BAAI/bge-m3', 'all-minilm', 'voyage-3.5', 'embed'];
  const not = ['gpt-5', 'bge-reranker-v2-m3', 'voyager', 'gemma3:4b', 'e5'];
  expect(made.filter((id) => !isNamedForEmbeddings(id))).toEqual([]);
  expect(not.filter(isNamedForEmbeddings)).toEqual([]);
});
