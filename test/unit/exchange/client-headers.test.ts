/** A client's headers go only where they mean something: an organisation of OpenAI's is nobody else's business. */
import { expect, test } from 'vitest';
import type { ProviderKind } from '../../../gateway/contract/config.ts';
import { openAiChat } from '../../../gateway/dialects/index.ts';
import { upstreamHeaders } from '../../../gateway/exchange/client-headers.ts';
import { provider } from '../discovery/scripted-send.ts';

const client = {
  'openai-beta': 'assistants=v2',
  'openai-organization': 'org-mine',
  'openai-project': 'proj-mine',
  'http-referer': 'https://app.example',
  'x-title': 'My app',
  cookie: 'session=1',
};

const passedTo = (kind: ProviderKind, headers: Readonly<Record<string, string>> = client) => {
  const baseUrl = kind === 'openai-compatible' ? { baseUrl: 'http://127.0.0.1:8000/v1' } : {};
  const candidate = { provider: provider({ kind, ...baseUrl }), headers: [] };
  const sent = upstreamHeaders({ candidate, wire: openAiChat, clientHeaders: headers, isTranslated: false, stream: true });
  return sent.filter((name) => Object.hasOwn(client, name));
};

test.each<[ProviderKind, string[]]>([
  ['openai', ['openai-organization', 'openai-project', 'openai-beta']],
  ['openrouter', ['http-referer', 'openai-beta']],
  ['openai-compatible', ['openai-beta']],
])('%s is sent no more than %j', (kind, names) => {
  expect(passedTo(kind)).toEqual(names);
});

test.each(['caf\u00e9', 'a\u0000', '', 'x'.repeat(1_025)])('a value that cannot be sent on stays here: %j', (value) => {
  expect(passedTo('openai', { ...client, 'openai-beta': value })).toEqual(['openai-organization', 'openai-project']);
});
