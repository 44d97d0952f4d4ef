/** Holds the provider check to its promise: whatever happens, a person reads what is wrong, where, and what to do. */
import { describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../../gateway/chat/error.ts';
import { providerCheckSchema } from '../../../gateway/contract/calls.ts';
import { checkProvider } from '../../../gateway/discovery/check-provider.ts';
import { provider, type Script, scriptSend } from './scripted-send.ts';

const openai = provider({ kind: 'openai' });
const openrouter = provider({ kind: 'openrouter' });
const lab = provider({ kind: 'openai-compatible', id: 'lab', baseUrl: 'http://127.0.0.1:8000/v1/' });
const key = 'sk-canary-key';

async function check(script: Script, subject = openai, withKey: string | null = key) {
  const { send } = scriptSend(script);
  const result = await checkProvider({ provider: subject, key: withKey, send, timeoutMs: 50 });
  expect(providerCheckSchema.parse(result)).toEqual(result);
  expect(result.message).not.toContain('canary');
  expect(result.message).toMatch(/^[A-Z].*\.$/);
  return result;
}

test('a provider that lists models with the key is ready, and the listing endpoint is asked with it', async () => {
  const { send, asked } = scriptSend({ body: '{"data":[{"id":"gpt-5"},{"id":"gpt-5-mini"}]}' });
  const result = await checkProvider({ provider: openai, key, send });
  expect(result).toMatchObject({ ok: true, outcome: 'ready', models: 2, message: 'OpenAI accepts the key and lists 2 models.' });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: 'GET', origin: 'https://api.openai.com', path: '/v1/models', body: null });
  expect(asked[0]?.headers.join('\n')).toContain(`authorization\nBearer ${key}`);
});

test('a server without a key is ready without one, and nothing is sent as a key', async () => {
  const { send, asked } = scriptSend({ body: '{"data":[{"id":"qwen3:8b"}]}' });
  const result = await checkProvider({ provider: lab, key: null, send });
  expect(result).toMatchObject({ ok: true, models: 1 });
  expect(result.message).toContain('answers without a key and lists 1 model.');
  expect(asked[0]).toMatchObject({ origin: 'http://127.0.0.1:8000', path: '/v1/models' });
  expect(asked[0]?.headers).not.toContain('authorization');
});

test('where the model list is public, the key itself is asked about: a public list says nothing of the key', async () => {
  const { send, asked } = scriptSend({ body: '{"data":{"label":"mine","usage":1}}' });
  expect(await checkProvider({ provider: openrouter, key, send })).toMatchObject({ ok: true, outcome: 'ready', models: null });
  expect(asked.map(({ path }) => path)).toEqual(['/api/v1/key']);
  expect(await check({ status: 401 }, openrouter)).toMatchObject({ ok: false, outcome: 'key-refused' });
});

test('where nothing free tells a wrong key, the check does not claim to know', async () => {
  const { send } = scriptSend({ body: '{"data":[{"id":"a"}]}' });
  const result = await checkProvider({ provider: provider({ kind: 'nvidia' }), key, send });
  expect(result).toMatchObject({ ok: true, outcome: 'ready', models: 1 });
  expect(result.message).not.toContain('accepts the key and');
  expect(result.message).toContain('shows with the first request');
});

test.each([
  ['github-models', 'https://api.github.com/user'],
  ['huggingface', 'https://huggingface.co/api/whoami-v2'],
  ['perplexity', 'https://api.perplexity.ai/async/chat/completions'],
  ['vercel-ai-gateway', 'https://ai-gateway.vercel.sh/v1/credits'],
] as const)('the key of %s is asked about where it is known, at %s', async (kind, address) => {
  const { send, asked } = scriptSend({ body: '{}' });
  expect(await checkProvider({ provider: provider({ kind }), key, send })).toMatchObject({ ok: true, models: null });
  expect(asked.map(({ origin, path }) => origin + path)).toEqual([address]);
});

test('the demo provider is ready without a network', async () => {
  const { send, asked } = scriptSend({ problem: 'upstream-dns' });
  const result = await checkProvider({ provider: provider({ kind: 'demo' }), key: null, send }, ['hello', 'tools']);
  expect(result).toMatchObject({ ok: true, outcome: 'ready', models: 2 });
  expect(asked).toEqual([]);
});

test('a missing key that is needed is said without asking anyone', async () => {
  const { send, asked } = scriptSend({});
  for (const missing of [null, '']) {
    const result = await checkProvider({ provider: openai, key: missing, send });
    expect(result).toMatchObject({ ok: false, outcome: 'no-key', models: null });
    expect(result.message).toContain('add one');
  }
  expect(asked).toEqual([]);
});

