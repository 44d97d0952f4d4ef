/** The ledger after `kill -9` at every labelled point: each start ends settled, and the sums are the rows'. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../../gateway/contract/config.ts';
import { makeRequest } from '../../support/client-ledger.ts';
import { chunks, usageChunk, wholeAnswer } from '../../support/fault-lab.ts';
import { killAt, killMark, killPoints } from '../../support/kill-at.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { makeDataDir, startGateway } from '../../support/start-gateway.ts';
import { type Answer, json, sse } from '../../support/upstream-answers.ts';

const kills = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 50 : 2;

let upstream: ScriptedUpstream;
let config: GatewayConfigDocument;

function answer(request: ReceivedRequest): Answer {
  const { stream = false } = request.json() as { readonly stream?: boolean };
  if (!stream) return [{ waitMs: 5 }, ...json(wholeAnswer())];
  return sse([...chunks(['one ', 'two ', 'three ']), usageChunk({ prompt_tokens: 3, completion_tokens: 4 }), '[DONE]'], {
    gapMs: 3,
  });
}

beforeAll(async () => {
  upstream = await startScriptedUpstream(answer);
  config = {
    version: 1,
    providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl, models: ['m'] }],
    prices: { overrides: { 'lab/m': { inputPerMillionUsd: 2, outputPerMillionUsd: 8 } } },
    budgets: [
      { name: 'all of a month', period: 'month', limitUsd: 1_000 },
      { name: 'lab of a day', provider: 'lab', period: 'day', limitUsd: 1_000 },
      { name: 'a warning', period: 'week', limitUsd: 1, mode: 'soft' },
    ],
  };
});

afterAll(async () => {
  await upstream.stop();
});

/** As the data lies in the file while a gateway runs on it. */
function sumsOf(dataDir: string) {
  const database = new Database(join(dataDir, 'gatehouse.db'), { readonly: true });
  try {
    const one = (sql: string): unknown => database.prepare(sql).pluck().get();
    return {
      rows: one('SELECT sum(costNanoUsd) FROM requests'),
      started: one("SELECT count(*) FROM requests WHERE state = 'started'"),
      reservations: one('SELECT count(*) FROM reservations'),
      reserved: one('SELECT sum(reservedNanoUsd) FROM meters'),
      settled: database.prepare('SELECT settledNanoUsd FROM meters ORDER BY scope, period').pluck().all(),
    };
  } finally {
    database.close();
  }
}

test.each(killPoints)(
  `after ${kills} kills at %s every start ends settled, nothing is reserved, and the sums are the rows'`,
  async (point) => {
    const dataDir = makeDataDir();
    try {
      let interruptedUsd = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        const gateway = await startGateway({ config, dataDir, environment: killAt(point, 3 + (kill % 5)) });
        const asking = { model: 'lab/m', isStream: kill % 2 === 0, content: 'count me' };
        for (let round = 0; round < 3; round += 1) {
          await Promise.all(Array.from({ length: 4 }, () => makeRequest(gateway, gateway.clientKey, asking)));
        }
        await gateway.ended;
        expect(gateway.stderr).toContain(killMark);
        await using again = await startGateway({ config, dataDir });
        const { rows, settled, ...left } = sumsOf(dataDir);
        expect(left).toEqual({ started: 0, reservations: 0, reserved: 0 });
        expect(settled).toEqual([rows, rows, rows]);
        const { total } = await again.call('usage.query', { fromMs: 0, toMs: Date.now() + 3_600_000 * 24, interval: 'month' });
        expect(Math.round(total.costUsd * 1e9)).toBe(rows);
        const { items } = await again.call('requests.list', { limit: 500 });
        for (const { state, costBasis, costUsd } of items) {
          if (state === 'interrupted') interruptedUsd += costUsd ?? 0;
          expect([state, costBasis]).toEqual(
            state === 'ok' ? ['ok', 'computed'] : ['interrupted', costUsd === null ? 'unknown' : 'estimated'],
          );
        }
      }
      // Before the row is handed over nothing is held, and behind its commit nothing is open.
      if (point === 'first-upstream-byte' || point === 'last-token') expect(interruptedUsd).toBeGreaterThan(0);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
  30_000 + kills * 10_000,
);
