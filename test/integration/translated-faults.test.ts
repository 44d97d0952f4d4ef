/** What becomes of a translated answer that breaks: in every client's own format it is an error, never a whole answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { faultTimeouts } from '../support/fault-lab.ts';
import { startTranslationLab, type TranslationLab } from '../support/translation-lab.ts';
import type { Answer } from '../support/upstream-answers.ts';
import {
  type DoorForm,
  doorForms,
  framesOf,
  soundAnswer,
  textRead,
  translatedPairs,
  type UpstreamForm,
  upstreamForms,
} from '../support/wire-forms.ts';

let lab: TranslationLab;

beforeAll(async () => {
  lab = await startTranslationLab();
});

afterAll(() => lab.stop());

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
  lab.upstream.next(answer);
  const raw = lab.open(door, `${form.id}/m`);
  await raw.ended;
  expect(textRead(door, raw.body)).toBe('Half of it');
  const frame = door.errorFrame.exec(raw.body);
  expect(frame, raw.body.slice(-400)).not.toBeNull();
  expect(frame?.groups?.['words']).toMatch(words);
  expect(raw.body).not.toContain(door.terminator);
  expect(raw.text.endsWith('0\r\n\r\n')).toBe(false);
  expect(raw.text).not.toMatch(/\r\ncontent-length:/i);
  const row = await lab.finalRow(raw.requestId);
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
    lab.upstream.next(soundAnswer(form, ['All ', 'is well.'], true));
    const raw = lab.open(door, model);
    await raw.until('0\r\n\r\n');
    expect(textRead(door, raw.body)).toBe('All is well.');
    expect(raw.body).toContain(door.terminator);
    expect(raw.body).not.toMatch(door.errorFrame);
    expect(raw.text).toMatch(/\r\nx-gatehouse-translated: [a-z-]+\r\n/);
    raw.leave();
    expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'ok', usage: { inputTokens: 3, outputTokens: 4 } });
    lab.upstream.next(soundAnswer(form, ['All is well.'], false));
    const whole = lab.open(door, model, false);
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
    const before = lab.upstream.requests.length;
    await expectBroken(pair, cut(pair, { end: 'stall' }), 'upstream-stalled', /silent/);
    const request = lab.upstream.requests[before];
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
    lab.upstream.next(make());
    lab.spare.use(soundAnswer(upstreamForms['openai-chat'], ['From the other.'], true));
    const raw = lab.open(door, `both-${form.id}`);
    await raw.until('0\r\n\r\n');
    raw.leave();
    expect(textRead(door, raw.body)).toBe('From the other.');
    expect(await lab.finalRow(raw.requestId)).toMatchObject({ state: 'ok', attempts: 2, provider: 'chat-spare' });
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
      lab.upstream.next(answer, answer, answer);
      const raw = lab.open(door, model, false);
      await raw.until('}');
      raw.leave();
      expect(raw.status).toBe(502);
      expect(raw.text).not.toContain('A long answer');
      expect(raw.text).toMatch(/\r\nx-should-retry: false\r\n/i);
      expect((await lab.finalRow(raw.requestId)).state).toBe('upstream_error');
      lab.upstream.use(soundAnswer(form, [], false));
    }
  });
});
