/** Shadows end to end: a copy goes to another target after the answer, and its figures stand beside the original's. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askPlainly } from '../support/ask-plainly.ts';
import { eventually, soundStream, wholeAnswer } from '../support/fault-lab.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { copyKey, mainKey, mirror, startShadowLab } from '../support/shadow-lab.ts';
import { json } from '../support/upstream-answers.ts';
import { soundAnswer, upstreamForms } from '../support/wire-forms.ts';

const originalUsage = { inputTokens: 3, outputTokens: 4, estimated: false };

test('a stream has a streamed copy whose figures stand beside the original and leave its row as it was', async () => {
  await using lab = await startShadowLab();
  const asked = await askPlainly(lab.gateway, 'main/m', true);
  expect(asked.text).toContain('data: [DONE]');
  const shadow = await lab.shadowOf(asked.id);
  expect(shadow).toMatchObject({ target: 'copy/m', rule: 'mirror', status: 200, errorKind: null, errorMessage: null });
  expect(shadow).toMatchObject({ textLength: 'A copy.'.length, usage: originalUsage });
  expect(shadow.firstTokenMs).toBeGreaterThan(0);
  expect(shadow.durationMs).toBeGreaterThanOrEqual(shadow.firstTokenMs ?? Number.POSITIVE_INFINITY);
  const row = await lab.row(asked.id);
  expect(row).toMatchObject({ state: 'ok', provider: 'main', model: 'm', attempts: 1, usage: originalUsage });
  expect(row.attemptList.map(({ provider }) => provider)).toEqual(['main']);
  expect((await lab.gateway.call('requests.list', {})).items).toHaveLength(1);
  const [sent] = lab.copies();
  expect(sent?.json()).toEqual({ ...(lab.main.requests[0]?.json() as object), model: 'm' });
  expect(sent?.json()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
});

test('a whole answer has a whole copy: no first token, the length of its text, its usage', async () => {
  await using lab = await startShadowLab();
  const asked = await askPlainly(lab.gateway, 'main/m', false);
  expect(await lab.shadowOf(asked.id)).toMatchObject({ status: 200, firstTokenMs: null, textLength: 7, usage: originalUsage });
  expect(lab.copies()[0]?.json()).not.toHaveProperty('stream_options');
});

test.each([true, false])('a target of another dialect gets a translation of the request (stream: %j)', async (isStream) => {
  const form = upstreamForms['anthropic-messages'];
  await using lab = await startShadowLab({
    copyScript: soundAnswer(form, ['Said ', 'otherwise.'], isStream),
    copyProvider: (copy) => ({ ...form.provider(copy.origin), id: 'copy', models: ['m'], keys: ['env:COPY_KEY'] }),
  });
  const asked = await askPlainly(lab.gateway, 'main/m', isStream);
  const shadow = await lab.shadowOf(asked.id);
  expect(shadow).toMatchObject({ errorKind: null, status: 200, textLength: 'Said otherwise.'.length, usage: originalUsage });
  const [sent] = lab.copies();
  expect(sent?.target).toBe('/v1/messages');
  expect(sent?.json()).toMatchObject({ model: 'm', messages: [{ role: 'user' }] });
  expect((await lab.row(asked.id)).fidelity).toBeNull();
});

test("neither the original's key, nor the client's, nor headers that mean something to one provider reach the copy's", async () => {
  await using lab = await startShadowLab({ copyProvider: () => ({ keyStyle: 'x-api-key' }) });
  const response = await fetch(`${lab.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${lab.gateway.clientKey}`,
      'content-type': 'application/json',
      'openai-organization': 'org-secret',
      'openai-project': 'proj-secret',
      'anthropic-beta': 'beta-secret',
      'x-session-id': 'session-secret',
      cookie: 'cookie-secret=1',
    },
    body: JSON.stringify({ model: 'main/m', messages: [{ role: 'user', content: 'Say something.' }] }),
  });
  await lab.shadowOf(response.headers.get('x-request-id') ?? '');
  const [sent] = lab.copies();
  expect(sent?.header('x-api-key')).toBe(copyKey);
  const said = JSON.stringify(sent?.rawHeaders);
  expect(said).not.toMatch(/-secret/);
  for (const foreign of [mainKey, lab.gateway.clientKey]) expect(said).not.toContain(foreign);
  expect(JSON.stringify(lab.main.requests[0]?.rawHeaders)).not.toContain(copyKey);
});

test('the copy is sent only after the last byte of the answer, however long that takes', async () => {
  await using lab = await startShadowLab();
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const sound = soundStream();
  // Everything but the terminal event.
  lab.main.use([...sound.slice(0, -3), { waitFor: mayEnd }, ...sound.slice(-3)]);
  const body = { model: 'main/m', messages: [], stream: true };
  const client = openRawStream(lab.gateway.port, body, { key: lab.gateway.clientKey });
  await client.until('well.');
  await delay(150);
  expect(lab.copies()).toHaveLength(0);
  end();
  await client.until('[DONE]');
  await lab.copy.received(1);
  client.leave();
});

test('a client that reads slowly is not overtaken: the copy waits until its answer has left the gateway whole', async () => {
  await using lab = await startShadowLab();
  // More than the sockets between them hold, so that its end waits in the gateway for its reader.
  const text = `${'x'.repeat(16 * 1024 * 1024)} the end`;
  lab.main.use(json(wholeAnswer(text)));
  const client = openRawStream(lab.gateway.port, { model: 'main/m', messages: [] }, { key: lab.gateway.clientKey });
  await client.until('"xxx');
  client.socket.pause();
  await eventually(async () => ((await lab.row(client.requestId)).state === 'ok' ? true : null), 'the row is final');
  await delay(200);
  expect(lab.copies()).toHaveLength(0);
  client.socket.resume();
  await lab.copy.received(1);
  await client.until('the end');
  client.leave();
});

test('no copy is made of a request that failed, that its client left, or that its shadow would ask the same of', async () => {
  await using lab = await startShadowLab({
    rules: [
      { name: 'same', when: { model: 'same' }, use: ['gone/m', 'copy/m'], shadow: { target: 'copy/m', share: 1 } },
      ...mirror(),
    ],
    config: { providers: [{ id: 'gone', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: ['m'] }] },
  });
  lab.main.next([
    { write: 'HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}' },
    { end: 'keep' },
  ]);
  const failed = await askPlainly(lab.gateway, 'main/m', false);
  expect(failed.status).toBe(400);
  lab.main.next([...soundStream().slice(0, 4), { end: 'stall' }]);
  const client = openRawStream(lab.gateway.port, { model: 'main/m', messages: [], stream: true }, { key: lab.gateway.clientKey });
  await client.until('is ');
  client.leave();
  const moved = await askPlainly(lab.gateway, 'same', false);
  expect(moved).toMatchObject({ status: 200 });
  expect(lab.copies()).toHaveLength(1);
  const next = await askPlainly(lab.gateway, 'main/m', false);
  await lab.shadowOf(next.id);
  expect(lab.copies()).toHaveLength(2);
  for (const id of [failed.id, client.requestId, moved.id]) expect((await lab.row(id)).shadow).toBeNull();
});

test('no copy is made of a request that lets its provider act, which would then act twice; functions do nothing by themselves', async () => {
  await using lab = await startShadowLab();
  const askWith = (tools: readonly object[]) =>
    fetch(`${lab.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${lab.gateway.clientKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'main/m', messages: [{ role: 'user', content: 'Pay it.' }], tools }),
    });
  const answered = await askWith([{ type: 'mcp', server_label: 'bank', server_url: 'https://bank.example/mcp' }]);
  expect(await answered.text()).toContain('All is well.');
  const harmless = await askWith([{ type: 'function', function: { name: 'pay', parameters: {} } }]);
  await lab.shadowOf(harmless.headers.get('x-request-id') ?? '');
  expect(lab.copies().map((copy) => JSON.stringify(copy.json()))).toEqual([expect.stringContaining('"pay"')]);
});

test.each([
  { forwards: true, copies: 0, what: 'no copy at a target that is not here' },
  { forwards: false, copies: 1, what: 'a copy at one that is' },
])('a request that is pinned to this machine has $what', async ({ forwards, copies }) => {
  const rules = [...mirror(), { name: 'pin', when: { client: 'test' }, pin: 'local' as const }];
  await using lab = await startShadowLab({ rules, copyProvider: () => ({ forwards }) });
  const asked = [await askPlainly(lab.gateway, 'main/m', true)];
  asked.push(await askPlainly(lab.gateway, 'main/m', false));
  expect(asked.map(({ status }) => status)).toEqual([200, 200]);
  if (copies > 0) for (const { id } of asked) await lab.shadowOf(id);
  else await delay(200);
  expect(lab.copies()).toHaveLength(copies * asked.length);
});
