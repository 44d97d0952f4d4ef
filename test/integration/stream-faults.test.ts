/** What becomes of a stream that breaks in the middle: no client may take it for complete, and the log tells what happened. */
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { chunks, type FaultLab, faultTimeouts, soundStream, startFaultLab } from '../support/fault-lab.ts';
import { completenessSigns } from '../support/raw-stream.ts';
import { type Answer, head, sse, type StreamFacts, stream } from '../support/upstream-answers.ts';

let lab: FaultLab;

beforeAll(async () => {
  // Every test begins with a provider that nothing is held against.
  lab = await startFaultLab({ reliability: { breaker: { failures: 1_000 } } });
});

beforeEach(() => lab.upstream.use(soundStream()));

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

const begun = chunks(['Half ', 'of it']).slice(0, -1);

/** Text, then what the facts say, and no terminator. */
const cut = (facts: StreamFacts, ...more: readonly unknown[]): Answer => sse([...begun, ...more], { gapMs: 5, ...facts });

interface Break {
  readonly answer: Answer;
  readonly kind: string;
  /** What the error says to a person. */
  readonly words: RegExp;
}

/** Plays the break once to the SDK and once to a bare socket, and holds both against the contract. */
async function expectBroken({ answer, kind, words }: Break): Promise<RequestDetail> {
  lab.upstream.next(answer, answer);
  const sight = await lab.watch();
  expect(sight.error).toBeInstanceOf(OpenAI.APIError);
  expect(sight.error?.message).toMatch(words);
  expect(sight.text).toBe('Half of it');
  const raw = lab.openRaw();
  await raw.ended;
  expect(completenessSigns(raw.text)).toEqual([]);
  expect(raw.body).toMatch(/\n\n(?:event: error\n)?data: \{.*"error":\{"message":.*\}\}\n\n$/);
  const row = await lab.finalRow(raw.requestId);
  for (const one of [sight.row, row]) expectBrokenRow(one, kind);
  return row;
}

/** One attempt only, since bytes had gone out; the words that came are counted, and marked as a guess. */
function expectBrokenRow(row: RequestDetail, kind: string): void {
  expect(row).toMatchObject({ state: 'upstream_error', status: 200, attempts: 1, errorKind: kind, provider: 'lab', model: 'm' });
  expect(row.attemptList).toMatchObject([{ number: 1, status: 200, errorKind: kind }]);
  expect(row.usage.estimated).toBe(true);
  expect(row.usage.outputTokens).toBeGreaterThanOrEqual(2);
  expect(row.usage.outputTokens).toBeLessThanOrEqual(10);
  expect(row.firstTokenMs).toBeLessThanOrEqual(row.durationMs ?? 0);
  expect(row.responseBytes).toBeGreaterThan(300);
}

