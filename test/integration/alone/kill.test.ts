/** What the log still knows after `kill -9`: everything that a client could have seen, and nothing that is half done. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallOutput } from '../../../gateway/contract/calls.ts';
import type { GatewayConfigDocument } from '../../../gateway/contract/config.ts';
import type { RequestItem } from '../../../gateway/contract/records.ts';
import { type LedgerEntry, makeRequest } from '../../support/client-ledger.ts';
import { chunks, usageChunk, wholeAnswer } from '../../support/fault-lab.ts';
import { killAt, killMark, killPoints } from '../../support/kill-at.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../../support/start-gateway.ts';
import { type Answer, json, sse } from '../../support/upstream-answers.ts';
import { type FormName, soundAnswer, upstreamForms } from '../../support/wire-forms.ts';

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
const loops = isFull ? 50 : 10;
const readyWithinMs = 2_000;
/** Which door asks which provider's model: bytes that pass through, and three kinds of translation. */
const asked: readonly { readonly door: FormName; readonly model: string }[] = [
  { door: 'openai-chat', model: 'demo/hello' },
  { door: 'openai-chat', model: 'lab/m' },
  { door: 'anthropic-messages', model: 'lab/m' },
  { door: 'openai-chat', model: 'local/m' },
  { door: 'openai-responses', model: 'demo/hello' },
];

/** Starting and ending take one core each. */
vi.setConfig({ maxConcurrency: 2 });

let upstream: ScriptedUpstream;
let config: GatewayConfigDocument;

function answer(request: ReceivedRequest): Answer {
  const { stream = false } = request.json() as { readonly stream?: boolean };
  if (request.target === '/api/chat') {
    const whole = soundAnswer(upstreamForms.ollama, ['one ', 'two ', 'three ', 'four'], stream, { gapMs: 3 });
    return stream ? whole : [{ waitMs: 5 }, ...whole];
  }
  if (!stream) return [{ waitMs: 5 }, ...json(wholeAnswer())];
  const usage = usageChunk({ prompt_tokens: 3, completion_tokens: 4 });
  return sse([...chunks(['one ', 'two ', 'three ', 'four']), usage, '[DONE]'], { gapMs: 3 });
}

beforeAll(async () => {
  upstream = await startScriptedUpstream(answer);
  const lab = { id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] };
  const local = { ...upstreamForms.ollama.provider(upstream.origin), models: ['m'] };
  config = { version: 1, providers: [{ id: 'demo', kind: 'demo' }, lab, local] };
});

afterAll(async () => {
  await upstream.stop();
});

