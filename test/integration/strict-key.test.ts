/** A strict client key: its requests are refused rather than sent on without one of their fields; a row tells what others lost. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from '../support/lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

/** Asks as Anthropic's clients do; cache marks are a field that most servers of OpenAI's format refuse. */
function ask(key: string, changes: object = {}): Promise<Response> {
  const messages = [{ role: 'user', content: 'hi' }];
  return fetch(`${lab.baseUrl}/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'lab/alpha', max_tokens: 50, messages, ...changes }),
  });
}

const field = 'messages.*.content.*.cache_control';
const marked = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }],
};
const codeOf = async (response: Response): Promise<string> => JSON.stringify(await response.json());

test('a strict key is refused what would be lost, without a call to the provider, and served what can be said in full', async () => {
  const { key, id } = await lab.gateway.call('clients.create', { name: 'careful', strict: true });
  const asked = lab.countAsked();
  const refused = await ask(key, marked);
  expect([refused.status, lab.countAsked()]).toEqual([400, asked]);
  expect(await codeOf(refused)).toContain(field);
  expect((await ask(key)).status).toBe(200);
  expect((await lab.gateway.call('clients.list', {})).items.find((client) => client.id === id)).toMatchObject({ strict: true });
});

test('switched off, the same key gets an answer, and the row and the list say how much was left out', async () => {
  const { key, id } = await lab.gateway.call('clients.create', { name: 'switching', strict: true });
  expect((await ask(key, marked)).status).toBe(400);
  await lab.gateway.call('clients.update', { id, strict: false });
  const answer = await ask(key, marked);
  expect([answer.status, answer.headers.get('x-gatehouse-dropped')]).toEqual([200, field]);
  const row = await lab.newestRow();
  expect(row).toMatchObject({ droppedFields: 1, fidelity: { from: 'anthropic-messages', to: 'openai-chat' } });
  expect(row.fidelity?.dropped.map(({ field }) => field)).toEqual([field]);
  await lab.gateway.call('clients.update', { id, strict: true });
  expect((await ask(key, marked)).status).toBe(400);
});

test('what was passed through or said in full lost nothing, and an unknown or revoked key cannot be switched', async () => {
  expect((await ask(lab.clientKey)).status).toBe(200);
  expect(await lab.newestRow()).toMatchObject({ droppedFields: 0, fidelity: { dropped: [] } });
  const { id } = await lab.gateway.call('clients.create', { name: 'gone' });
  await lab.gateway.call('clients.revoke', { id });
  for (const unknown of [id, 'client_nobody']) {
    await expect(lab.gateway.call('clients.update', { id: unknown, strict: true })).rejects.toMatchObject({ kind: 'not-found' });
  }
});
