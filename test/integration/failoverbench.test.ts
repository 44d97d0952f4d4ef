/** The sixteen cases of the public exam failoverbench, by its names: what a client sees while its provider fails. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { type Asked, askPlainly, expectFinal } from '../support/ask-plainly.ts';
import {
  chunks,
  type FaultLab,
  faultTimeouts,
  soundStream,
  startFaultLab,
  usageChunk,
  wholeAnswer,
} from '../support/fault-lab.ts';
import { postsTo } from '../support/scripted-upstream.ts';
import { type Answer, body, json, sse, stream } from '../support/upstream-answers.ts';

let lab: FaultLab;

const start = async (changes: Partial<GatewayConfigDocument> = {}): Promise<void> => {
  lab = await startFaultLab(changes);
};

beforeEach(async ({ task }) => {
  if (!task.name.startsWith('S15')) await start();
});

afterEach(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

const ask = (model: string): Promise<Asked> => askPlainly(lab.gateway, model, false);
const posts = (upstream = lab.upstream): number => postsTo(upstream).length;
const failure = (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  json({ error: { message: `It is ${status}.`, type: 'server_error', code: null } }, { status, headers });

describe('a provider that refuses for now', () => {
  test('S01 Retry-After is obeyed: in seconds, in milliseconds and as a date, and nobody waits without need', async () => {
    const inThreeSeconds = new Date(Date.now() + 3_000).toUTCString();
    const forms = [
      { 'retry-after': '1' },
      { 'retry-after-ms': '1200' },
      { 'retry-after': inThreeSeconds, date: new Date().toUTCString() },
    ];
    for (const headers of forms) {
      lab.upstream.use(json(wholeAnswer()));
      const before = lab.upstream.requests.length;
      lab.upstream.next(failure(429, headers));
      const asked = await ask('lab/m');
      expect(asked.status).toBe(200);
      const [first, second] = lab.upstream.requests.slice(before).map(({ receivedAtMs }) => receivedAtMs);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
      const row = await lab.finalRow(asked.id);
      expect(row.attemptList).toMatchObject([
        { status: 429, cause: 'first', waitedMs: 0 },
        { status: 200, cause: 'retry' },
      ]);
      expect(row.attemptList[1]?.waitedMs).toBeGreaterThanOrEqual(990);
    }
  });

  test('S01 with another target nobody waits for it', async () => {
    lab.upstream.use(failure(429, { 'retry-after': '20' }));
    lab.spare.use(json(wholeAnswer('From the other one.')));
    const asked = await ask('both');
    expect([asked.status, asked.text.includes('From the other one.')]).toEqual([200, true]);
    expect((await lab.finalRow(asked.id)).attemptList).toMatchObject([{ status: 429 }, { cause: 'next-target', waitedMs: 0 }]);
  });

  test('S01 a pause beyond the deadline is not begun', async () => {
    lab.upstream.use(failure(429, { 'retry-after': '10' }));
    const asked = await ask('lab/m');
    expectFinal(asked, 429, null);
    expect([asked.tookMs < faultTimeouts.totalMs, posts()]).toEqual([true, 1]);
    expect(asked.headers.get('retry-after')).toBe('10');
  });

  test('S02 a persistent 429 ends after the attempts there are, as a 429 that names each of them', async () => {
    lab.upstream.use(failure(429));
    const asked = await ask('lab/m');
    expectFinal(asked, 429, null);
    expect(posts()).toBe(3);
    expect(asked.text).toMatch(/3 attempts: lab\/m: answered 429: It is 429\.; lab\/m: answered 429/);
    const row = await lab.finalRow(asked.id);
    expect(row).toMatchObject({ state: 'upstream_error', status: 429, attempts: 3, errorKind: 'upstream-rate-limit' });
    expect(row.errorMessage).toMatch(/^3 attempts: /);
    // It rests the key, and opens no breaker.
    const { items } = await lab.gateway.call('providers.keys', { id: 'lab' });
    expect(items).toMatchObject([{ reference: 'env:FAULT_KEY', state: 'resting' }]);
    const targets = (await lab.gateway.call('targets.list', {})).items;
    expect(targets).toMatchObject([{ provider: 'lab', failures: 0, state: { breaker: 'closed' } }]);
  });

  test('S03 one 500 is unseen by the client', async () => {
    lab.upstream.use(json(wholeAnswer()));
    lab.upstream.next(failure(500));
    const asked = await ask('lab/m');
    expect([asked.status, asked.headers.get('x-gatehouse-attempts'), posts()]).toEqual([200, '2', 2]);
  });

  test('S04 a 503 moves on to the next target at once', async () => {
    lab.upstream.use(failure(503));
    lab.spare.use(json(wholeAnswer('From the other one.')));
    const asked = await ask('both');
    expect([asked.status, asked.headers.get('x-gatehouse-provider')]).toEqual([200, 'spare']);
    expect((await lab.finalRow(asked.id)).attemptList).toMatchObject([
      { provider: 'lab', status: 503, errorKind: 'upstream-overloaded', cause: 'first', key: 'env:FAULT_KEY' },
      { provider: 'spare', status: 200, errorKind: null, cause: 'next-target', key: 'env:FAULT_KEY', waitedMs: 0 },
    ]);
  });
});

describe('a provider that is not there', () => {
  test('S05 a TCP reset is unseen by the client, with one target and with two', async () => {
    lab.upstream.use(json(wholeAnswer()));
    lab.upstream.next([{ end: 'reset' }]);
    expect((await ask('lab/m')).status).toBe(200);
    lab.upstream.use([{ end: 'reset' }]);
    lab.spare.use(json(wholeAnswer('From the other one.')));
    expect((await ask('both')).text).toContain('From the other one.');
  });

  test('S06 no response: the next target answers a stream after the time to the first byte', async () => {
    lab.upstream.use([{ end: 'stall' }]);
    const sight = await lab.watch('both');
    expect(sight).toMatchObject({ error: null, text: 'All is well.' });
    expect(sight.row).toMatchObject({ state: 'ok', attempts: 2, provider: 'spare' });
    expect(sight.row.attemptList).toMatchObject([{ errorKind: 'upstream-first-byte-timeout', status: null, headMs: null }, {}]);
    expect(sight.row.durationMs).toBeLessThan(faultTimeouts.firstByteMs + 1_500);
  });

  test('S06 no response at all is a 504 in the end', async () => {
    lab.upstream.use([{ end: 'stall' }]);
    lab.spare.use([{ end: 'stall' }]);
    const sight = await lab.watch('both');
    expect(sight.error).toMatchObject({ status: 504 });
    expect(sight.row).toMatchObject({ state: 'upstream_error', status: 504, attempts: 2 });
    expect(sight.row.errorMessage).toMatch(/^2 attempts: lab\/m: did not begin.*; spare\/m: did not begin/);
  });

  test('S07 a first token that takes its time is waited for, as long as the limit allows, and not longer', async () => {
    const late = (afterMs: number): Answer => [{ waitMs: afterMs }, ...soundStream(['Late.'])];
    lab.upstream.next(late(faultTimeouts.firstByteMs / 2));
    expect(await lab.watch('both')).toMatchObject({ error: null, text: 'Late.', row: { attempts: 1, provider: 'lab' } });
    lab.upstream.next(late(faultTimeouts.firstByteMs * 5));
    expect(await lab.watch('both')).toMatchObject({ error: null, text: 'All is well.', row: { attempts: 2, provider: 'spare' } });
  });
});

describe('a stream that goes wrong', () => {
  const sixty = Array.from({ length: 60 }, (_, place) => `word${place} `);

  test('S08 a stream that is cut at 40 of 60 is an error with the 40, and is not begun anew', async () => {
    lab.upstream.use(sse(chunks(sixty).slice(0, 41), { gapMs: 2, end: 'reset' }));
    const sight = await lab.watch('both');
    expect(sight.error).not.toBeNull();
    expect(sight.text).toBe(sixty.slice(0, 40).join(''));
    expect([posts(), posts(lab.spare)]).toEqual([1, 0]);
    expect(sight.row).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: 'upstream-truncated' });
  });

  test('S09 a stall in the middle ends as an error when nothing has come for long enough', async () => {
    lab.upstream.use(sse(chunks(sixty).slice(0, 21), { gapMs: 2, end: 'stall' }));
    const sight = await lab.watch('both');
    expect(sight.error).not.toBeNull();
    expect(sight.text).toBe(sixty.slice(0, 20).join(''));
    expect(sight.row).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-stalled', attempts: 1 });
    expect(sight.row.durationMs).toBeLessThan(faultTimeouts.idleMs + 1_500);
  });

  test.each(['{"id":"chatcmpl-1","cho', '{"id":'])('S10 the malformed chunk %s ends the stream as an error', async (broken) => {
    const [role, first, ...rest] = chunks(['One ', 'two ']);
    lab.upstream.use(sse([role, first, broken, ...rest, '[DONE]'], { gapMs: 5 }));
    const sight = await lab.watch('both');
    expect(sight.error).not.toBeNull();
    expect(sight.text).toBe('One ');
    expect(sight.row).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-protocol', attempts: 1 });
  });

  test('S10 a stream that begins with one is unseen by the client', async () => {
    lab.upstream.use(stream(['data: {"id":"chatcmpl-1","cho\n\n', 'data: [DONE]\n\n']));
    expect(await lab.watch('both')).toMatchObject({ error: null, text: 'All is well.', row: { attempts: 2, provider: 'spare' } });
  });

  test('S11 without [DONE] nothing is complete', async () => {
    lab.upstream.use(sse(chunks(['Half ', 'of it'])));
    const sight = await lab.watch('both');
    expect(sight.error).not.toBeNull();
    expect(sight.row).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-truncated', attempts: 1 });
  });
});

describe('what the request itself is to blame for passes through, byte for byte, and is asked of nobody else', () => {
  test.each([
    ['S12 context_length_exceeded', 400, 'upstream-context-too-long', { param: 'messages', code: 'context_length_exceeded' }],
    [
      'S13 a content filter',
      400,
      'upstream-content-policy',
      { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } },
    ],
    ['S14 a refused prefill', 400, 'upstream-refused', { param: 'messages.1', code: null, type: 'invalid_request_error' }],
  ])('%s', async (_what, status, kind, error) => {
    const text = `{ "error": ${JSON.stringify({ message: 'No.', ...error })} }`;
    lab.upstream.use(body(text, { status }));
    for (const model of ['lab/m', 'both']) {
      const asked = await ask(model);
      expect([asked.status, asked.text]).toEqual([status, text]);
      expect(asked.headers.get('x-should-retry')).toBe('false');
      expect(await lab.finalRow(asked.id)).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: kind });
    }
    expect([posts(), posts(lab.spare)]).toEqual([2, 0]);
  });
});

test('S15 a provider that flaps is unseen by every client, and is mostly left alone', { timeout: 30_000 }, async () => {
  const breaker = { failures: 3, windowMs: 2_000, openMs: 400, probes: 1 };
  await start({ reliability: { breaker, healthChecks: false } });
  lab.upstream.use(() => (Math.floor(performance.now() / 250) % 2 === 0 ? failure(503) : json(wholeAnswer())));
  lab.spare.use(json(wholeAnswer()));
  const statuses: number[] = [];
  let asked = 0;
  const until = performance.now() + 6_000;
  const client = async () => {
    while (performance.now() < until) {
      asked += 1;
      statuses.push((await ask('both')).status);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  expect(asked).toBeGreaterThan(100);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect((posts() + posts(lab.spare)) / asked).toBeLessThan(1.2);
});

test('S16 only the attempt that was served is billed', async () => {
  const billed = (tokens: number) =>
    sse([...chunks(['Yes.']), usageChunk({ prompt_tokens: 3, completion_tokens: tokens, total_tokens: 3 + tokens }), '[DONE]']);
  const [role] = chunks([]);
  lab.upstream.next(
    sse([role, usageChunk({ prompt_tokens: 900, completion_tokens: 900, total_tokens: 1_800 })], { end: 'reset' }),
  );
  lab.spare.next(billed(5));
  const sight = await lab.watch('both');
  expect(sight).toMatchObject({ error: null, text: 'Yes.' });
  expect(sight.row).toMatchObject({
    attempts: 2,
    provider: 'spare',
    usage: { inputTokens: 3, outputTokens: 5, estimated: false },
  });
  expect(sight.row.rawUsageJson).not.toContain('900');
});