describe('a stream that breaks is an error to every client', () => {
  test('F-20 the upstream resets the connection after the first words', async () => {
    await expectBroken({ answer: cut({ end: 'reset' }), kind: 'upstream-truncated', words: /broke off/ });
  });

  test('F-20 the upstream closes the connection within a chunk', async () => {
    await expectBroken({ answer: cut({ end: 'close' }), kind: 'upstream-truncated', words: /broke off/ });
  });

  test('F-20 the upstream cuts an event in the middle: the half never reaches the client', async () => {
    const answer = stream([...begun.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: {"id":"chatcmpl-1","cho'], {
      gapMs: 5,
      end: 'reset',
    });
    await expectBroken({ answer, kind: 'upstream-truncated', words: /broke off/ });
  });

  test('F-21 the upstream falls silent: the idle timer ends it and the upstream is let go', async () => {
    const before = lab.upstream.requests.length;
    await expectBroken({ answer: cut({ end: 'stall' }), kind: 'upstream-stalled', words: /silent/ });
    const request = lab.upstream.requests[before];
    const heldMs = ((await request?.connectionClosedAtMs) ?? 0) - (request?.receivedAtMs ?? 0);
    expect(heldMs).toBeGreaterThanOrEqual(faultTimeouts.idleMs);
    expect(heldMs).toBeLessThan(faultTimeouts.idleMs + 1_500);
  });

  test('F-22 signs of life hold a stream beyond the idle timer, and never beyond the total one', async () => {
    const pings = Array.from({ length: 60 }, () => ': ping\n\n');
    const events = begun.map((one) => `data: ${JSON.stringify(one)}\n\n`);
    const answer = stream([...events, ...pings], { gapMs: 100, end: 'stall' });
    const row = await expectBroken({ answer, kind: 'upstream-total-timeout', words: /4 seconds/ });
    expect(row.durationMs).toBeGreaterThanOrEqual(faultTimeouts.totalMs - 1);
    expect(row.durationMs).toBeLessThan(faultTimeouts.totalMs + 500);
  });

  test.each([
    ['an error object', 'overloaded', 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'],
    ['an error event', 'overloaded', 'event: error\ndata: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'],
    ['an error beside choices', 'failed', 'data: {"id":"x","choices":[],"error":{"message":"Overloaded","code":502}}\n\n'],
    ['an error and then the terminator', 'failed', 'data: {"error":"Overloaded"}\n\ndata: [DONE]\n\n'],
  ])('F-23 the upstream reports %s after the first words: %s', async (_, kind, frame) => {
    const answer = stream([...begun.map((one) => `data: ${JSON.stringify(one)}\n\n`), frame], { gapMs: 5 });
    await expectBroken({ answer, kind: `upstream-${kind}`, words: /Overloaded/ });
  });

  test('F-23 an error event of another shape never ends as an answer', async () => {
    const frame = 'event: error\ndata: {"type":"overloaded_error","message":"Overloaded"}\n\n';
    lab.upstream.next(stream([...begun.map((one) => `data: ${JSON.stringify(one)}\n\n`), frame, 'data: [DONE]\n\n']));
    const sight = await lab.watch();
    expect(sight.error).not.toBeNull();
    expect(sight.row.state).toBe('upstream_error');
  });

  test('F-26 the stream ends in order without its terminator', async () => {
    await expectBroken({ answer: cut({}), kind: 'upstream-truncated', words: /before its answer was complete/ });
  });

  test('F-26 even a stream that had its finish reason is not complete without its terminator', async () => {
    lab.upstream.next(sse(chunks(['Half ', 'of it'])));
    const sight = await lab.watch();
    expect(sight.error).toBeInstanceOf(OpenAI.APIError);
    expect(sight.row).toMatchObject({ state: 'upstream_error', errorKind: 'upstream-truncated' });
  });

  test('F-2A an event without end is cut at its limit', async () => {
    const endless = Array.from({ length: 17 }, () => 'x'.repeat(1024 * 1024));
    const events = begun.map((one) => `data: ${JSON.stringify(one)}\n\n`);
    const answer = stream([...events, 'data: ', ...endless], { end: 'stall' });
    await expectBroken({ answer, kind: 'upstream-too-large', words: /larger than/ });
  });
});

describe('what comes before the first words can still be mended', () => {
  test('F-23 an error event before any word is followed by another attempt, unseen by the client', async () => {
    lab.upstream.next(sse([{ error: { message: 'Overloaded' } }]), soundStream());
    const sight = await lab.watch();
    expect(sight).toMatchObject({ error: null, text: 'All is well.' });
    expect(sight.row).toMatchObject({ state: 'ok', attempts: 2 });
    expect(sight.row.attemptList).toMatchObject([{ errorKind: 'upstream-failed' }, { errorKind: null, status: 200 }]);
  });

  const [role] = chunks([]);

  test.each([
    ['an error', [{ error: { message: 'Overloaded', type: 'overloaded_error' } }], {}, 'upstream-overloaded'],
    ['a reset', [], { end: 'reset' }, 'upstream-truncated'],
    ['a stall', [], { end: 'stall' }, 'upstream-stalled'],
    ['an end', [], {}, 'upstream-truncated'],
    ['half an event', ['{"id":"chatcmpl-1","cho'], {}, 'upstream-protocol'],
  ] as const)('F-23 %s after a role without a word moves on to the next target', async (_, events, facts, kind) => {
    lab.upstream.next(sse([role, ...events], { gapMs: 5, ...facts }));
    const sight = await lab.watch('both');
    expect(sight).toMatchObject({ error: null, text: 'All is well.' });
    expect(sight.row.attemptList).toMatchObject([
      { provider: 'lab', status: 200, errorKind: kind, cause: 'first' },
      { provider: 'spare', status: 200, errorKind: null, cause: 'next-target' },
    ]);
  });

  test("an opening without a word is the client's after a while, and then the stream is not begun anew", async () => {
    const patient = await startFaultLab({ timeouts: { ...faultTimeouts, idleMs: 4_000 } });
    try {
      patient.upstream.next(sse([role, ...chunks(['late']).slice(1)], { gapMs: 2_200, end: 'reset' }));
      const begunAt = performance.now();
      const raw = patient.openRaw({ model: 'both' });
      await raw.until('"role":"assistant"');
      expect(performance.now() - begunAt).toBeGreaterThan(1_400);
      expect(performance.now() - begunAt).toBeLessThan(2_100);
      await raw.ended;
      const row = await patient.finalRow(raw.requestId);
      expect(row).toMatchObject({ state: 'upstream_error', attempts: 1, provider: 'lab' });
      // Counted to the first word, not to the opening.
      expect(row.firstTokenMs).toBeGreaterThan(2_000);
    } finally {
      await patient[Symbol.asyncDispose]();
    }
  });

  test.each([
    ['F-20 a reset', sse([], { end: 'reset' })],
    ['F-21 a stall', sse([], { end: 'stall' })],
    ['F-26 an empty stream', sse([])],
    ['F-22 nothing but comments', stream([': OPENROUTER PROCESSING\n\n'])],
  ])('%s right after the head moves on to the next target', async (_, answer) => {
    lab.upstream.next(answer);
    const sight = await lab.watch('both');
    expect(sight).toMatchObject({ error: null, text: 'All is well.' });
    expect(sight.row).toMatchObject({ state: 'ok', attempts: 2, provider: 'spare' });
  });

  test('F-26 with no other target, the client is answered an error status and no stream', async () => {
    lab.upstream.next(sse([]));
    const raw = lab.openRaw();
    await raw.until('}}');
    raw.leave();
    expect(raw.status).toBe(502);
    expect(raw.text).toMatch(/x-should-retry: false/i);
    expect(raw.text).toContain('upstream_truncated');
    expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'upstream_error', status: 502, attempts: 1 });
  });
});

