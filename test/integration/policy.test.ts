/** Rules as requests meet them: where they go, what is written into them, what is refused, and what the log keeps of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

type Rules = NonNullable<NonNullable<GatewayConfigDocument['policy']>['rules']>;

let one: ScriptedUpstream;
let other: ScriptedUpstream;
let gateway: RunningGateway;
let base: GatewayConfigDocument;

beforeAll(async () => {
  one = await startScriptedUpstream(openAiScript({ text: 'one' }));
  other = await startScriptedUpstream(openAiScript({ text: 'other' }));
  const provider = (id: string, baseUrl: string) => ({ id, kind: 'openai-compatible' as const, baseUrl, models: ['m', 'n'] });
  base = {
    version: 1,
    providers: [
      { ...provider('one', one.baseUrl), forwards: true },
      provider('other', other.baseUrl),
      { id: 'demo', kind: 'demo' },
    ],
    aliases: { fast: { targets: ['one/m', 'other/m'] } },
  };
  gateway = await startGateway({ config: base });
});

afterAll(async () => {
  expect(gateway.stderr).not.toMatch(/fault of the gateway/);
  await gateway.stop();
  await Promise.all([one.stop(), other.stop()]);
});

beforeEach(() => {
  one.use(openAiScript({ text: 'one' }));
  other.use(openAiScript({ text: 'other' }));
});

const apply = (rules: Rules, change: Partial<GatewayConfigDocument> = {}) =>
  gateway.call('config.apply', { config: { ...base, ...change, policy: { rules } } });

interface Asking {
  readonly model?: string;
  readonly path?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
}

async function ask({ model = 'fast', path = '/v1/chat/completions', body = {}, headers = {}, key }: Asking = {}) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key ?? gateway.clientKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say something.' }], ...body }),
  });
  const answer: unknown = await response.json();
  const id = response.headers.get('x-request-id') ?? '';
  return { status: response.status, headers: response.headers, answer, id };
}

const rowOf = (id: string): Promise<RequestDetail> => gateway.call('requests.get', { id });
const lastBody = (upstream: ScriptedUpstream): unknown => upstream.requests.findLast(({ method }) => method === 'POST')?.json();

describe('a rule', () => {
  test('decides where a request goes, is named on its answer and in the log', async () => {
    await apply([{ name: 'Übersetzung: to other', when: { header: { 'x-team': 'words' } }, use: 'other/n' }]);
    const moved = await ask({ headers: { 'x-team': 'words' } });
    expect(moved.headers.get('x-gatehouse-provider')).toBe('other');
    expect(moved.headers.get('x-gatehouse-rule')).toBe('%C3%9Cbersetzung: to other');
    expect(await rowOf(moved.id)).toMatchObject({
      rule: 'Übersetzung: to other',
      provider: 'other',
      model: 'n',
      decisionKept: true,
    });
    const stayed = await ask();
    expect(stayed.headers.get('x-gatehouse-rule')).toBe('none');
    expect(await rowOf(stayed.id)).toMatchObject({ rule: null, provider: 'one' });
  });

  test.each([
    ['/v1/chat/completions', { error: { message: 'Not on this machine.', code: 'denied_by_policy' } }],
    ['/v1/responses', { error: { message: 'Not on this machine.', code: 'denied_by_policy' } }],
    ['/v1/messages', { type: 'error', error: { type: 'permission_error', message: 'Not on this machine.' } }],
    [
      '/v1beta/models/fast:generateContent',
      { error: { code: 403, message: 'Not on this machine.', status: 'PERMISSION_DENIED' } },
    ],
    ['/api/chat', { error: 'Not on this machine.' }],
  ])('that denies refuses in the words of %s, and nobody is asked', async (path, error) => {
    await apply([{ name: 'closed', deny: 'Not on this machine.' }]);
    const asked = one.requests.length + other.requests.length;
    const refused = await ask({ path, body: { max_tokens: 5, input: 'a', contents: [{ parts: [{ text: 'a' }] }] } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.answer).toMatchObject(error);
    expect(await rowOf(refused.id)).toMatchObject({
      state: 'rejected',
      rule: 'closed',
      errorKind: 'denied-by-policy',
      attempts: 0,
    });
    expect(one.requests.length + other.requests.length).toBe(asked);
  });

  test('writes its settings into the bytes that pass through, and into a translation', async () => {
    const parameters = { defaults: { seed: 7 }, overrides: { temperature: 0 }, caps: { maxOutputTokens: 50 } };
    await apply([{ name: 'steady', parameters }]);
    const passed = await ask({ model: 'one/m', body: { max_tokens: 900, temperature: 1, zeta: [1.0] } });
    expect(lastBody(one)).toMatchObject({ model: 'm', max_tokens: 50, temperature: 0, seed: 7, zeta: [1] });
    expect((await rowOf(passed.id)).fidelity).toBeNull();
    await ask({ model: 'one/m', path: '/v1/messages', body: { max_tokens: 900 } });
    expect(lastBody(one)).toMatchObject({ model: 'm', max_tokens: 50, temperature: 0, seed: 7 });
  });

  test('limits the attempts and says which target is asked when the first is overloaded', async () => {
    await apply([{ name: 'careful', use: 'one/m', fallbacks: { overload: ['other/n'] }, limits: { attempts: 2 } }]);
    one.use(() => [...jsonError(503)]);
    const asked = await ask();
    expect(asked.status).toBe(200);
    const { attemptList } = await rowOf(asked.id);
    expect(attemptList).toMatchObject([
      { provider: 'one', status: 503, cause: 'first' },
      {
        provider: 'other',
        model: 'n',
        status: 200,
        cause: 'fallback-overload',
        key: null,
        waitedMs: 0,
        headMs: expect.any(Number),
      },
    ]);
  });

  test('keeps a request on this machine whatever name, alias, rule or fallback says otherwise', async () => {
    const pinned: Rules = [
      { name: 'away', use: 'one/m', fallbacks: { overload: ['one/n'] } },
      { name: 'private stays', when: { sensitivity: ['private', 'secret'] }, pin: 'local' },
    ];
    await apply(pinned);
    const asked = one.requests.length;
    const headers = { 'x-gatehouse-sensitivity': 'private' };
    const refused = await ask({ headers });
    expect(refused.status).toBe(404);
    await apply(pinned.slice(1));
    expect((await ask({ model: 'one/m', headers })).status).toBe(404);
    expect((await ask({ model: 'demo/hello', headers })).status).toBe(200);
    expect((await ask({ headers })).headers.get('x-gatehouse-provider')).toBe('other');
    expect(one.requests.length).toBe(asked);
  });

  test('goes by the sensitivity of a client’s key, which a request cannot lower', async () => {
    await apply([{ name: 'private stays', when: { sensitivity: 'private' }, pin: 'local' }]);
    const { key, id } = await gateway.call('clients.create', { name: 'diary', sensitivity: 'private' });
    const headers = { 'x-gatehouse-sensitivity': 'normal' };
    expect((await ask({ model: 'one/m', key, headers })).status).toBe(404);
    await gateway.call('clients.update', { id, sensitivity: 'normal' });
    expect((await ask({ model: 'one/m', key, headers })).status).toBe(200);
    expect((await gateway.call('clients.list', {})).items.find((client) => client.id === id)).toMatchObject({
      sensitivity: 'normal',
      strict: false,
    });
  });

  test('keeps a session with the target that answered it, and takes turns for others', async () => {
    const targets = ['one/m', 'other/m'];
    await apply([{ name: 'turns', use: { strategy: 'round-robin', targets, sticky: 'session' } }]);
    const by = async (session: string) =>
      (await ask({ headers: { 'x-session-id': session } })).headers.get('x-gatehouse-provider');
    const first = await by('a');
    const second = await by('b');
    expect([first, second].sort()).toEqual(['one', 'other']);
    for (let turn = 0; turn < 3; turn += 1) expect([await by('a'), await by('b')]).toEqual([first, second]);
  });
});

function jsonError(status: number) {
  const text = JSON.stringify({ error: { message: 'overloaded', type: 'server_error', code: null } });
  return [
    {
      write: `HTTP/1.1 ${status} Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    },
    { end: 'keep' },
  ] as const;
}

describe('decision.explain', () => {
  const code: Rules = [{ name: 'code to other', when: { task: 'code' }, use: 'other/n' }];
  const fenced = { model: 'fast', messages: [{ role: 'user', content: '```js\n1\n```' }] };

  test('a pasted request is read as its door would, by its headers and the name of its client', async () => {
    await apply([...code, { name: 'ada is private', when: { client: 'ada' }, pin: 'local' }]);
    await gateway.call('clients.create', { name: 'ada', sensitivity: 'secret' });
    expect(await gateway.call('decision.explain', { request: fenced })).toMatchObject({
      resolvedAs: 'rule',
      rule: 'code to other',
      targets: ['other/n'],
      features: { task: 'code', sensitivity: 'normal', inputTokens: expect.any(Number), session: expect.any(String) },
      rules: [{ matched: true, effects: ['use'] }, { matched: false }],
    });
    const said = await gateway.call('decision.explain', {
      request: { model: 'fast', input: 'a', max_output_tokens: 9, tools: [{ type: 'function', name: 'f' }] },
      dialect: 'openai-responses',
      client: 'ada',
      headers: { 'X-Gatehouse-Task': 'code' },
    });
    expect(said).toMatchObject({
      pinnedBy: 'ada is private',
      features: { client: 'ada', task: 'code', taskSaid: true, sensitivity: 'secret', tools: true, maxOutputTokens: 9 },
    });
    const gemini = { model: 'fast', contents: [{ parts: [{ text: 'a' }] }] };
    expect(await gateway.call('decision.explain', { request: gemini, dialect: 'gemini' })).toMatchObject({
      requestedModel: 'fast',
    });
  });

  test('a request of the log is explained as it was decided, after the rules changed and the gateway forgot', async () => {
    const { version } = await apply(code);
    const { id } = await ask({ body: fenced });
    const then = await gateway.call('decision.explain', { id, counterfactuals: false });
    expect(then).toMatchObject({ rule: 'code to other', configVersion: version, targets: ['other/n'] });
    await apply([{ name: 'all to one', use: 'one/m' }]);
    expect(await gateway.call('decision.explain', { id, counterfactuals: false })).toEqual(then);
    expect(await gateway.call('decision.explain', { id, at: 'now' })).toMatchObject({ rule: 'all to one', targets: ['one/m'] });
    const draft = { rules: [{ name: 'draft', when: { task: 'code' }, use: 'one/n' }] };
    expect(await gateway.call('decision.explain', { id, policy: draft })).toMatchObject({ rule: 'draft', targets: ['one/n'] });
  });

  test('a draft may hold aliases of its own, and one that cannot be read names the place', async () => {
    await apply([]);
    const policy = { rules: [{ name: 'a', use: 'mine' }], aliases: { mine: { targets: ['other/m'] } } };
    expect(await gateway.call('decision.explain', { request: { model: 'x' }, policy })).toMatchObject({ targets: ['other/m'] });
    const broken = gateway.call('decision.explain', { request: { model: 'x' }, policy: { rules: [{ name: 'a', uze: 1 }] } });
    await expect(broken).rejects.toMatchObject({ kind: 'invalid', field: expect.stringMatching(/^policy\.rules\.0/) });
  });

  test('what cannot be explained says why: an unknown id, nothing kept, a request that its door refuses', async () => {
    await expect(gateway.call('decision.explain', { id: 'req_00000000001' })).rejects.toMatchObject({
      kind: 'not-found',
      field: 'id',
    });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
      body: '{"model":7}',
    });
    const id = response.headers.get('x-request-id') ?? '';
    await expect(gateway.call('decision.explain', { id })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('not kept'),
    });
    const streamy = { model: 'fast', stream: 'yes' };
    await expect(gateway.call('decision.explain', { request: streamy })).rejects.toMatchObject({
      kind: 'invalid',
      field: 'request.stream',
    });
    await expect(gateway.call('decision.explain', {})).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('hostile input is data: names that objects have anyway, and a body as deep as a door allows', async () => {
    const request = JSON.parse('{"model":"__proto__","metadata":{"__proto__":"a","constructor":"b"},"messages":[]}') as {
      model: string;
    };
    const headers = { __proto__: 'a', constructor: 'b', 'x-gatehouse-task': 'x'.repeat(10_000) };
    const trace = await gateway.call('decision.explain', { request, headers, client: 'hasOwnProperty' });
    expect(trace).toMatchObject({ requestedModel: '__proto__', resolvedAs: 'unknown', targets: [], features: { task: 'chat' } });
    expect(trace.refusal).toMatch(/not known/);
  });
});

test('policy.validate finds what config.apply would refuse, at its place, and says each sound rule in a sentence', async () => {
  const rules = [
    { name: 'code', when: { task: 'code' }, use: 'nowhere/m' },
    { name: 'broken', when: { model: { matches: '(' } }, deny: 'no' },
    { name: 'fine', when: { task: 'chat' }, use: 'one/m' },
  ];
  const { problems, sentences } = await gateway.call('policy.validate', { rules });
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ path }) => path);
  expect(errors).toEqual(['policy.rules.0.use', 'policy.rules.1.when.model.matches']);
  expect(sentences).toHaveLength(3);
  expect(sentences[2]).toMatch(/one\/m/);
  const refused = gateway.call('config.apply', { config: { ...base, policy: { rules } } });
  await expect(refused).rejects.toMatchObject({ kind: 'invalid', field: 'policy.rules.0.use' });
  const formless = await gateway.call('policy.validate', { rules: [7, { name: 'a' }] });
  expect(formless.problems.map(({ path }) => path)).toContain('policy.rules.0');
  expect(formless.sentences).toEqual([null, null]);
});

test('targets.list tells how those that were asked stand, key by key', async () => {
  const keys = ['env:KEY_A', 'env:KEY_B'];
  const keyed = base.providers?.map((provider) => (provider.id === 'other' ? { ...provider, keys } : provider));
  await using own = await startGateway({
    config: { ...base, ...(keyed ? { providers: keyed } : {}) },
    environment: { KEY_A: 'a', KEY_B: 'b' },
  });
  expect(await own.call('targets.list', {})).toEqual({ items: [] });
  await fetch(`${own.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${own.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'other/m', stream: true, messages: [{ role: 'user', content: 'a' }] }),
  }).then((response) => response.text());
  const { items } = await own.call('targets.list', {});
  expect(items).toMatchObject(
    keys.map((key) => ({
      provider: 'other',
      model: 'm',
      key,
      failures: 0,
      state: { breaker: 'closed', key: 'ready', samples: 1 },
    })),
  );
});
