/** How the demo delivers: rehearsed failures, back-pressure, aborts, and no timer left behind. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { createDemo } from '../../../gateway/demo/demo.ts';
import { chat, createClock, createListener, post, timeouts } from './ask.ts';

function begin(model: string, stream: boolean) {
  const clock = createClock();
  const listener = createListener(clock.now);
  const send = createDemo({ now: clock.now, pace: 1, wait: clock.wait });
  const body = { model, stream, messages: [{ role: 'user', content: 'Hi' }] };
  return { clock, ...listener, call: post(send, '/chat/completions', body, listener.handler) };
}

describe('rehearsed failures', () => {
  test.each([
    ['error-400', 400, 'invalid_request_error', 'invalid_value'],
    ['error-401', 401, 'invalid_request_error', 'invalid_api_key'],
    ['error-429', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['error-500', 500, 'server_error', 'server_error'],
    ['error-529', 529, 'server_error', 'overloaded'],
  ])('%s answers %i before anything is streamed', (model, status, type, code) => {
    const heard = chat(model, { stream: true });
    expect(heard).toMatchObject({ status, ended: true });
    expect(heard.headers['content-type']).toBe('application/json');
    expect(heard.headers['retry-after']).toBe(status === 429 ? '1' : undefined);
    expect(JSON.parse(heard.body).error).toMatchObject({ type, code, param: null });
  });

  test('slow sends its first byte after 5 s, then all as usual', () => {
    const { clock, heard } = begin('slow', true);
    clock.run(4_999);
    expect(heard.status).toBeNull();
    clock.run();
    expect(heard).toMatchObject({ status: 200, ended: true });
    expect(heard.atMs[0]).toBe(5_020);
  });

  test.each([true, false])('stall (streamed: %s) begins, then is silent until the caller gives up', (stream) => {
    const { clock, heard, call } = begin('stall', stream);
    clock.run(59_000);
    expect(heard).toMatchObject({ status: 200, ended: false, error: null });
    expect(heard.body.length).toBeGreaterThan(100);
    expect(heard.body).not.toContain('[DONE]');
    call.abort();
    expect(clock.pending()).toBe(0);
    clock.run();
    expect(heard.error).toBeNull();
  });

  test("stall is noticed by the caller's idle timeout, slow by its first-byte timeout", () => {
    const stalled = begin('stall', true);
    stalled.clock.run();
    expect(stalled.heard.error?.kind).toBe('upstream-stalled');
    expect(stalled.clock.now() - (stalled.heard.atMs.at(-1) ?? 0)).toBe(timeouts.idleMs);
    const clock = createClock();
    const { heard, handler } = createListener(clock.now);
    const send = createDemo({ now: clock.now, pace: 1, wait: clock.wait });
    const body = [Buffer.from('{"model":"slow","messages":[{"role":"user","content":"Hi"}]}')];
    send(
      { method: 'POST', origin: '', path: '/chat/completions', headers: [], body, timeouts: { ...timeouts, firstByteMs: 900 } },
      handler,
    );
    clock.run();
    expect(heard).toMatchObject({ status: null, error: { kind: 'upstream-first-byte-timeout' } });
    expect(clock.now()).toBe(900);
  });

  test('cut breaks a stream off in the middle, between two events', () => {
    const { clock, heard } = begin('cut', true);
    clock.run();
    expect(heard).toMatchObject({ status: 200, ended: false, error: { kind: 'upstream-truncated' } });
    expect(heard.body).toContain('"content":"Hello!"');
    expect(heard.body).not.toMatch(/finish_reason":"|\[DONE\]/);
  });

  test('cut breaks a whole answer off in the middle of its announced body', () => {
    const { clock, heard } = begin('cut', false);
    clock.run();
    expect(heard.error?.kind).toBe('upstream-truncated');
    expect(heard.body.length).toBeLessThan(Number(heard.headers['content-length']));
    expect(() => JSON.parse(heard.body)).toThrow(SyntaxError);
  });
});

describe('delivery', () => {
  test('a whole answer is as long as it says, in bytes', () => {
    const heard = chat('hello', { messages: [{ role: 'user', content: '😀 é' }] });
    expect(Buffer.byteLength(heard.body)).toBe(Number(heard.headers['content-length']));
  });

  test('never calls the handler before send has returned', () => {
    const { heard } = begin('error-500', false);
    expect(heard.status).toBeNull();
  });

  test('waits while paused and loses nothing', () => {
    const { clock, heard, call } = begin('hello', true);
    clock.run(200);
    call.pause();
    clock.run(10_000);
    const held = heard.pieces.length;
    expect(held).toBeLessThan(12);
    expect(clock.pending()).toBe(0);
    call.resume();
    call.resume();
    expect(clock.pending()).toBe(1);
    clock.run();
    expect(heard.ended).toBe(true);
    expect(heard.body).toBe(chat('hello', { stream: true }).body);
  });

  test('a handler that pauses and resumes at every piece gets each once and runs one timer at a time', () => {
    const { clock, heard, handler, call } = begin('hello', true);
    const { onData } = handler;
    handler.onData = (chunk) => {
      onData(chunk);
      call.pause();
      call.resume();
      expect(clock.pending()).toBeLessThan(2);
    };
    clock.run();
    expect(heard.body).toBe(chat('hello', { stream: true }).body);
  });

  test('an abort at any moment ends it at once, with nothing heard and no timer left', () => {
    for (const atMs of [0, 29, 30, 50, 500, 5_000]) {
      const { clock, heard, call } = begin('hello', true);
      clock.run(atMs);
      const before = { ...heard, count: heard.pieces.length };
      call.abort();
      call.resume();
      expect(clock.pending()).toBe(0);
      clock.run();
      expect({ ...heard, count: heard.pieces.length }).toEqual(before);
    }
  });

  test('an abort from inside the handler is the last thing the handler sees', () => {
    const { clock, heard, handler, call } = begin('hello', true);
    const { onData } = handler;
    handler.onData = (chunk) => {
      onData(chunk);
      call.abort();
    };
    clock.run();
    expect(heard).toMatchObject({ ended: false, error: null });
    expect(heard.pieces).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  test('at pace 0 it needs no timer, and an abort clears those it has at pace 1', async () => {
    const timer = vi.spyOn(globalThis, 'setTimeout');
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    const body = { model: 'hello', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
    const { heard, handler } = createListener(Date.now);
    post(createDemo({ now: Date.now, pace: 0 }), '/chat/completions', body, handler);
    await nextTurn();
    expect(heard.ended).toBe(true);
    expect(timer).not.toHaveBeenCalled();
    const call = post(createDemo({ now: Date.now, pace: 1 }), '/chat/completions', body, handler);
    call.abort();
    expect(clear.mock.calls.map(([cleared]) => cleared)).toEqual(timer.mock.results.map((result) => result.value));
    expect(timer).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });
});
