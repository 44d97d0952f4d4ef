/** What may be asked of decisions: why, what if, whether a policy is sound, and how targets stand. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PolicyLab, type Rules, startPolicyLab } from '../support/policy-lab.ts';
import { startGateway } from '../support/start-gateway.ts';

let lab: PolicyLab;

beforeAll(async () => {
  lab = await startPolicyLab();
});

afterAll(async () => {
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway/);
  await lab.stop();
});

beforeEach(() => lab.reset());

describe('decision.explain', () => {
  const code: Rules = [{ name: 'code to other', when: { task: 'code' }, use: 'other/n' }];
  const fenced = { model: 'fast', messages: [{ role: 'user', content: '```js\n1\n```' }] };

  test('a pasted request is read as its door would, by its headers and the name of its client', async () => {
    await lab.apply([...code, { name: 'ada is private', when: { client: 'ada' }, pin: 'local' }]);
    await lab.gateway.call('clients.create', { name: 'ada', sensitivity: 'secret' });
    expect(await lab.gateway.call('decision.explain', { request: fenced })).toMatchObject({
      resolvedAs: 'rule',
      rule: 'code to other',
      targets: ['other/n'],
      features: { task: 'code', sensitivity: 'normal', inputTokens: expect.any(Number), session: expect.any(String) },
      rules: [{ matched: true, effects: ['use'] }, { matched: false }],
    });
    const said = await lab.gateway.call('decision.explain', {
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
    expect(await lab.gateway.call('decision.explain', { request: gemini, dialect: 'gemini' })).toMatchObject({
      requestedModel: 'fast',
    });
  });

  test('a request of the log is explained as it was decided, after the rules changed and the gateway forgot', async () => {
    const { version } = await lab.apply(code);
    const { id } = await lab.ask({ body: fenced });
    const then = await lab.gateway.call('decision.explain', { id, counterfactuals: false });
    expect(then).toMatchObject({ rule: 'code to other', configVersion: version, targets: ['other/n'] });
    await lab.apply([{ name: 'all to one', use: 'one/m' }]);
    expect(await lab.gateway.call('decision.explain', { id, counterfactuals: false })).toEqual(then);
    expect(await lab.gateway.call('decision.explain', { id, at: 'now' })).toMatchObject({
      rule: 'all to one',
      targets: ['one/m'],
    });
    const draft = { rules: [{ name: 'draft', when: { task: 'code' }, use: 'one/n' }] };
    expect(await lab.gateway.call('decision.explain', { id, policy: draft })).toMatchObject({
      rule: 'draft',
      targets: ['one/n'],
    });
  });

  test('a draft may hold aliases of its own, and one that cannot be read names the place', async () => {
    await lab.apply([]);
    const policy = { rules: [{ name: 'a', use: 'mine' }], aliases: { mine: { targets: ['other/m'] } } };
    expect(await lab.gateway.call('decision.explain', { request: { model: 'x' }, policy })).toMatchObject({
      targets: ['other/m'],
    });
    const broken = lab.gateway.call('decision.explain', { request: { model: 'x' }, policy: { rules: [{ name: 'a', uze: 1 }] } });
    await expect(broken).rejects.toMatchObject({ kind: 'invalid', field: expect.stringMatching(/^policy\.rules\.0/) });
  });

  test('what cannot be explained says why: an unknown id, nothing kept, a request that its door refuses', async () => {
    await expect(lab.gateway.call('decision.explain', { id: 'req_00000000001' })).rejects.toMatchObject({
      kind: 'not-found',
      field: 'id',
    });
    const response = await fetch(`${lab.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${lab.gateway.clientKey}`, 'content-type': 'application/json' },
      body: '{"model":7}',
    });
    const id = response.headers.get('x-request-id') ?? '';
    await expect(lab.gateway.call('decision.explain', { id })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('not kept'),
    });
    const streamy = { model: 'fast', stream: 'yes' };
    await expect(lab.gateway.call('decision.explain', { request: streamy })).rejects.toMatchObject({
      kind: 'invalid',
      field: 'request.stream',
    });
    await expect(lab.gateway.call('decision.explain', {})).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('hostile input is data: names that objects have anyway, and a body as deep as a door allows', async () => {
    const request = JSON.parse('{"model":"__proto__","metadata":{"__proto__":"a","constructor":"b"},"messages":[]}') as {
      model: string;
    };
    const headers = { __proto__: 'a', constructor: 'b', 'x-gatehouse-task': 'x'.repeat(10_000) };
    const trace = await lab.gateway.call('decision.explain', { request, headers, client: 'hasOwnProperty' });
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
  const { problems, sentences } = await lab.gateway.call('policy.validate', { rules });
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ path }) => path);
  expect(errors).toEqual(['policy.rules.0.use', 'policy.rules.1.when.model.matches']);
  expect(sentences).toHaveLength(3);
  expect(sentences[2]).toMatch(/one\/m/);
  const refused = lab.gateway.call('config.apply', { config: { ...lab.base, policy: { rules } } });
  await expect(refused).rejects.toMatchObject({ kind: 'invalid', field: 'policy.rules.0.use' });
  const formless = await lab.gateway.call('policy.validate', { rules: [7, { name: 'a' }] });
  expect(formless.problems.map(({ path }) => path)).toContain('policy.rules.0');
  expect(formless.sentences).toEqual([null, null]);
});

test('targets.list tells how those that were asked stand, key by key', async () => {
  const keys = ['env:KEY_A', 'env:KEY_B'];
  const keyed = lab.base.providers?.map((provider) => (provider.id === 'other' ? { ...provider, keys } : provider));
  await using own = await startGateway({
    config: { ...lab.base, ...(keyed ? { providers: keyed } : {}) },
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
