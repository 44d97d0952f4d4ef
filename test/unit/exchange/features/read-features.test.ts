/** What the decision is told of a request: who speaks, for what, how privately, in which session; and nothing nobody asked for. */
import { plainTerms } from '../../../../gateway/contract/client-terms.ts';
import { describe, expect, test } from 'vitest';
import type { LooksAt } from '../../../../gateway/decision/policy/compiled-policy.ts';
import type { DialectName } from '../../../../gateway/dialects/dialect.ts';
import { dialects } from '../../../../gateway/dialects/index.ts';
import type { AskedRequest } from '../../../../gateway/exchange/features/asked-request.ts';
import { readFeatures } from '../../../../gateway/exchange/features/read-features.ts';

const everything: LooksAt = {
  headers: ['x-team'],
  metadata: ['team'],
  client: true,
  task: true,
  sensitivity: true,
  inputTokens: true,
  maxOutputTokens: true,
  stream: true,
  tools: true,
  images: true,
  schema: true,
  reasoning: true,
  session: true,
};
const nothing: LooksAt = Object.assign(
  Object.fromEntries(Object.keys(everything).map((name) => [name, false])) as unknown as LooksAt,
  { headers: [], metadata: [] },
);

type Asked = Partial<Omit<AskedRequest, 'dialect' | 'request'>> & { dialect?: DialectName; body?: object };

function ask({ dialect: name = 'openai-chat', body = {}, client = null, clientHeaders = {} }: Asked): AskedRequest {
  const dialect = dialects.get(name);
  if (!dialect) throw new Error(`There is no dialect ${name}.`);
  const place = name.startsWith('gemini') ? { model: 'm', stream: false } : { model: null, stream: null };
  const request = dialect.readRequest([Buffer.from(JSON.stringify({ model: 'm', ...body }))], place);
  return { dialect, request, client, clientHeaders };
}

const read = (asked: Asked) => readFeatures(ask(asked), everything);

describe('the task', () => {
  const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
  const picture = user([{ type: 'image_url', image_url: { url: 'https://h/a.png' } }]);

  test.each<[string, Asked]>([
    ['embedding', { dialect: 'openai-embeddings', body: { input: 'a' } }],
    ['vision', { body: { ...picture, response_format: { type: 'json_object' } } }],
    ['extraction', { body: { response_format: { type: 'json_object' } }, clientHeaders: { 'user-agent': 'codex_cli_rs/1.0' } }],
    ['code', { clientHeaders: { 'user-agent': 'claude-cli/2.0 (external, cli)' }, body: { tools: [{}] } }],
    ['code', { body: user('Mend this:\n```ts\nlet a\n```') }],
    ['long-context', { body: user('word '.repeat(40_001)) }],
    ['tools', { body: { ...user('Which day is it?'), tools: [{}] } }],
    [
      'chat',
      {
        body: {
          messages: [
            { role: 'assistant', content: '```' },
            { role: 'user', content: 'thanks' },
          ],
        },
      },
    ],
  ])('is inferred as %s', (task, asked) => {
    expect(read(asked)).toMatchObject({ task, taskSaid: false });
  });

  test('is what the client says: in its header before its metadata, and before anything inferred', () => {
    const body = { ...picture, metadata: { task: 'Review' } };
    expect(read({ body })).toMatchObject({ task: 'review', taskSaid: true });
    expect(read({ body, clientHeaders: { 'x-gatehouse-task': ' Triage ' } })).toMatchObject({ task: 'triage', taskSaid: true });
    expect(read({ body: { metadata: { task: 'x'.repeat(65) } } })).toMatchObject({ task: 'chat', taskSaid: false });
  });
});

describe('the sensitivity', () => {
  const client = (sensitivity: 'normal' | 'private' | 'secret') => ({ ...plainTerms, id: 'c', name: 'c', sensitivity });
  test.each([
    ['normal', undefined, 'normal'],
    ['private', undefined, 'private'],
    ['private', 'normal', 'private'],
    ['private', 'Secret', 'secret'],
    ['secret', 'normal', 'secret'],
    ['normal', 'private', 'private'],
    ['normal', 'confidential', 'secret'],
    ['normal', ' ', 'normal'],
  ] as const)('of a %s key whose request says %s is %s: a request can only raise it', (own, said, expected) => {
    const clientHeaders = said === undefined ? {} : { 'x-gatehouse-sensitivity': said };
    expect(read({ client: client(own), clientHeaders }).sensitivity).toBe(expected);
  });

  test('of a request without a key is normal, or what it says', () => {
    expect(read({}).sensitivity).toBe('normal');
    expect(read({ clientHeaders: { 'x-gatehouse-sensitivity': 'private' } }).sensitivity).toBe('private');
  });
});

