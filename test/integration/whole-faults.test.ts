/** What becomes of a whole answer that is broken: the client is told all of it or that it failed, never a part. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Asked, askPlainly, expectFinal } from '../support/ask-plainly.ts';
import { type FaultLab, startFaultLab, wholeAnswer } from '../support/fault-lab.ts';
import { body, gzipped, json, truncated } from '../support/upstream-answers.ts';

let lab: FaultLab;

beforeAll(async () => {
  lab = await startFaultLab();
});

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

beforeEach(() => lab.upstream.use(json(wholeAnswer())));

const standing = async () => {
  const { items } = await lab.gateway.call('targets.list', {});
  const found = items.find(({ provider }) => provider === 'lab');
  return { failures: found?.failures ?? 0, state: found?.state };
};
const ask = (model: string): Promise<Asked> => askPlainly(lab.gateway, model, false);

test('F-14 a 200 that holds an error is one', async () => {
  lab.upstream.use(json({ error: { message: 'The model is overloaded.', code: 503 } }));
  const asked = await ask('lab/m');
  expectFinal(asked, 503, 'upstream_overloaded');
  expect(await lab.finalRow(asked.id)).toMatchObject({
    state: 'upstream_error',
    attempts: 3,
    usage: { inputTokens: null, estimated: false },
  });
});

test.each([
  [400, 400, 'upstream_refused', 'closed', 'ready'],
  [401, 502, 'provider_auth_failed', 'closed', 'set-aside'],
])('F-14 a 200 whose error says that it is a %i is one, and is not tried again', async (code, status, told, breaker, key) => {
  lab.upstream.use(json({ error: { message: 'It cannot be.', code } }));
  const before = await standing();
  const asked = await ask('lab/m');
  expectFinal(asked, status, told);
  expect((await lab.finalRow(asked.id)).attempts).toBe(1);
  expect(await standing()).toMatchObject({ failures: before.failures, state: { breaker, key } });
});

test.each(['null', '[]', '"text"', '', '{"id":', '{"a":1}}', '{"choices":[}'])('F-15 the body %s is a 502', async (text) => {
  lab.upstream.next(body(text));
  const asked = await ask('lab/m');
  expectFinal(asked, 502, null);
  expect(await lab.finalRow(asked.id)).toMatchObject({ state: 'upstream_error', attempts: 1 });
});

test.each(['close', 'reset', 'stall'] as const)(
  'F-24, F-25 a body that is shorter than announced (%s) never reaches the client',
  async (end) => {
    lab.upstream.next(truncated(wholeAnswer('A long answer. '.repeat(20)), 120, end), json(wholeAnswer()));
    const asked = await ask('lab/m');
    expectFinal(asked, end === 'stall' ? 504 : 502, end === 'stall' ? 'upstream_stalled' : 'upstream_truncated');
    expect(asked.text).not.toContain('A long answer');
    const moving = truncated(wholeAnswer('A long answer. '.repeat(20)), 120, end);
    lab.upstream.use(moving);
    lab.spare.use(json(wholeAnswer('From the other one.')));
    expect((await ask('both')).text).toContain('From the other one.');
  },
);

test('F-25 a body that is longer than announced never reaches the client', async () => {
  const text = JSON.stringify(wholeAnswer());
  lab.upstream.next([
    { write: `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length - 20}\r\n\r\n${text}` },
    { end: 'keep' },
  ]);
  expectFinal(await ask('lab/m'), 502, 'upstream_truncated');
  expect((await ask('lab/m')).status).toBe(200);
});

test('F-2C a compressed body that was not asked for is refused unread', async () => {
  lab.upstream.next(gzipped(wholeAnswer()));
  expectFinal(await ask('lab/m'), 502, 'upstream_protocol');
});

test('F-2A a body beyond every bound is cut off and costs no more memory than the bound', async () => {
  const piece = 'x'.repeat(1024 * 1024);
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 300000000\r\n\r\n{"a":"';
  lab.upstream.next([{ write: head }, ...Array.from({ length: 80 }, () => ({ write: piece })), { end: 'stall' }]);
  const before = lab.residentMiB();
  expectFinal(await ask('lab/m'), 502, 'upstream_too_large');
  expect(lab.residentMiB() - before).toBeLessThan(120);
});
