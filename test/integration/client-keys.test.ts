/** Client keys in use: rotated with an overlap, expired, revoked, and held to the models that they may use, whatever fails. */
import { rmSync } from 'node:fs';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PolicyLab, startPolicyLab } from '../support/policy-lab.ts';
import { postsTo } from '../support/scripted-upstream.ts';
import { shiftableClock, shiftClock } from '../support/shift-clock.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';

const minuteMs = 60_000;

describe('in time', () => {
  const dataDir = makeDataDir();
  const clockFile = `${dataDir}-clock`;
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ dataDir, environment: shiftableClock(clockFile) });
  });
  afterAll(async () => {
    await gateway.stop();
    for (const path of [dataDir, clockFile]) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  });
  beforeEach(() => shiftClock(gateway, clockFile, 0));

  const ask = async (key: string) => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo/hello', messages: [{ role: 'user', content: 'Hello.' }] }),
    });
    const { error } = (await response.json()) as { error?: { message: string; code: string } };
    return {
      status: response.status,
      message: error?.message ?? '',
      code: error?.code,
      id: response.headers.get('x-request-id') ?? '',
    };
  };

  test('a rotated key opens beside the older one for as long as was said, and both are the same program', async () => {
    const { id, key } = await gateway.call('clients.create', { name: 'agent', app: 'Some Editor' });
    const rotated = await gateway.call('clients.rotate', { id, overlapMinutes: 10 });
    for (const one of [key, rotated.key]) {
      const answer = await ask(one);
      expect(answer.status).toBe(200);
      expect(await gateway.call('requests.get', { id: answer.id })).toMatchObject({ clientId: id, clientName: 'agent' });
    }
    const listed = async () => (await gateway.call('clients.list', {})).items.find((item) => item.id === id);
    expect(await listed()).toMatchObject({
      app: 'Some Editor',
      prefix: rotated.key.slice(0, 12),
      keys: [
        { prefix: rotated.key.slice(0, 12), endsAtMs: null },
        { prefix: key.slice(0, 12), endsAtMs: rotated.olderEndAtMs },
      ],
    });
    expect((await listed())?.lastSeenAtMs).toBeGreaterThan(Date.now() - minuteMs);
    await shiftClock(gateway, clockFile, 11 * minuteMs);
    expect(await ask(key)).toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect((await ask(key)).message).toContain('was replaced by a newer one');
    expect((await ask(rotated.key)).status).toBe(200);
    expect((await listed())?.keys).toHaveLength(1);
  });

  test('an expired key is told so and what to do, a stranger’s is told what it always was, and more time lets it in again', async () => {
    const { id, key } = await gateway.call('clients.create', { name: 'guest', expiresAtMs: Date.now() + 5 * minuteMs });
    expect((await ask(key)).status).toBe(200);
    await shiftClock(gateway, clockFile, 6 * minuteMs);
    expect(await ask(key)).toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect((await ask(key)).message).toContain('has expired');
    expect((await ask(`llmgw_${'A'.repeat(43)}`)).message).toContain('A key of this gateway is needed');
    const apply = (requireKey: boolean) =>
      gateway.call('config.apply', { config: { version: 1, access: { requireKey }, providers: [{ id: 'demo', kind: 'demo' }] } });
    await apply(false);
    // Where nobody needs a key, one whose time is over must not come in as nobody, whom nothing is held to.
    expect([(await ask(key)).status, (await ask('')).status]).toEqual([401, 200]);
    await apply(true);
    await expect(gateway.call('clients.rotate', { id })).rejects.toMatchObject({ kind: 'not-found' });
    await gateway.call('clients.update', { id, expiresAtMs: null });
    expect((await ask(key)).status).toBe(200);
    const late = { name: 'late', expiresAtMs: 1_000 };
    await expect(gateway.call('clients.create', late)).rejects.toMatchObject({ kind: 'invalid', field: 'expiresAtMs' });
  });

  test('revoking ends every key of a client, and a restart keeps what was rotated, changed and revoked', async () => {
    const gone = await gateway.call('clients.create', { name: 'gone' });
    const goneToo = await gateway.call('clients.rotate', { id: gone.id, overlapMinutes: 60 });
    const kept = await gateway.call('clients.create', { name: 'kept' });
    const keptToo = await gateway.call('clients.rotate', { id: kept.id, overlapMinutes: 60 });
    const terms = { name: 'renamed', tier: 'low', app: 'App', strict: true, sensitivity: 'private' } as const;
    await gateway.call('clients.update', { id: kept.id, ...terms, allowedModels: ['demo/*'], limits: { requestsPerDay: 50 } });
    await gateway.call('clients.revoke', { id: gone.id });
    const statuses = async () => {
      const answers = await Promise.all([gone.key, goneToo.key, kept.key, keptToo.key].map(ask));
      return answers.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([401, 401, 200, 200]);
    await gateway.stop();
    gateway = await startGateway({ dataDir, environment: shiftableClock(clockFile) });
    expect(await statuses()).toEqual([401, 401, 200, 200]);
    const items = new Map((await gateway.call('clients.list', {})).items.map((item) => [item.id, item]));
    expect(items.get(gone.id)?.keys).toEqual([]);
    expect(items.get(kept.id)).toMatchObject({ ...terms, allowedModels: ['demo/*'], limits: { requestsPerDay: 50 } });
    await gateway.call('clients.update', { id: kept.id, tier: null, app: null, allowedModels: null });
    expect((await gateway.call('clients.list', {})).items.find(({ id }) => id === kept.id)).toMatchObject({
      name: 'renamed',
      tier: null,
      app: null,
      allowedModels: null,
    });
  });
});

