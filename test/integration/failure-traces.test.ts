/** What a failure leaves behind: what is held against the target, how its key stands, and the reason that a person is told. */
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askPlainly } from '../support/ask-plainly.ts';
import { type FaultLab, startFaultLab, wholeAnswer } from '../support/fault-lab.ts';
import { type Answer, body, json, redirect } from '../support/upstream-answers.ts';

let lab: FaultLab;
let tls: Server;

beforeAll(async () => {
  // Without a certificate every handshake fails.
  tls = createTlsServer();
  tls.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const other = (id: string, baseUrl: string) => ({ id, kind: 'openai-compatible' as const, baseUrl, models: ['m'] });
  lab = await startFaultLab({
    providers: [
      other('gone', 'http://127.0.0.1:9/v1'),
      other('nowhere', 'http://nowhere.invalid/v1'),
      other('broken-tls', `https://127.0.0.1:${(tls.address() as AddressInfo).port}/v1`),
    ],
    reliability: { attempts: 1, breaker: { failures: 1_000 } },
  });
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  tls.close();
});

const ask = (model: string) => askPlainly(lab.gateway, model, false);

/** Nothing is held against the key of `lab` any more. */
async function restoreKey(): Promise<void> {
  lab.upstream.use(json(wholeAnswer()));
  await ask('lab/m');
}

beforeEach(restoreKey);

const failed = (status: number, error: object = {}, headers: Readonly<Record<string, string>> = {}): Answer =>
  json({ error: { message: 'Not now.', ...error } }, { status, headers: headers });
const page = body('<html>', { headers: { 'content-type': 'text/html' } });

/** Failures held against a target, and how its key stands and why. */
const standing = async (provider: string) => {
  const { items } = await lab.gateway.call('targets.list', {});
  const found = items.find((one) => one.provider === provider);
  return { failures: found?.failures ?? 0, breaker: found?.state.breaker, key: found?.state.key, reason: found?.reason ?? '' };
};

test.each<[string, Answer, number, string, RegExp]>([
  ['F-07 a 429', failed(429, {}, { 'retry-after': '2' }), 0, 'resting', /no more requests for now/],
  ['F-09 an empty account', failed(429, { code: 'insufficient_quota' }), 0, 'resting', /no credit or quota/],
  ['F-10 a 500', failed(500), 1, 'ready', /500/],
  ['F-10 a 529', failed(529), 1, 'ready', /529/],
  ['F-11 a 401', failed(401), 0, 'set-aside', /refused \(401\)/],
  ['F-11 a 402', failed(402), 0, 'resting', /no credit or quota/],
  ['F-11 a 403', failed(403), 0, 'set-aside', /refused \(403\)/],
  ['F-12 a 400', failed(400), 0, 'ready', /./],
  ['F-12 a context that is too long', failed(400, { code: 'context_length_exceeded' }), 0, 'ready', /./],
  ['F-13 a redirect', redirect('http://127.0.0.1:9/'), 0, 'ready', /./],
  ['F-15 a page', page, 0, 'ready', /./],
])('%s is told of as what it is, and held against whom it concerns', async (_what, answer, more, key, reason) => {
  const before = await standing('lab');
  lab.upstream.next(answer);
  await ask('lab/m');
  const after = await standing('lab');
  expect([after.failures - before.failures, after.breaker, after.key]).toEqual([more, 'closed', key]);
  if (more > 0 || key !== 'ready') expect(after.reason).toMatch(reason);
  // A whole answer takes it all back, be it to a request that was sent to a key at rest.
  await restoreKey();
  expect((await standing('lab')).key).toBe('ready');
});

test('F-01 F-02 a host that is not there is counted against it, and F-04 a certificate is not', async () => {
  const failuresAfter = async (provider: string) => {
    const { failures } = await standing(provider);
    await ask(`${provider}/m`);
    return (await standing(provider)).failures - failures;
  };
  expect([await failuresAfter('nowhere'), await failuresAfter('gone'), await failuresAfter('broken-tls')]).toEqual([1, 1, 0]);
});