describe('the session', () => {
  const opening = {
    messages: [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'U' },
    ],
  };
  const names: readonly Asked[] = [
    { clientHeaders: { 'x-session-id': 'one' } },
    { body: { session_id: 'two' } },
    { body: { prompt_cache_key: 'three' } },
    { clientHeaders: { 'x-claude-code-session-id': 'four' } },
    { clientHeaders: { 'session-id': 'five' } },
    { clientHeaders: { session_id: 'six' } },
    { clientHeaders: { 'x-session-affinity': 'seven' } },
  ];

  test('is the first name that the client gives it, in their order', () => {
    const found = names.map((_, place) => {
      const rest = names.slice(place);
      const clientHeaders = Object.assign({}, ...rest.map((asked) => asked.clientHeaders ?? {}));
      const body = Object.assign({}, ...rest.map((asked) => asked.body ?? {}));
      return read({ clientHeaders, body: { ...opening, ...body } }).session;
    });
    const alone = names.map((asked) => read({ ...asked, body: { ...opening, ...asked.body } }).session);
    expect(found).toEqual(alone);
    expect(new Set(found).size).toBe(names.length);
  });

  test('is a short hash, never the name itself, and another for every client', () => {
    const of = (id: string) =>
      read({ client: { ...plainTerms, id, name: id }, clientHeaders: { 'x-session-id': 'my-name' } }).session;
    expect(of('a')).toMatch(/^[\w-]{16}$/);
    expect(of('a')).not.toBe(of('b'));
  });

  test('is the conversation’s beginning where nothing names it, however it goes on', () => {
    const later = { messages: [...opening.messages, { role: 'assistant', content: 'A' }, { role: 'user', content: 'V' }] };
    expect(read({ body: later }).session).toBe(read({ body: opening }).session);
    expect(read({ body: { messages: [{ role: 'user', content: 'other' }] } }).session).not.toBe(read({ body: opening }).session);
    expect(read({ body: { messages: [] } }).session).toBeNull();
  });

  test('of an opening is not the one of a client that calls its session so', () => {
    const named = read({ clientHeaders: { 'x-session-id': JSON.stringify(['S', 'U']) } }).session;
    expect(named).not.toBe(read({ body: opening }).session);
  });
});

test('of headers and metadata only those that the policy looks at are read, and no endless ones', () => {
  const clientHeaders = { 'x-team': ['a', 'b'] as unknown as string, authorization: 'Bearer llmgw_x', 'x-other': 'c' };
  const { headers, metadata } = read({ clientHeaders, body: { metadata: { team: 'x'.repeat(2_000), other: 'y' } } });
  expect(headers).toEqual({ 'x-team': 'a, b' });
  expect(metadata.team).toHaveLength(512);
  expect(Object.keys(metadata)).toEqual(['team']);
});

test.each([
  ['Übersetzung', Buffer.from('Übersetzung').toString('latin1'), 'Übersetzung'],
  ['as Latin-1', 'M\u00fcller', 'Müller'],
])('a header beyond ASCII is read as it was written: %s', (_how, sent, meant) => {
  expect(read({ clientHeaders: { 'x-team': sent } }).headers).toEqual({ 'x-team': meant });
});

test('metadata that is a number or a truth value is read as its text', () => {
  for (const [value, text] of [
    [true, 'true'],
    [7, '7'],
    ['', ''],
  ] as const) {
    expect(read({ body: { metadata: { team: value } } }).metadata).toEqual({ team: text });
  }
  for (const value of [null, ['a'], { a: 1 }]) expect(read({ body: { metadata: { team: value } } }).metadata).toEqual({});
});

test('what nothing depends on is not read: a body that could not be parsed further is not touched', () => {
  const asked = ask({ body: { max_tokens: 9, tools: [{}], metadata: { team: 'a' } } });
  const untouchable: AskedRequest['request'] = {
    ...asked.request,
    parse: () => expect.unreachable('parsed'),
    holds: () => expect.unreachable('searched'),
    measure: () => expect.unreachable('measured'),
  };
  expect(readFeatures({ ...asked, request: untouchable }, nothing)).toMatchObject({
    requestedModel: 'm',
    dialect: 'openai-chat',
    task: 'chat',
    inputTokens: 0,
    maxOutputTokens: null,
    tools: false,
    session: null,
    headers: {},
    metadata: {},
    pinnedBefore: null,
  });
});
