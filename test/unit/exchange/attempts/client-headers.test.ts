/** A client's headers go only where they mean something: an organisation of OpenAI's is nobody else's business. */
import { expect, test } from 'vitest';
import type { ProviderKind } from '../../../../gateway/contract/config.ts';
import { dialects, openAiChat } from '../../../../gateway/dialects/index.ts';
import { upstreamHeaders } from '../../../../gateway/exchange/attempts/client-headers.ts';
import { provider } from '../../discovery/scripted-send.ts';

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

const formType = 'multipart/form-data; boundary=abc';

test.each([
  ['audio/transcriptions', formType, formType, '*/*'],
  ['images/edits', formType, formType, 'application/json'],
  ['images/edits', 'application/json; charset=utf-8', 'application/json', 'application/json'],
  ['audio/speech', 'application/json', 'application/json', '*/*'],
  ['moderations', formType, 'application/json', 'application/json'],
  ['openai-chat', formType, 'application/json', 'application/json'],
])('%s sent as %s goes on as %s, and takes %s', (name, type, sentAs, accepts) => {
  const wire = dialects.get(name);
  if (!wire) throw new Error(`no dialect ${name}`);
  const candidate = { provider: provider({ kind: 'openai' }), headers: [] };
  const clientHeaders = { ...client, 'content-type': type };
  const sent = upstreamHeaders({ candidate, wire, clientHeaders, isTranslated: false, stream: false });
  expect(sent.slice(0, 4)).toEqual(['content-type', sentAs, 'accept', accepts]);
});
