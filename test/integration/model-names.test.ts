/** Holds `GET /v1/models/{id}` to what a request may name as its model: whoever looks first must not be told otherwise. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let gateway: RunningGateway;

beforeAll(async () => {
  const off = {
    id: 'off',
    kind: 'openai-compatible' as const,
    baseUrl: 'http://127.0.0.1:1/v1',
    models: ['asleep'],
    enabled: false,
  };
  gateway = await startGateway({
    config: { version: 1, providers: [{ id: 'demo', kind: 'demo' }, off], aliases: { fast: { targets: ['demo/hello'] } } },
  });
});
afterAll(() => gateway.stop());

const headers = () => ({ authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' });
const look = (name: string) => fetch(`${gateway.url}/v1/models/${name}`, { headers: headers() });
const ask = (model: string) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  });

test.each([
  ['demo/hello', 'demo'],
  ['hello', 'demo'],
  ['fast', 'gatehouse'],
])('%s, which a request may name, is found under that name', async (name, owner) => {
  expect((await ask(name)).status).toBe(200);
  const answer = await look(name);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ id: name, object: 'model', owned_by: owner });
});

test.each(['asleep', 'off/asleep', 'nothing', 'demo/nothing-', 'ello'])('%s, which nobody serves, is 404', async (name) => {
  const answer = await look(name);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: 'model_not_found' } });
});
