/** Which requests make their provider do something, so that a copy would do it a second time. */
import { describe, expect, test } from 'vitest';
import { anthropicMessages, gemini, ollama, openAiChat, openAiResponses } from '../../../../gateway/dialects/index.ts';
import type { Dialect } from '../../../../gateway/dialects/dialect.ts';
import { letsProviderAct } from '../../../../gateway/exchange/shadow/acting-tools.ts';

function acts(dialect: Dialect, fields: object): boolean {
  const place = dialect === gemini ? { model: 'm', stream: false } : { model: null, stream: null };
  return letsProviderAct(dialect.readRequest([Buffer.from(JSON.stringify({ model: 'm', ...fields }))], place));
}

describe('a provider acts for', () => {
  test.each<[string, Dialect, object]>([
    ['a remote server in the Responses format', openAiResponses, { tools: [{ type: 'mcp', server_url: 'https://x.example' }] }],
    ['a search beside functions', openAiResponses, { tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] }],
    ['code that it runs', openAiResponses, { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
    ['work that goes on after the answer', openAiResponses, { background: true }],
    ['a search in the chat format', openAiChat, { web_search_options: {} }],
    ["OpenRouter's plugins", openAiChat, { plugins: [{ id: 'web' }] }],
    ["Anthropic's servers", anthropicMessages, { mcp_servers: [{ type: 'url', url: 'https://x.example', name: 'x' }] }],
    ["Anthropic's search", anthropicMessages, { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ["Gemini's search", gemini, { tools: [{ functionDeclarations: [{ name: 'f' }] }, { googleSearch: {} }] }],
    ['code beside declarations in one entry', gemini, { tools: [{ function_declarations: [], code_execution: {} }] }],
  ])('%s', (_what, dialect, fields) => {
    expect(acts(dialect, fields)).toBe(true);
  });
});

describe('nobody but the client acts for', () => {
  test.each<[string, Dialect, object]>([
    ['a plain request', openAiChat, { messages: [] }],
    ['functions', openAiChat, { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['functions and free forms in the Responses format', openAiResponses, { tools: [{ type: 'function' }, { type: 'custom' }] }],
    [
      "Anthropic's, which need no type",
      anthropicMessages,
      {
        tools: [
          { name: 'f', input_schema: {} },
          { type: 'custom', name: 'g' },
        ],
      },
    ],
    [
      "Gemini's declarations, in both spellings",
      gemini,
      { tools: [{ functionDeclarations: [] }, { function_declarations: [] }] },
    ],
    ["Ollama's", ollama, { tools: [{ type: 'function', function: { name: 'f' } }] }],
    [
      'words that only speak of it',
      openAiChat,
      { messages: [{ role: 'user', content: '"tools": [{"type":"mcp"}]' }], tools: [] },
    ],
    ['empty lists', anthropicMessages, { tools: [], mcp_servers: [], plugins: null, background: false }],
  ])('%s', (_what, dialect, fields) => {
    expect(acts(dialect, fields)).toBe(false);
  });
});
