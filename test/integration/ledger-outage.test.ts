/** A log that cannot be written: it is said everywhere that a person or a program looks, once, and mends itself. */
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { GatewayEvent } from '../../gateway/contract/events.ts';
import { databaseFile } from '../../gateway/storage/open-database.ts';
import { chunks } from '../support/fault-lab.ts';
import { openRawStream } from '../support/raw-stream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, sse } from '../support/upstream-answers.ts';

const words = 'The request log cannot be written: another program holds the database; close it (SQLITE_BUSY).';

/** Takes the write lock as another program does; returns how to give it back. */
function takeLock(dataDir: string): () => void {
  const other = new Database(databaseFile(dataDir), { timeout: 1_000 });
  other.exec('BEGIN IMMEDIATE');
  const release = (): void => {
    if (other.open) other.close();
  };
  onTestFinished(release);
  return release;
}

function ask(gateway: RunningGateway): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo/hello', messages: [{ role: 'user', content: 'Hello' }] }),
  });
}

const longStream: Answer = sse([...chunks(Array.from({ length: 200 }, (_, index) => `word${index} `)), '[DONE]'], { gapMs: 40 });

test('a key revoked while the log is locked is refused and its requests end, the answer says for how long, and it can be repeated', async () => {
  await using upstream = await startScriptedUpstream(longStream);
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  await using gateway = await startGateway({ config: { version: 1, providers: [lab] } });
  const { id, key } = await gateway.call('clients.create', { name: 'guest' });
  const body = { model: 'lab/m', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
  const guest = openRawStream(gateway.port, body, { key });
  await guest.until('word3 ');
  const release = takeLock(gateway.dataDir);
  const refusal = await gateway.call('clients.revoke', { id }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: 'unavailable', field: 'id' });
  expect(String(refusal)).toMatch(
    /refused from now on .* until Gatehouse starts again: revoke it once more .* another program holds/,
  );
  await guest.ended;
  expect(guest.body).toMatch(/data: \{"error":[^\n]*key_revoked[^\n]*\n\n$/);
  expect(guest.body).not.toContain('word150 ');
  const again = openRawStream(gateway.port, body, { key });
  await again.until('\r\n\r\n');
  expect(again.status).toBe(401);
  again.leave();
  release();
  expect(await gateway.call('clients.revoke', { id })).toEqual({ revoked: true });
});

async function health(gateway: RunningGateway): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${gateway.url}/health`, { headers: { authorization: `Bearer ${gateway.clientKey}` } });
  return { status: response.status, body: await response.json() };
}

/** The problems of every `status-changed` event from now on, by their ids. */
async function followProblems(gateway: RunningGateway): Promise<string[][]> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const { control, controlToken } = gateway.ready;
  const headers = { authorization: `Bearer ${controlToken}` };
  const response = await fetch(`${control}/control/events`, { headers, signal: stop.signal });
  const seen: string[][] = [];
  const read = async (): Promise<void> => {
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      for (const line of text.split('\n')) {
        if (!line.startsWith('data: ')) continue;
        const event: GatewayEvent = JSON.parse(line.slice(6));
        if (event.type === 'status-changed') seen.push(event.status.problems.map(({ id }) => id));
      }
    }
  };
  read().catch(() => undefined);
  return seen;
}

test('an outage of the log is one line on stderr, a problem in the status and a 503 of /health, until it mends itself', async () => {
  await using gateway = await startGateway();
  const problems = await followProblems(gateway);
  const release = takeLock(gateway.dataDir);
  const refused = await Promise.all([ask(gateway), ask(gateway), ask(gateway)]);
  expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect((await gateway.call('status.get', {})).problems).toMatchObject([{ id: 'ledger', message: words }]);
  expect(await health(gateway)).toEqual({
    status: 503,
    body: { status: 'unhealthy', checks: { listener: 'running', ledger: words } },
  });
  release();
  const mended = { status: 200, body: { status: 'healthy' } };
  await expect.poll(() => health(gateway), { timeout: 5_000 }).toMatchObject(mended);
  expect((await gateway.call('status.get', {})).problems).toEqual([]);
  const { items } = await gateway.call('requests.list', {});
  expect(items.map(({ id, state, errorKind }) => [id, state, errorKind]).toSorted()).toEqual(
    refused.map(({ headers }) => [headers.get('x-request-id'), 'gateway_error', 'ledger-unavailable']).toSorted(),
  );
  expect((await ask(gateway)).status).toBe(200);
  await expect.poll(() => problems).toEqual([['ledger'], []]);
  expect(gateway.stderr.split(words)).toHaveLength(2);
  expect(gateway.stderr.split('can be written again')).toHaveLength(2);
});