/** Every row of the log, by its id. */
async function readLog(gateway: RunningGateway): Promise<ReadonlyMap<string, RequestItem>> {
  const rows = new Map<string, RequestItem>();
  let cursor: string | null = null;
  do {
    const page: CallOutput<'requests.list'> = await gateway.call('requests.list', { limit: 500, cursor });
    for (const item of page.items) rows.set(item.id, item);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

/** Beside the running gateway, so that SQLite's own recovery is the gateway's and not the test's. */
function checkDatabase(dataDir: string): unknown {
  const database = new Database(join(dataDir, 'gatehouse.db'), { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

/** The promises that hold after every kill, whenever it came. */
function expectNothingLost(rows: ReadonlyMap<string, RequestItem>, ledger: readonly LedgerEntry[]): void {
  const seen = ledger.filter(({ id }) => id !== '');
  expect(seen.filter(({ id }) => !rows.has(id))).toEqual([]);
  const wrongState = seen.filter(({ id, sawLastByte }) => {
    const state = rows.get(id)?.state;
    return sawLastByte ? state !== 'ok' : state !== 'ok' && state !== 'interrupted';
  });
  expect(wrongState).toEqual([]);
  expect([...rows.values()].filter(({ state }) => state !== 'ok' && state !== 'interrupted')).toEqual([]);
}

/** Sixteen clients that ask until the gateway is gone, whole and streamed, of every provider. */
async function loadUntilGone(gateway: RunningGateway, key: string): Promise<LedgerEntry[]> {
  const ledger: LedgerEntry[] = [];
  let isGone = false;
  void gateway.ended.then(() => {
    isGone = true;
  });
  const client = async (number: number): Promise<void> => {
    for (let turn = number; !isGone; turn += 1) {
      const one = asked[turn % asked.length] ?? asked[0];
      if (one) ledger.push(await makeRequest(gateway, key, { ...one, isStream: turn % 4 < 2, content: `client ${number}` }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, number) => client(number)));
  return ledger;
}

test(`F-40 after ${loops} kills under load nothing that a client saw is missing, and nothing stays unfinished`, async () => {
  const dataDir = makeDataDir();
  const totals = { whole: 0, broken: 0, interrupted: 0 };
  let gateway = await startGateway({ config, dataDir });
  const key = gateway.clientKey;
  try {
    for (let loop = 0; loop < loops; loop += 1) {
      const before = await readLog(gateway);
      const loading = loadUntilGone(gateway, key);
      await delay(150 + Math.random() * 350);
      await gateway.kill();
      const ledger = await loading;
      gateway = await startGateway({ config, dataDir, withoutKey: true });
      expect(gateway.readyAfterMs).toBeLessThan(readyWithinMs);
      const rows = await readLog(gateway);
      expectNothingLost(rows, ledger);
      expect(checkDatabase(dataDir)).toBe('ok');
      for (const [id, row] of before) expect(rows.get(id)).toEqual(row);
      totals.whole += ledger.filter(({ sawLastByte }) => sawLastByte).length;
      totals.broken += ledger.filter(({ sawLastByte }) => !sawLastByte).length;
      totals.interrupted = [...rows.values()].filter(({ state }) => state === 'interrupted').length;
    }
    // Otherwise the kills met nobody.
    expect(totals.whole).toBeGreaterThan(loops * 20);
    expect(totals.broken).toBeGreaterThan(loops * 4);
    expect(totals.interrupted).toBeGreaterThan(loops * 2);
  } finally {
    await gateway.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

type Asking = (typeof asked)[number];

/** Kills a gateway at the point while several requests run; returns the id that was there and what clients saw. */
async function killAtPoint(dataDir: string, point: (typeof killPoints)[number], isStream: boolean, asking: Asking) {
  const environment = killAt(point, 5);
  const gateway = await startGateway({ config, dataDir, environment });
  const ledger: LedgerEntry[] = [];
  for (let round = 0; round < 2; round += 1) {
    const together = Array.from({ length: 4 }, (_, number) =>
      makeRequest(gateway, gateway.clientKey, { ...asking, isStream, content: `round ${round}, client ${number}` }),
    );
    ledger.push(...(await Promise.all(together)));
  }
  const ended = await gateway.ended;
  const id = gateway.stderr.split(killMark)[1]?.trim() ?? '';
  return { id, ledger, ended };
}

describe.each(killPoints)('F-41 killed at %s', (point) => {
  const ways = asked.slice(1, 4).flatMap((asking) => [true, false].map((isStream) => ({ ...asking, isStream })));
  test.concurrent.each(ways)('the row says what a client of $door at $model could have seen (stream: $isStream)', async (way) => {
    const { isStream } = way;
    for (let round = 0; round < (isFull ? 10 : 1); round += 1) {
      const dataDir = makeDataDir();
      try {
        const { id, ledger, ended } = await killAtPoint(dataDir, point, isStream, way);
        expect(ended.signal).toBe('SIGKILL');
        expect(id).toMatch(/^req_/);
        const gateway = await startGateway({ config, dataDir, withoutKey: true });
        const rows = await readLog(gateway);
        expectNothingLost(rows, ledger);
        expect(checkDatabase(dataDir)).toBe('ok');
        expect(gateway.readyAfterMs).toBeLessThan(readyWithinMs);
        await gateway.stop();
        const entry = ledger.find((one) => one.id === id);
        expectAt(point, rows.get(id)?.state ?? 'no row', entry?.sawLastByte ?? false);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    }
  });
});

/** Before its commit a request is unfinished, and its client has no end; from its commit on it is `ok`. */
function expectAt(point: (typeof killPoints)[number], state: string, sawLastByte: boolean): void {
  if (point === 'row-committed' || point === 'last-byte-sent') expect(state).toBe('ok');
  else expect(['interrupted', 'no row']).toContain(state);
  if (point !== 'last-byte-sent') expect(sawLastByte).toBe(false);
}