describe('a key with a list of models', () => {
  let lab: PolicyLab;

  beforeAll(async () => {
    lab = await startPolicyLab();
  });
  afterAll(() => lab.stop());
  beforeEach(() => lab.reset());

  const keyFor = async (allowedModels: string[]) =>
    (await lab.gateway.call('clients.create', { name: 'held', allowedModels })).key;

  test('reaches by an alias what it may use, and nothing else when that fails', async () => {
    const key = await keyFor(['other/*']);
    expect((await lab.ask({ key })).headers.get('x-gatehouse-provider')).toBe('other');
    lab.other.use(json({ error: { message: 'down' } }, { status: 500 }));
    const asked = postsTo(lab.one).length;
    expect((await lab.ask({ key })).status).toBe(500);
    expect(postsTo(lab.one).length).toBe(asked);
  });

  test('is not sent to a rule’s fallback, nor copied to a shadow, that it may not use', async () => {
    const key = await keyFor(['other/*']);
    await lab.apply([{ name: 'r', use: 'other/m', fallbacks: { overload: ['one/m'] }, shadow: { target: 'one/n', share: 1 } }]);
    const asked = postsTo(lab.one).length;
    const good = await lab.ask({ key });
    lab.other.use(json({ error: { message: 'too much' } }, { status: 503 }));
    const failed = await lab.ask({ key });
    expect([good.status, failed.status, postsTo(lab.one).length]).toEqual([200, 503, asked]);
    lab.reset();
    expect((await lab.ask()).status).toBe(200);
    await expect.poll(() => postsTo(lab.one).length).toBeGreaterThan(asked);
    await lab.apply([]);
  });

  test('is refused another with its list, as OpenAI’s client understands and never repeats', async () => {
    const key = await keyFor(['other/*', 'demo/hello']);
    const client = new OpenAI({ baseURL: `${lab.gateway.url}/v1`, apiKey: key });
    const asked = postsTo(lab.one).length;
    const error = await client.chat.completions
      .create({ model: 'one/m', messages: [{ role: 'user', content: 'Hello.' }] })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, code: 'model_not_allowed', param: 'model' });
    expect(String(error)).toContain('this key may not use one/m; it may use other/* and demo/hello');
    expect(postsTo(lab.one).length).toBe(asked);
    const { items } = await lab.gateway.call('requests.list', { limit: 1 });
    expect(items[0]).toMatchObject({ state: 'rejected', errorKind: 'model-not-allowed' });
    const trace = await lab.gateway.call('decision.explain', { id: items[0]?.id ?? '', counterfactuals: true });
    expect(trace).toMatchObject({
      candidates: [{ target: 'one/m', code: 'not-allowed', reason: 'its key may use other/* and demo/hello only' }],
      counterfactuals: [{ target: 'one/m', change: 'It would be asked first if its key allowed one/m.' }],
    });
  });

  test.each([
    ['models', { models: ['m', 'n'] }],
    ['models, its name written with escapes', '{"\\u006dodels":["n"]}'],
    ['preset', { preset: 'mine' }],
  ])('is refused a request that names others for its provider to turn to: %s', async (_form, more) => {
    const key = await keyFor(['one/m']);
    const asked = postsTo(lab.one).length;
    const body = JSON.stringify({ model: 'one/m', messages: [{ role: 'user', content: 'Hello.' }] });
    const further = typeof more === 'string' ? more : JSON.stringify(more);
    const response = await fetch(`${lab.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: `${body.slice(0, -1)},${further.slice(1)}`,
    });
    expect([response.status, (await response.text()).includes('this key may not use one/'), postsTo(lab.one).length]).toEqual([
      403,
      true,
      asked,
    ]);
    expect((await lab.ask({ model: 'one/m', key, body: { models: ['m'] } })).status).toBe(200);
  });

  test('is shown what it may use in every list, and an alias that leads to nothing of it is left out', async () => {
    const namesOf = async (key: string, path: string, header: Record<string, string>) => {
      const response = await fetch(`${lab.gateway.url}${path}`, { headers: { ...header, 'x-api-key': key } });
      const { data, models } = (await response.json()) as { data?: { id: string }[]; models?: { name: string }[] };
      return [...(data ?? []).map(({ id }) => id), ...(models ?? []).map(({ name }) => name.replace('models/', ''))].sort();
    };
    const held = await keyFor(['other/n', '*/hello']);
    const wide = await keyFor(['other/*']);
    for (const [path, header] of [
      ['/v1/models', {}],
      ['/v1/models', { 'anthropic-version': '2023-06-01' }],
      ['/v1beta/models', {}],
      ['/api/tags', {}],
    ] as const) {
      expect(await namesOf(held, path, { ...header })).toEqual(['demo/hello', 'other/n']);
      expect(await namesOf(wide, path, { ...header })).toEqual(['fast', 'other/m', 'other/n']);
      expect(await namesOf(lab.gateway.clientKey, path, { ...header })).toContain('one/m');
    }
    const single = await fetch(`${lab.gateway.url}/v1/models/one/m`, { headers: { 'x-api-key': held } });
    expect(single.status).toBe(404);
  });

  test('a rule for a tier holds for keys of that tier alone', async () => {
    const low = (await lab.gateway.call('clients.create', { name: 'low', tier: 'low' })).key;
    await lab.apply([
      { name: 'cheap', when: { tier: ['low'] }, use: 'other/m' },
      { name: 'no tier', when: { tier: 'none', model: 'demo/*' }, deny: 'A key with a tier is needed.' },
    ]);
    expect((await lab.ask({ model: 'one/m', key: low })).headers.get('x-gatehouse-provider')).toBe('other');
    expect((await lab.ask({ model: 'one/m' })).headers.get('x-gatehouse-provider')).toBe('one');
    expect((await lab.ask({ model: 'demo/hello' })).status).toBe(403);
    await lab.apply([]);
  });
});