const asEvent = (event: unknown): string => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;

describe('F-2B, F-2C', () => {
  test('F-2B fifty streams of a few bytes a second cost no memory', async () => {
    const letters = [...[...chunks(['slow']), '[DONE]'].map(asEvent).join('')].slice(0, 160);
    const answer = stream(letters, { gapMs: 15, end: 'stall' });
    lab.upstream.next(...Array.from({ length: 50 }, () => answer));
    const before = lab.residentMiB();
    const streams = Array.from({ length: 50 }, () => lab.openRaw());
    await delay(2_000);
    expect(lab.residentMiB() - before).toBeLessThan(40);
    for (const one of streams) one.leave();
    await lab.idle();
  });

  test.each(['gzip', 'br', 'gzip, gzip'])('F-2C an answer in the encoding %s is refused unread', async (encoding) => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024));
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': encoding, 'content-length': String(bomb.length) };
    lab.upstream.next([head(200, headers), { write: bomb }, { end: 'keep' }]);
    const before = lab.residentMiB();
    const sight = await lab.watch();
    expect(sight.error).toMatchObject({ status: 502, code: 'upstream_protocol' });
    expect(sight.row).toMatchObject({ state: 'upstream_error', attempts: 1, errorKind: 'upstream-protocol' });
    expect(lab.residentMiB() - before).toBeLessThan(40);
  });
});
