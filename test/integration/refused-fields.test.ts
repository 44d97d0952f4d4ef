/** A model that refuses a field which only a translation wrote is asked again without it, and from then on never with it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(json({}));
  const { baseUrl, origin } = upstream;
  const chat = { kind: 'openai-compatible' as const, baseUrl, dialects: ['openai-chat' as const] };
  gateway = await startGateway({
    config: {
      version: 1,
      providers: [
        { id: 'one', ...chat },
        { id: 'two', ...chat },
        { id: 'three', ...chat },
        { id: 'local', kind: 'ollama', baseUrl: origin, dialects: ['ollama'] },
      ],
    },
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

let before = 0;
beforeEach(() => {
  before = upstream.requests.length;
});

const sent = () => upstream.requests.slice(before).map((request) => Object(request.json()));

const refusal = (param: string, status = 400): Answer =>
  json({ error: { message: `Unsupported parameter: '${param}'.`, type: 'invalid_request_error', param, code: 'x' } }, { status });

const good: Answer = json({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
});

async function ask(model: string, path = '/v1/messages', change: object = {}): Promise<Response> {
  const thinking = { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } };
  const body = { model, max_tokens: 99, ...thinking, messages: [{ role: 'user', content: 'Hi' }], ...change };
  const headers = { 'content-type': 'application/json', 'x-api-key': gateway.clientKey };
  return fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('a wish for reasoning is left out after its refusal, and the row says so', async () => {
  upstream.next(refusal('reasoning_effort'), good);
  const answer = await ask('one/plain');
  expect([answer.status, answer.headers.get('x-gatehouse-attempts')]).toEqual([200, '2']);
  expect(sent().map((body) => body.reasoning_effort)).toEqual(['high', undefined]);
  const row = await gateway.call('requests.get', { id: answer.headers.get('x-request-id') ?? '' });
  expect(row.fidelity?.dropped.map(({ field }) => field)).toContain('reasoning');
  upstream.next(good);
  expect((await ask('one/plain')).headers.get('x-gatehouse-attempts')).toBe('1');
  expect(sent()).toHaveLength(3);
});

test('what one model refuses is still asked of another', async () => {
  upstream.next(refusal('reasoning_effort'), good, good);
  await ask('two/plain');
  await ask('two/thinker');
  expect(sent().map((body) => body.reasoning_effort)).toEqual(['high', undefined, 'high']);
});

test('a model that knows the limit by its newer name is told it by that name', async () => {
  upstream.next(refusal('max_tokens'), good);
  await ask('three/o-model');
  expect(sent().map((body) => [body.max_tokens, body.max_completion_tokens])).toEqual([
    [99, undefined],
    [undefined, 99],
  ]);
});

test("FastAPI's way to name a field is understood", async () => {
  upstream.next(
    json({ detail: [{ type: 'extra_forbidden', loc: ['body', 'reasoning_effort'], msg: 'x' }] }, { status: 422 }),
    good,
  );
  expect((await ask('three/fast')).status).toBe(200);
});

test('what cannot be left out is refused as the provider refused it, after one attempt', async () => {
  upstream.next(refusal('tools'));
  const tools = [{ name: 'a', input_schema: { type: 'object' } }];
  const answer = await ask('three/no-tools', '/v1/messages', { tools });
  expect([answer.status, answer.headers.get('x-gatehouse-attempts')]).toEqual([400, '1']);
});

test('a request that passes through is never changed, whatever is refused', async () => {
  upstream.next(refusal('reasoning_effort'));
  const answer = await ask('one/other', '/v1/chat/completions', { reasoning_effort: 'high' });
  expect([answer.status, sent().length]).toEqual([400, 1]);
});

test('a local model without thinking answers without it', async () => {
  const whole = {
    model: 'm',
    created_at: '2026-01-01T00:00:00Z',
    message: { role: 'assistant', content: 'Hi' },
    done: true,
    done_reason: 'stop',
  };
  upstream.next(json({ error: '"m" does not support thinking' }, { status: 400 }), json(whole));
  const answer = await ask('local/m');
  expect(answer.status).toBe(200);
  expect(sent().map((body) => body.think)).toEqual(['high', undefined]);
});
