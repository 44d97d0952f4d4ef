/** Rules as requests meet them: where they go, what is written into them, what is refused, and what the log keeps of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PolicyLab, type Rules, startPolicyLab } from '../support/policy-lab.ts';
import { postsTo, type ScriptedUpstream } from '../support/scripted-upstream.ts';

let lab: PolicyLab;

beforeAll(async () => {
  lab = await startPolicyLab();
});

afterAll(async () => {
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway/);
  await lab.stop();
});

beforeEach(() => lab.reset());

const lastBody = (upstream: ScriptedUpstream): unknown => postsTo(upstream).at(-1)?.json();

describe('a rule', () => {
  test('decides where a request goes, is named on its answer and in the log', async () => {
    await lab.apply([{ name: 'Übersetzung: to other', when: { header: { 'x-team': 'words' } }, use: 'other/n' }]);
    const moved = await lab.ask({ headers: { 'x-team': 'words' } });
    expect(moved.headers.get('x-gatehouse-provider')).toBe('other');
    expect(moved.headers.get('x-gatehouse-rule')).toBe('%C3%9Cbersetzung: to other');
    expect(await lab.rowOf(moved.id)).toMatchObject({
      rule: 'Übersetzung: to other',
      provider: 'other',
      model: 'n',
      decisionKept: true,
    });
    const stayed = await lab.ask();
    expect(stayed.headers.get('x-gatehouse-rule')).toBe('none');
    expect(await lab.rowOf(stayed.id)).toMatchObject({ rule: null, provider: 'one' });
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
    await lab.apply([{ name: 'closed', deny: 'Not on this machine.' }]);
    const asked = lab.one.requests.length + lab.other.requests.length;
    const refused = await lab.ask({ path, body: { max_tokens: 5, input: 'a', contents: [{ parts: [{ text: 'a' }] }] } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.answer).toMatchObject(error);
    expect(await lab.rowOf(refused.id)).toMatchObject({
      state: 'rejected',
      rule: 'closed',
      errorKind: 'denied-by-policy',
      attempts: 0,
    });
    expect(lab.one.requests.length + lab.other.requests.length).toBe(asked);
  });

  test('whose targets all read less than the prompt refuses it by the code that programs shorten it for', async () => {
    const targets = ['priced/gpt-4', 'priced/gpt-3.5-turbo'];
    const provider = { id: 'priced', kind: 'openai' as const, baseUrl: lab.one.baseUrl, forwards: true };
    const providers = [...(lab.base.providers ?? []), provider];
    await lab.gateway.call('secrets.set', { name: 'k', value: 'k' });
    const keyed = providers.map((one) => (one.id === 'priced' ? { ...one, keys: ['vault:k'] } : one));
    const rules = [{ name: 'short', use: targets }];
    await lab.gateway.call('config.apply', { config: { ...lab.base, providers: keyed, policy: { rules } } });
    const asked = lab.one.requests.length;
    const messages = [{ role: 'user', content: 'word '.repeat(60_000) }];
    const refused = await lab.ask({ body: { messages } });
    expect(refused).toMatchObject({ status: 400, answer: { error: { code: 'context_length_exceeded' } } });
    expect(lab.one.requests.slice(asked).filter(({ method }) => method === 'POST')).toEqual([]);
    expect((await lab.ask()).headers.get('x-gatehouse-model')).toBe('gpt-4');
  });

  test('writes its settings into the bytes that pass through, and into a translation', async () => {
    const parameters = { defaults: { seed: 7 }, overrides: { temperature: 0 }, caps: { maxOutputTokens: 50 } };
    await lab.apply([{ name: 'steady', parameters }]);
    const passed = await lab.ask({ model: 'one/m', body: { max_tokens: 900, temperature: 1, zeta: [1.0] } });
    expect(lastBody(lab.one)).toMatchObject({ model: 'm', max_tokens: 50, temperature: 0, seed: 7, zeta: [1] });
    expect((await lab.rowOf(passed.id)).fidelity).toBeNull();
    await lab.ask({ model: 'one/m', path: '/v1/messages', body: { max_tokens: 900 } });
    expect(lastBody(lab.one)).toMatchObject({ model: 'm', max_tokens: 50, temperature: 0, seed: 7 });
  });

  test('limits the attempts and says which target is asked when the first is overloaded', async () => {
    await lab.apply([{ name: 'careful', use: 'one/m', fallbacks: { overload: ['other/n'] }, limits: { attempts: 2 } }]);
    lab.one.use(() => [...jsonError(503)]);
    const asked = await lab.ask();
    expect(asked.status).toBe(200);
    const { attemptList } = await lab.rowOf(asked.id);
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
    await lab.apply(pinned);
    const asked = lab.one.requests.length;
    const headers = { 'x-gatehouse-sensitivity': 'private' };
    const refused = await lab.ask({ headers });
    expect(refused.status).toBe(404);
    await lab.apply(pinned.slice(1));
    expect((await lab.ask({ model: 'one/m', headers })).status).toBe(404);
    expect((await lab.ask({ model: 'demo/hello', headers })).status).toBe(200);
    expect((await lab.ask({ headers })).headers.get('x-gatehouse-provider')).toBe('other');
    expect(lab.one.requests.length).toBe(asked);
  });

  test('goes by the sensitivity of a client’s key, which a request cannot lower', async () => {
    await lab.apply([{ name: 'private stays', when: { sensitivity: 'private' }, pin: 'local' }]);
    const { key, id } = await lab.gateway.call('clients.create', { name: 'diary', sensitivity: 'private' });
    const headers = { 'x-gatehouse-sensitivity': 'normal' };
    expect((await lab.ask({ model: 'one/m', key, headers })).status).toBe(404);
    await lab.gateway.call('clients.update', { id, sensitivity: 'normal' });
    expect((await lab.ask({ model: 'one/m', key, headers })).status).toBe(200);
    expect((await lab.gateway.call('clients.list', {})).items.find((client) => client.id === id)).toMatchObject({
      sensitivity: 'normal',
      strict: false,
    });
  });

  test('keeps a session with the target that answered it, and takes turns for others', async () => {
    const targets = ['one/m', 'other/m'];
    await lab.apply([{ name: 'turns', use: { strategy: 'round-robin', targets, sticky: 'session' } }]);
    const by = async (session: string) =>
      (await lab.ask({ headers: { 'x-session-id': session } })).headers.get('x-gatehouse-provider');
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