test('a key that is named but not there is said with the reason, as a request would say it', async () => {
  const keyProblem = 'The environment variable OPENAI_API_KEY is not set.';
  const { send } = scriptSend({ status: 401 });
  const needed = await checkProvider({ provider: openai, key: null, keyProblem, send });
  const wanted = await checkProvider({ provider: lab, key: null, keyProblem, send });
  for (const { outcome, message } of [needed, wanted]) {
    expect([outcome, message.endsWith(`none of its keys can be used: ${keyProblem}`)]).toEqual(['no-key', true]);
  }
});

test('a key that no header can carry is refused unsent and unquoted', async () => {
  const { send, asked } = scriptSend({});
  const result = await checkProvider({ provider: openai, key: 'sk-canary\r\nx-evil: 1', send });
  expect(result).toMatchObject({ ok: false, outcome: 'key-refused' });
  expect(result.message).not.toContain('canary');
  expect(asked).toEqual([]);
});

describe('answers that are not ready', () => {
  test.each<[number, string, string, string]>([
    [401, '{}', 'key-refused', 'refused the key (401)'],
    [403, '{}', 'key-refused', 'permission'],
    [400, '{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}', 'key-refused', 'refused the key (400)'],
    [400, '{"code":"invalid argument","error":"Incorrect API key provided: ca***"}', 'key-refused', 'refused the key (400)'],
    [400, '{"error":{"message":"Your credit balance is too low to access the API."}}', 'no-credit', 'credit'],
    [400, '{"error":{"message":"no such thing"}}', 'failed', 'did not accept the question'],
    [403, '{"error":{"code":"unsupported_country_region_territory"}}', 'key-refused', 'country'],
    [402, '{}', 'no-credit', 'credit'],
    [429, '{"error":{"code":"insufficient_quota"}}', 'no-credit', 'credit'],
    [429, '{"error":{"type":"insufficient_quota"}}', 'no-credit', 'credit'],
    [429, '{"error":{"message":"no insufficient_quota here"}}', 'rate-limited', 'wait'],
    [429, 'slow down', 'rate-limited', 'wait'],
    [404, '<html>', 'not-found', 'https://api.openai.com/v1/models (404)'],
    [405, '', 'not-found', 'base URL'],
    [302, '', 'not-found', 'another address (302)'],
    [308, '', 'not-found', 'another address (308)'],
    [500, 'oops', 'failed', 'trouble of its own (500)'],
    [529, '', 'failed', 'trouble of its own (529)'],
    [418, '', 'failed', '418'],
    [200, '<!doctype html><title>Router login</title>', 'not-found', 'not with a list of models'],
    [200, '{"hello":"world"}', 'not-found', 'not with a list of models'],
    [200, '', 'not-found', 'not with a list of models'],
    [204, '', 'not-found', 'not with a list of models'],
  ])('%i with body %j is %s', async (status, body, outcome, words) => {
    const result = await check({ status, body });
    expect(result).toMatchObject({ ok: false, outcome, models: null });
    expect(result.message).toContain(words);
  });

  test('a 401 where no key is set asks for one instead of blaming one', async () => {
    expect(await check({ status: 401 }, lab, null)).toMatchObject({ ok: false, outcome: 'no-key' });
  });

  test('an empty list is ready, and says what to do about it', async () => {
    const result = await check({ body: '{"data":[]}' }, lab, null);
    expect(result).toMatchObject({ ok: true, outcome: 'ready', models: 0 });
    expect(result.message).toContain('lists no models; load one there');
  });

  test.each<[ErrorKind, string, string]>([
    ['upstream-dns', 'offline', 'online'],
    ['upstream-connect', 'offline', 'running'],
    ['upstream-connect-timeout', 'offline', 'firewall'],
    ['upstream-tls', 'tls', 'certificate'],
    ['upstream-reset', 'failed', 'http:// or https://'],
    ['upstream-first-byte-timeout', 'failed', 'in time'],
    ['upstream-truncated', 'failed', 'whole answer'],
  ])('the network failing with %s is %s', async (problem, outcome, words) => {
    const result = await check({ problem });
    expect(result).toMatchObject({ ok: false, outcome });
    expect(result.message).toContain('https://api.openai.com');
    expect(result.message).toContain(words);
  });

  test('a provider that never finishes is given up in time and the call ended', async () => {
    const { send, aborts } = scriptSend({ body: '{"data":[', stalls: true });
    const result = await checkProvider({ provider: openai, key, send, timeoutMs: 30 });
    expect(result).toMatchObject({ ok: false, outcome: 'failed' });
    expect(result.message).toContain('in time');
    expect(result.durationMs).toBeLessThan(1_000);
    expect(aborts()).toBe(1);
  });

  test('an answer over 8 MiB is cut off and not kept', async () => {
    const { send, aborts } = scriptSend({ body: Buffer.alloc(9 * 1024 * 1024, ' '), stalls: true });
    const result = await checkProvider({ provider: openai, key, send });
    expect(result).toMatchObject({ ok: false, outcome: 'failed' });
    expect(result.message).toContain('8 MiB');
    expect(aborts()).toBe(1);
  });
});
