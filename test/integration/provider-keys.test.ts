/** A provider's keys and settings, through the whole gateway: which are used, which are left out, and what is said of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { json } from '../support/upstream-answers.ts';

/** Nothing listens there. */
const deadUrl = 'http://127.0.0.1:9/v1';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(openAiScript());
  const keys = ['env:KEY_ONE', 'env:KEY_TWO', 'env:KEY_THREE'];
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [
        { id: 'dead', kind: 'openai-compatible', baseUrl: deadUrl, keys, models: ['m'] },
        { id: 'mine', kind: 'openai-compatible', baseUrl: `${upstream.origin}/mine`, keys: ['vault:mine'] },
        { id: 'off', kind: 'openai-compatible', enabled: false, baseUrl: `${upstream.origin}/off`, keys: ['vault:mine'] },
        { id: 'other', kind: 'openai-compatible', baseUrl: `${upstream.origin}/other`, keys: ['vault:other'] },
        { id: 'chat-only', kind: 'openai-compatible', baseUrl: upstream.baseUrl, models: ['m'], dialects: ['openai-chat'] },
        { id: 'plain', kind: 'openai-compatible', baseUrl: upstream.baseUrl, models: ['m'], streamUsage: false },
        { id: 'unset', kind: 'openai', baseUrl: `${upstream.origin}/unset`, keys: ['env:NOT_THERE'] },
        { id: 'broken', kind: 'openai-compatible', baseUrl: upstream.baseUrl, keys: ['env:KEY_BROKEN', 'env:KEY_ONE'] },
      ],
      aliases: { both: { targets: ['dead/m', 'broken/m'] } },
    },
    environment: { KEY_ONE: 'sk-one', KEY_TWO: 'sk-two', KEY_THREE: 'sk-three', KEY_BROKEN: 'sk-schl\u00fcssel' },
  });
});

afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const post = (door: string, body: object): Promise<Response> =>
  fetch(`${gateway.url}/v1/${door}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const ask = (model: string, more: object = {}): Promise<Response> =>
  post('chat/completions', { model, messages: [{ role: 'user', content: 'Hello.' }], ...more });

test('a provider with many keys that is down hands over to the next target at once', async () => {
  const response = await ask('both');
  await response.body?.cancel();
  expect([response.status, response.headers.get('x-gatehouse-provider'), response.headers.get('x-gatehouse-attempts')]).toEqual([
    200,
    'broken',
    '2',
  ]);
});

test('a key that no header can carry is left out; the next one is used', async () => {
  const response = await ask('broken/m');
  await response.body?.cancel();
  expect(response.status).toBe(200);
  expect(upstream.requests.at(-1)?.header('authorization')).toBe('Bearer sk-one');
});

test('a key that no header can carry is refused when it is saved, naming its field', async () => {
  const saving = gateway.call('secrets.set', { name: 'lab', value: 'sk-schl\u00fcssel' });
  await expect(saving).rejects.toMatchObject({ kind: 'invalid', field: 'value' });
  expect((await gateway.call('secrets.list', {})).items).toEqual([]);
});

test('a new key is shown to the providers that use it and are switched on, and to no other', async () => {
  const before = upstream.requests.length;
  await gateway.call('secrets.set', { name: 'mine', value: 'sk-mine' });
  await gateway.call('providers.models', { id: 'mine' }).catch(() => undefined);
  const seen = upstream.requests.slice(before);
  expect(new Set(seen.map(({ target }) => target))).toEqual(new Set(['/mine/models']));
  expect(seen.map((request) => request.header('authorization'))).toEqual(['Bearer sk-mine', 'Bearer sk-mine']);
});

test('the check of a provider says which variable its key is missing from', async () => {
  const { outcome, message } = await gateway.call('providers.check', { id: 'unset' });
  expect([outcome, message]).toEqual(['no-key', expect.stringContaining('The environment variable NOT_THERE is not set.')]);
});

test('a request and its explanation say the same of a provider without a usable key', async () => {
  const answer = await ask('unset/gpt');
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  const trace = await gateway.call('decision.explain', { request: { model: 'unset/gpt' } });
  expect([answer.status, error.code, error.message]).toEqual([502, 'provider_auth_failed', trace.refusal]);
  expect(trace.candidates).toMatchObject([
    { code: 'no-key', target: 'unset/gpt', chosen: false, reason: expect.stringContaining('NOT_THERE is not set') },
  ]);
});

test('an explanation is judged by the door that is asked about', async () => {
  const refusalAt = async (dialect: 'openai-chat' | 'openai-embeddings') =>
    (await gateway.call('decision.explain', { request: { model: 'chat-only/m' }, dialect })).refusal;
  expect([await refusalAt('openai-chat'), await refusalAt('openai-embeddings')]).toEqual([
    null,
    expect.stringContaining('does not offer openai-embeddings'),
  ]);
});

test('a list of models that could not be had is told in the status and to who asks for a name that may be in it', async () => {
  const { problems } = await gateway.call('status.get', {});
  const problem = problems.find(({ id }) => id === 'models.unset');
  expect(problem?.message).toContain('NOT_THERE is not set');
  expect(problems.map(({ id }) => id)).not.toContain('models.off');
  const answer = await ask('never-heard-of');
  const { error } = (await answer.json()) as { error: { message: string } };
  expect([answer.status, error.message]).toEqual([404, expect.stringContaining('the provider unset could not be asked')]);
});

test('a server that does not know stream_options is not asked for usage in its streams', async () => {
  expect(await (await ask('plain/m', { stream: true })).text()).toContain('data: [DONE]');
  expect(upstream.requests.at(-1)?.json()).not.toHaveProperty('stream_options');
});

test('where a provider counts nothing, a vector has no tokens of output and an image has those of an image', async () => {
  const usageOf = async (response: Response) => {
    await response.body?.cancel();
    return (await gateway.call('requests.get', { id: response.headers.get('x-request-id') ?? '' })).usage;
  };
  upstream.next(json({ data: [{ embedding: Array.from({ length: 1_000 }, () => 0.123_456) }] }));
  const vector = await usageOf(await post('embeddings', { model: 'plain/m', input: 'Hello.' }));
  expect(vector).toMatchObject({ outputTokens: null, estimated: true });
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1_000_000)}` } };
  upstream.next(json({ id: 'chatcmpl-1', choices: [{ message: { role: 'assistant', content: 'A red roof.' } }] }));
  const seen = await usageOf(await ask('plain/m', { messages: [{ role: 'user', content: [image] }] }));
  expect(seen).toMatchObject({ outputTokens: 3, estimated: true });
  expect(seen.inputTokens).toBeGreaterThan(765);
  expect(seen.inputTokens).toBeLessThan(2_000);
});
