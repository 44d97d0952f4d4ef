/** What becomes of a translated answer that breaks: in every client's own format it is an error, never a whole answer. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { eventually, faultTimeouts, residentMiB } from '../support/fault-lab.ts';
import { openRawStream, rawPost, type RawStream } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import type { Answer } from '../support/upstream-answers.ts';
import {
  type DoorForm,
  doorForms,
  type FormName,
  formNames,
  framesOf,
  soundAnswer,
  soundFrames,
  textRead,
  translatedPairs,
  type UpstreamForm,
  upstreamForms,
} from '../support/wire-forms.ts';

let upstream: ScriptedUpstream;
let spare: ScriptedUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  spare = await startScriptedUpstream();
  const keys = ['env:FAULT_KEY'];
  const at = (origin: string, suffix: string) =>
    formNames.map((name) => {
      const provider = upstreamForms[name].provider(origin);
      return { ...provider, id: `${provider.id}${suffix}`, models: ['m'], keys };
    });
  const aliases = Object.fromEntries(
    formNames.map((name) => [`both-${upstreamForms[name].id}`, { targets: [`${upstreamForms[name].id}/m`, 'chat-spare/m'] }]),
  );
  gateway = await startGateway({
    config: {
      version: 1,
      // A large answer to a slow reader takes its time on a slow machine.
      timeouts: { ...faultTimeouts, totalMs: 20_000 },
      aliases,
      providers: [...at(upstream.origin, ''), ...at(spare.origin, '-spare')],
    },
    environment: { FAULT_KEY: 'sk-fault-0123456789' },
  });
});

afterAll(async () => {
  await idle();
  expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await gateway.stop();
  await upstream.stop();
  await spare.stop();
});

const idle = () =>
  eventually(async () => ((await gateway.call('status.get', {})).inFlight === 0 ? true : null), 'nothing is running');

const finalRow = (id: string): Promise<RequestDetail> =>
  eventually(async () => {
    const row = await gateway.call('requests.get', { id }).catch(() => null);
    return row && row.state !== 'started' ? row : null;
  }, `the row ${id} is final`);

function open(door: DoorForm, model: string, isStream = true): RawStream {
  const body = door.body(model, isStream, 'Say something.');
  return openRawStream(gateway.port, body, { key: gateway.clientKey, path: door.path(model, isStream) });
}

interface Pair {
  readonly door: DoorForm;
  readonly form: UpstreamForm;
}

/** Text, then what the facts say. */
function cut({ form }: Pair, facts: Parameters<typeof framesOf>[2], ...more: readonly string[]): Answer {
  return framesOf(form, [...form.opening, form.text('Half '), form.text('of it'), ...more], { gapMs: 3, ...facts });
}

/** Plays the break and holds what the client saw, and the log, to the contract. */
async function expectBroken(pair: Pair, answer: Answer, kind: string, words: RegExp): Promise<RequestDetail> {
  const { door, form } = pair;
  upstream.next(answer);
  const raw = open(door, `${form.id}/m`);
  await raw.ended;
  expect(textRead(door, raw.body)).toBe('Half of it');
  const frame = door.errorFrame.exec(raw.body);
  expect(frame, raw.body.slice(-400)).not.toBeNull();
  expect(frame?.groups?.['words']).toMatch(words);
  expect(raw.body).not.toContain(door.terminator);
  expect(raw.text.endsWith('0\r\n\r\n')).toBe(false);
  expect(raw.text).not.toMatch(/\r\ncontent-length:/i);
  const row = await finalRow(raw.requestId);
  expect(row).toMatchObject({ state: 'upstream_error', status: 200, attempts: 1, errorKind: kind, provider: form.id });
  expect(row.usage.estimated || row.usage.inputTokens === 3).toBe(true);
  expect(row.usage.outputTokens).toBeGreaterThanOrEqual(1);
  return row;
}

