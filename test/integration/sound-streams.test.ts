/** Streams that are odd but sound: late, cut anywhere, ended twice, with usage of every kind. They reach the client as they are. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chunks, type FaultLab, faultTimeouts, soundStream, startFaultLab, usageChunk } from '../support/fault-lab.ts';
import { type Answer, sse, stream } from '../support/upstream-answers.ts';

let lab: FaultLab;

beforeAll(async () => {
  lab = await startFaultLab();
});

beforeEach(() => lab.upstream.use(soundStream()));

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

const asEvent = (event: unknown): string => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;

describe('a sound stream stays one', () => {
  test('F-22 pauses longer than the idle timer are no stall while comments come', async () => {
    const [first = {}, ...rest] = chunks(['Worth ', 'waiting.']);
    const pings = Array.from({ length: 12 }, () => ': ping\n\n');
    const event = (one: object) => `data: ${JSON.stringify(one)}\n\n`;
    lab.upstream.next(stream([event(first), ...pings, ...rest.map(event), 'data: [DONE]\n\n'], { gapMs: 60 }));
    const sight = await lab.watch();
    expect(sight).toMatchObject({ error: null, text: 'Worth waiting.' });
    expect(sight.row.durationMs).toBeGreaterThan(faultTimeouts.idleMs * 1.5);
  });

  test('F-27 a second terminator and what follows it are not passed on, and there is one row', async () => {
    const late = ['[DONE]', ...chunks(['late']), '[DONE]'];
    const answer = sse([...chunks(['Done ', 'once']), '[DONE]', ...late]);
    const joined: Answer = stream([[...chunks(['Done ', 'once']), '[DONE]', ...late].map(asEvent).join('')]);
    for (const one of [answer, joined]) {
      lab.upstream.next(one);
      const raw = lab.openRaw();
      await raw.until('0\r\n\r\n');
      await delay(30);
      raw.leave();
      expect(raw.text.split('[DONE]')).toHaveLength(2);
      expect(raw.text).not.toContain('late');
      expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'ok', attempts: 1 });
    }
  });

  test('F-27 an upstream that never stops after its terminator is let go', async () => {
    const endless = Array.from({ length: 100 }, () => ': more\n\n');
    lab.upstream.next(stream([...[...chunks(['Done.']), '[DONE]'].map(asEvent), ...endless], { gapMs: 50, end: 'stall' }));
    const asked = lab.upstream.received(lab.upstream.requests.length + 1);
    const sight = await lab.watch();
    expect(sight).toMatchObject({ error: null, text: 'Done.' });
    const { connectionClosedAtMs, receivedAtMs } = await asked;
    expect((await connectionClosedAtMs) - receivedAtMs).toBeLessThan(2_000);
  });
});

describe('F-28 usage is what the provider said, or a marked guess', () => {
  const said = { prompt_tokens: 30, completion_tokens: 6, total_tokens: 36 };
  const guessed = { estimated: true };
  const known = { inputTokens: 30, outputTokens: 6, estimated: false };
  test.each([
    { name: 'missing', last: [], usage: guessed },
    { name: 'null', last: [usageChunk(null)], usage: guessed },
    { name: 'once', last: [usageChunk(said)], usage: known },
    { name: 'twice, the last holding', last: [usageChunk({ ...said, completion_tokens: 1 }), usageChunk(said)], usage: known },
    {
      name: 'zero',
      last: [usageChunk({ prompt_tokens: 0, completion_tokens: 0 })],
      usage: { inputTokens: 0, outputTokens: 0, estimated: false },
    },
    { name: 'huge', last: [usageChunk({ prompt_tokens: 1e300, completion_tokens: 1e15 })], usage: guessed },
    { name: 'negative', last: [usageChunk({ prompt_tokens: -3, completion_tokens: -1 })], usage: guessed },
    { name: 'text', last: [usageChunk({ prompt_tokens: '30', completion_tokens: '6' })], usage: guessed },
    { name: 'sound and then null', last: [usageChunk(said), usageChunk(null)], usage: known },
  ])('$name', async ({ last, usage }) => {
    lab.upstream.next(sse([...chunks(['Some ', 'words.']), ...last, '[DONE]']));
    const sight = await lab.watch();
    expect(sight).toMatchObject({ error: null, text: 'Some words.' });
    expect(sight.row).toMatchObject({ state: 'ok', usage });
    expect(sight.row.usage.outputTokens).not.toBeNull();
  });
});

describe('F-29 the text is the same however its bytes are cut', () => {
  const texts = ['Grüße, ', '世界 ', '🙂!'];
  const plain = [...chunks(texts), usageChunk({ prompt_tokens: 3, completion_tokens: 4 }), '[DONE]'].map(asEvent).join('');
  const expected = { error: null, text: texts.join(''), row: { state: 'ok', usage: { inputTokens: 3, outputTokens: 4 } } };
  const multiLine = plain.replace('"created":', '\ndata: "created":');

  test.each([
    ['carriage returns and line feeds', plain.replaceAll('\n', '\r\n')],
    ['carriage returns alone', plain.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${plain}`],
    ['no space after the colon', plain.replaceAll('data: ', 'data:')],
    ['comments, ids and names between', plain.replaceAll('data: ', ': hm\nid: 7\nevent: message\ndata: ')],
    ['an event over two lines', multiLine],
    ['two kinds of line ends in turn', plain.replaceAll('\n\n', '\n\r\n')],
  ])('with %s, in one piece and byte by byte', async (_, text) => {
    const bytes = Buffer.from(text);
    lab.upstream.next(stream([bytes]), stream([...bytes].map((byte) => Buffer.from([byte]))));
    expect(await lab.watch()).toMatchObject(expected);
    expect(await lab.watch()).toMatchObject(expected);
  });

  test('cut in two at every offset', async () => {
    const bytes = Buffer.from(`\ufeff${[...chunks(['ü🙂']).slice(1), '[DONE]'].map(asEvent).join('').replaceAll('\n', '\r\n')}`);
    const offsets = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    lab.upstream.next(...offsets.map((at) => stream([bytes.subarray(0, at), bytes.subarray(at)], { gapMs: 1 })));
    const wrong: number[] = [];
    for (const at of offsets) {
      const raw = lab.openRaw();
      await raw.until('\r\n0\r\n\r\n');
      raw.leave();
      if (raw.body !== bytes.toString('utf8').slice(1)) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  });

  test('bytes that are no text become one replacement character, once', async () => {
    const [before = '', after = ''] = chunks(['?']).map(asEvent).join('').split('?');
    lab.upstream.next(stream([before, Buffer.from([0xff]), after, 'data: [DONE]\n\n']));
    expect(await lab.watch()).toMatchObject({ error: null, text: '\ufffd' });
  });
});
