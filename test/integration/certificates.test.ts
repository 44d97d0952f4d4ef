/** F-04: a provider's certificate that is not accepted: named as such, asked once, held against nobody, and the next target answers. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askPlainly, expectFinal } from '../support/ask-plainly.ts';
import { type FaultLab, startFaultLab, wholeAnswer } from '../support/fault-lab.ts';
import { json } from '../support/upstream-answers.ts';

/** Made for this test; `stranger` is signed by nobody that the gateway trusts, `elsewhere` is another host's. */
const names = ['sound', 'expired', 'elsewhere', 'stranger'] as const;
const trusted = join(import.meta.dirname, '../fixtures/tls/trusted.pem');
const servers: Server[] = [];
let lab: FaultLab;
let asked = 0;

async function serve(name: string): Promise<string> {
  const pem = readFileSync(join(import.meta.dirname, `../fixtures/tls/${name}.pem`));
  const server = createServer({ key: pem, cert: pem }, (_request, response) => {
    asked += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(wholeAnswer('Over TLS.')));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

beforeAll(async () => {
  const providers = await Promise.all(
    names.map(async (id) => ({ id, kind: 'openai-compatible' as const, baseUrl: await serve(id), models: ['m'] })),
  );
  const aliases = Object.fromEntries(names.map((id) => [`${id}-first`, { targets: [`${id}/m`, 'spare/m'] }]));
  lab = await startFaultLab(
    { providers, aliases, reliability: { breaker: { failures: 1 } } },
    { environment: { NODE_EXTRA_CA_CERTS: trusted } },
  );
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  for (const server of servers) server.close().closeAllConnections();
});

test('F-04 a certificate that is good is accepted, so that each below has one reason to be refused', async () => {
  expect((await askPlainly(lab.gateway, 'sound/m', false)).text).toContain('Over TLS.');
});

test.each([
  ['expired', 'CERT_HAS_EXPIRED'],
  ['elsewhere', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['stranger', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
])('F-04 a certificate that is %s is a 502 that says so, opens no breaker, and moves on to the next target', async (id, code) => {
  const before = asked;
  const refused = await askPlainly(lab.gateway, `${id}/m`, false);
  expectFinal(refused, 502, 'upstream_tls');
  expect(refused.text).toContain(`the provider's certificate is not accepted (${code})`);
  expect(await lab.finalRow(refused.id)).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: 'upstream-tls' });
  const { items } = await lab.gateway.call('targets.list', {});
  expect(items.find(({ provider }) => provider === id)).toMatchObject({ failures: 0, state: { breaker: 'closed' } });
  lab.spare.use(json(wholeAnswer('From the other one.')));
  expect((await askPlainly(lab.gateway, `${id}-first`, false)).text).toContain('From the other one.');
  expect(asked).toBe(before);
});