describe.each(translatedPairs)('a client of %s at a provider of %s', (doorName, upstreamName) => {
  const pair = { door: doorForms[doorName], form: upstreamForms[upstreamName] };
  const { door, form } = pair;
  const model = `${form.id}/m`;

  test('the sound answer is whole, streamed and not, so that every break below has one reason', async () => {
    upstream.next(soundAnswer(form, ['All ', 'is well.'], true));
    const raw = open(door, model);
    await raw.until('0\r\n\r\n');
    expect(textRead(door, raw.body)).toBe('All is well.');
    expect(raw.body).toContain(door.terminator);
    expect(raw.body).not.toMatch(door.errorFrame);
    expect(raw.text).toMatch(/\r\nx-gatehouse-translated: [a-z-]+\r\n/);
    raw.leave();
    expect(await finalRow(raw.requestId)).toMatchObject({ state: 'ok', usage: { inputTokens: 3, outputTokens: 4 } });
    upstream.next(soundAnswer(form, ['All is well.'], false));
    const whole = open(door, model, false);
    await whole.until('All is well.');
    whole.leave();
    expect(whole.status).toBe(200);
  });

  test('F-20 a connection that is reset, closed within a chunk, or cut within an event', async () => {
    await expectBroken(pair, cut(pair, { end: 'reset' }), 'upstream-truncated', /broke off/);
    await expectBroken(pair, cut(pair, { end: 'close' }), 'upstream-truncated', /broke off/);
    const half = form.text('never seen').slice(0, -20);
    await expectBroken(pair, cut(pair, { end: 'reset' }, half), 'upstream-truncated', /broke off/);
  });

  test('F-21 a provider that falls silent is let go by the idle timer', async () => {
    const before = upstream.requests.length;
    await expectBroken(pair, cut(pair, { end: 'stall' }), 'upstream-stalled', /silent/);
    const request = upstream.requests[before];
    const heldMs = ((await request?.connectionClosedAtMs) ?? 0) - (request?.receivedAtMs ?? 0);
    expect(heldMs).toBeGreaterThanOrEqual(faultTimeouts.idleMs);
    expect(heldMs).toBeLessThan(faultTimeouts.idleMs + 1_500);
  });

  test('F-23 an error that the provider reports in the middle is told in the words of the provider', async () => {
    // Only these two are read for the word that they have for it.
    const kind = form.id === 'claude' || form.id === 'google' ? 'upstream-overloaded' : 'upstream-failed';
    await expectBroken(pair, cut(pair, {}, form.error('Overloaded')), kind, /Overloaded/);
  });

  test('F-26 a stream that ends in order without its end', async () => {
    await expectBroken(pair, cut(pair, {}), 'upstream-truncated', /ended before|broke off|not complete/);
  });

  test('F-15 something unreadable in the middle', async () => {
    const broken = form.contentType === 'text/event-stream' ? 'data: {"broken\n\n' : '{"broken\n';
    await expectBroken(pair, cut(pair, { end: 'stall' }, broken), 'upstream-protocol', /\w/);
  });

  test('F-2A an event without end is cut at its limit', async () => {
    const endless = Array.from({ length: 17 }, () => 'x'.repeat(1024 * 1024));
    await expectBroken(pair, cut(pair, { gapMs: 0, end: 'stall' }, 'data: ', ...endless), 'upstream-too-large', /larger than/);
  });

  test.each([
    ['F-20 a reset', () => framesOf(form, [], { end: 'reset' })],
    ['F-21 a stall', () => framesOf(form, [], { end: 'stall' })],
    ['F-23 an error', () => framesOf(form, [form.error('Overloaded')])],
    ['F-26 an empty stream', () => framesOf(form, [])],
  ])('%s before the first word moves on to the next provider, unseen', async (_, make) => {
    upstream.next(make());
    spare.use(soundAnswer(upstreamForms['openai-chat'], ['From the other.'], true));
    const raw = open(door, `both-${form.id}`);
    await raw.until('0\r\n\r\n');
    raw.leave();
    expect(textRead(door, raw.body)).toBe('From the other.');
    expect(await finalRow(raw.requestId)).toMatchObject({ state: 'ok', attempts: 2, provider: 'chat-spare' });
  });

  test('F-24 F-15 a whole answer that is cut or no answer never reaches the client', async () => {
    const text = JSON.stringify(form.whole('A long answer. '.repeat(20)));
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
    const cutBody: Answer = [{ write: head + text.slice(0, 150) }, { end: 'close' }];
    const wrong: Answer = [
      { write: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\nnull' },
      { end: 'keep' },
    ];
    for (const answer of [cutBody, wrong]) {
      // Twice: what broke off before the client's first byte is tried again.
      upstream.next(answer, answer, answer);
      const raw = open(door, model, false);
      await raw.until('}');
      raw.leave();
      expect(raw.status).toBe(502);
      expect(raw.text).not.toContain('A long answer');
      expect(raw.text).toMatch(/\r\nx-should-retry: false\r\n/i);
      expect((await finalRow(raw.requestId)).state).toBe('upstream_error');
      upstream.use(soundAnswer(form, [], false));
    }
  });
});

const leavers: readonly (readonly [FormName, FormName])[] = [
  ['anthropic-messages', 'openai-chat'],
  ['openai-chat', 'ollama'],
  ['ollama', 'openai-chat'],
  ['gemini', 'anthropic-messages'],
];

describe.each(leavers)('F-30 a client of %s at a provider of %s', (doorName, upstreamName) => {
  const [door, form] = [doorForms[doorName], upstreamForms[upstreamName]];

  test('is gone: its provider is let go within 100 ms, and what came is counted', async () => {
    const words = Array.from({ length: 500 }, (_, index) => `word${index} `);
    const delaysMs: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const before = upstream.requests.length;
      upstream.next(framesOf(form, soundFrames(form, words), { gapMs: 20 }));
      const raw = open(door, `${form.id}/m`);
      await raw.until('word2');
      const leftAtMs = performance.now();
      if (round % 2 === 0) raw.leave();
      else raw.socket.resetAndDestroy();
      const closedAtMs = (await upstream.requests[before]?.connectionClosedAtMs) ?? Number.NaN;
      delaysMs.push(closedAtMs - leftAtMs);
      const row = await finalRow(raw.requestId);
      expect(row).toMatchObject({ state: 'client_closed', errorKind: 'client-gone', attempts: 1 });
      expect(row.usage.outputTokens).toBeGreaterThan(0);
    }
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(100);
  });

  test('F-31 does not read: the provider is held back, and the memory with it', async () => {
    const word = 'x'.repeat(64 * 1024);
    const frames = [...form.opening, ...Array.from({ length: 600 }, () => form.text(word)), ...form.closing];
    upstream.next(framesOf(form, frames));
    const model = `${form.id}/m`;
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    const facts = { key: gateway.clientKey, path: door.path(model, true) };
    socket.write(rawPost(gateway.port, door.body(model, true, 'Say something.'), facts));
    await once(socket, 'data');
    socket.pause();
    await delay(300);
    const before = residentMiB(gateway.processId);
    await delay(1_200);
    expect(residentMiB(gateway.processId) - before).toBeLessThan(40);
    let bytes = 0;
    let tail = '';
    socket.on('data', (piece: Buffer) => {
      bytes += piece.length;
      tail = (tail + piece.toString('latin1')).slice(-4_096);
    });
    socket.resume();
    await eventually(() => (tail.endsWith('0\r\n\r\n') ? true : null), 'the stream is whole');
    socket.destroy();
    expect(tail).toContain(door.terminator);
    expect(bytes).toBeGreaterThan(600 * word.length);
  });

  test('reads the end only when the row is committed', async () => {
    upstream.next(soundAnswer(form, ['All ', 'is well.'], true, { gapMs: 2 }));
    const raw = open(door, `${form.id}/m`);
    await raw.until(door.terminator);
    const row = await gateway.call('requests.get', { id: raw.requestId });
    raw.leave();
    expect(row.state).toBe('ok');
  });

  test('has closed its sending side: what keeps its stream alive does not disturb it', async () => {
    upstream.next(soundAnswer(form, ['All ', 'is ', 'well.'], true, { gapMs: 60 }));
    const body = door.body(`${form.id}/m`, true, 'Say something.');
    const raw = openRawStream(gateway.port, body, {
      key: gateway.clientKey,
      path: door.path(`${form.id}/m`, true),
      halfClose: true,
    });
    await raw.ended;
    expect(textRead(door, raw.body)).toBe('All is well.');
    expect(raw.body).toContain(door.terminator);
    for (const line of raw.body.split('\n')) expectReadable(line, doorName);
  });
});

/** Every line is one that clients of the format can read. */
function expectReadable(line: string, door: FormName): void {
  if (door === 'ollama') {
    if (line !== '') JSON.parse(line);
  } else expect(line).toMatch(/^(?:|:|data: .+|event: .+)\r?$/);
}
