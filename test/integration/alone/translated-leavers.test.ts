/** A client of a translated stream that leaves, does not read or has closed its sending side: what its provider and the log see. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, residentMiB } from '../../support/fault-lab.ts';
import { openRawStream, rawPost } from '../../support/raw-stream.ts';
import { startTranslationLab, type TranslationLab } from '../../support/translation-lab.ts';
import {
  doorForms,
  type FormName,
  framesOf,
  soundAnswer,
  soundFrames,
  textRead,
  upstreamForms,
} from '../../support/wire-forms.ts';

let lab: TranslationLab;

beforeAll(async () => {
  lab = await startTranslationLab();
});

afterAll(() => lab.stop());

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
      const before = lab.upstream.requests.length;
      lab.upstream.next(framesOf(form, soundFrames(form, words), { gapMs: 20 }));
      const raw = lab.open(door, `${form.id}/m`);
      await raw.until('word2');
      const leftAtMs = performance.now();
      if (round % 2 === 0) raw.leave();
      else raw.socket.resetAndDestroy();
      const closedAtMs = (await lab.upstream.requests[before]?.connectionClosedAtMs) ?? Number.NaN;
      delaysMs.push(closedAtMs - leftAtMs);
      const row = await lab.finalRow(raw.requestId);
      expect(row).toMatchObject({ state: 'client_closed', errorKind: 'client-gone', attempts: 1 });
      expect(row.usage.outputTokens).toBeGreaterThan(0);
    }
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(100);
  });

  test('F-31 does not read: the provider is held back, and the memory with it', async () => {
    const word = 'x'.repeat(64 * 1024);
    const frames = [...form.opening, ...Array.from({ length: 600 }, () => form.text(word)), ...form.closing];
    lab.upstream.next(framesOf(form, frames));
    const model = `${form.id}/m`;
    const socket = connect({ port: lab.gateway.port, host: '127.0.0.1' });
    const facts = { key: lab.gateway.clientKey, path: door.path(model, true) };
    socket.write(rawPost(lab.gateway.port, door.body(model, true, 'Say something.'), facts));
    await once(socket, 'data');
    socket.pause();
    await delay(300);
    const before = residentMiB(lab.gateway.processId);
    await delay(1_200);
    expect(residentMiB(lab.gateway.processId) - before).toBeLessThan(40);
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
    lab.upstream.next(soundAnswer(form, ['All ', 'is well.'], true, { gapMs: 2 }));
    const raw = lab.open(door, `${form.id}/m`);
    await raw.until(door.terminator);
    const row = await lab.gateway.call('requests.get', { id: raw.requestId });
    raw.leave();
    expect(row.state).toBe('ok');
  });

  test('has closed its sending side: what keeps its stream alive does not disturb it', async () => {
    lab.upstream.next(soundAnswer(form, ['All ', 'is ', 'well.'], true, { gapMs: 60 }));
    const body = door.body(`${form.id}/m`, true, 'Say something.');
    const raw = openRawStream(lab.gateway.port, body, {
      key: lab.gateway.clientKey,
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
