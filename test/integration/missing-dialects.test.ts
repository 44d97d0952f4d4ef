/** A server that lacks a dialect which its kind is known for is asked in the next one, and from then on at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { body, json } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

/** An Ollama from before it spoke Anthropic's format. */
beforeAll(async () => {
  const said = { role: 'assistant', content: 'Hi' };
  upstream = await startScriptedUpstream((request) => {
    const path = request.target.split('?')[0] ?? '';
    if (path === '/api/chat')
      return json({ model: 'm', created_at: '2026-01-01T00:00:00Z', message: said, done: true, done_reason: 'stop' });
    return body('404 page not found', { status: 404, headers: { 'content-type': 'text/plain' } });
  });
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [
        { id: 'old', kind: 'ollama', baseUrl: upstream.origin, dialects: ['anthropic-messages', 'ollama'], models: ['m'] },
      ],
    },
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function ask(path: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-api-key': gateway.clientKey };
  const asked = { model: 'old/m', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
  return fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(asked) });
}

test('the first request is said again in the next dialect, the second in that one at once', async () => {
  const first = await ask('/v1/messages');
  expect([first.status, first.headers.get('x-gatehouse-attempts'), first.headers.get('x-gatehouse-translated')]).toEqual([
    200,
    '2',
    'ollama',
  ]);
  expect(await first.json()).toMatchObject({ content: [{ type: 'text', text: 'Hi' }] });
  expect((await ask('/v1/messages')).headers.get('x-gatehouse-attempts')).toBe('1');
  expect(upstream.requests.map(({ target }) => target.split('?')[0])).toEqual(['/v1/messages', '/api/chat', '/api/chat']);
});

test('a count that nobody offers is made here', async () => {
  const counted = await ask('/v1/messages/count_tokens');
  expect(counted.status).toBe(200);
  expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) });
});
