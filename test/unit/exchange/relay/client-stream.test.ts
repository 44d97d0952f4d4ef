/** A stream on its way to the client: begun once, read at the client's pace, ended with its row. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { openAiChat } from '../../../../gateway/dialects/index.ts';
import { unreadTimeoutMs } from '../../../../gateway/exchange/client-presence.ts';
import { usualForm } from '../../../../gateway/exchange/relay/sent-form.ts';
import { ClientStream } from '../../../../gateway/exchange/relay/client-stream.ts';
import { scriptRelay, type ScriptedRelay } from '../scripted-relay.ts';

function open(script: ScriptedRelay): ClientStream {
  return new ClientStream({
    host: script.host,
    response: script.asServerResponse,
    form: usualForm(openAiChat),
    headers: {},
    read: () => ({ usage: null, rawUsageJson: null, seen: null }),
  });
}

const bytes = (text: string): Buffer => Buffer.from(text);
const failure = new GatewayError('upstream-reset', 'broken');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the head', () => {
  test('goes out with the first content, and what was held before it', () => {
    const script = scriptRelay();
    const stream = open(script);
    stream.hold(bytes('a'));
    expect([stream.begun, script.response.headersSent]).toEqual([false, false]);
    stream.begin();
    stream.write(bytes('b'));
    expect(script.response.head).toEqual(['200', 'x-request-id', 'r', 'content-type', 'text/event-stream; charset=utf-8']);
    expect([script.response.sent, script.asked]).toEqual(['ab', ['first content', 'resume']]);
  });

  test('waits for the row, and the upstream with it', () => {
    const script = scriptRelay(false);
    const stream = open(script);
    stream.begin();
    stream.write(bytes('a'));
    stream.complete(bytes('b'));
    expect([script.response.sent, script.asked]).toEqual(['', ['first content', 'pause']]);
    script.commit();
    expect([script.response.sent, script.response.ended]).toEqual(['ab', true]);
    expect(script.outcomes).toMatchObject([{ state: 'ok', status: 200, responseBytes: 2 }]);
  });

  test('goes out for an answer without content, too', () => {
    const script = scriptRelay();
    open(script).complete(bytes('end'));
    expect([script.response.headersSent, script.response.sent, script.response.ended]).toEqual([true, 'end', true]);
  });

  test('of a stream that is over already starts no clock for its reader', () => {
    const script = scriptRelay(false);
    script.response.full = true;
    const stream = open(script);
    stream.begin();
    stream.write(bytes('a'));
    stream.complete(bytes('b'));
    script.commit();
    expect([script.response.sent, vi.getTimerCount()]).toEqual(['ab', 0]);
  });

  test('does not go out to a client that has left', () => {
    const script = scriptRelay(false);
    open(script).begin();
    script.response.destroyed = true;
    script.commit();
    expect(script.response.headersSent).toBe(false);
  });
});

test('signs of life are held up to a bound', () => {
  const script = scriptRelay();
  const stream = open(script);
  for (let count = 0; count < 100; count += 1) stream.hold(bytes(':'.repeat(1024)));
  stream.complete(bytes('end'));
  expect(script.response.sent).toHaveLength(64 * 1024 + 3);
});

describe('a failure', () => {
  test('before the first content asks for another attempt, once', () => {
    const script = scriptRelay();
    const stream = open(script);
    stream.hold(bytes('a'));
    stream.fail(failure);
    stream.fail(failure);
    expect([script.failures, script.outcomes, stream.over]).toEqual([[failure], [], true]);
  });

  test('after it is told in the client’s dialect, and the socket cut', () => {
    const script = scriptRelay();
    const stream = open(script);
    stream.begin();
    stream.fail(failure);
    stream.fail(failure);
    expect(script.response.sent).toBe(openAiChat.encodeStreamError(failure));
    expect([script.response.destroyed, script.response.ended, script.failures]).toEqual([true, false, []]);
    expect(script.outcomes).toMatchObject([{ state: 'upstream_error', status: 200, error: failure }]);
  });

  test('of our own is our own in the row', () => {
    const script = scriptRelay();
    const stream = open(script);
    stream.begin();
    stream.breakOff(new GatewayError('shutting-down', 'x'), bytes('frame'));
    expect(script.response.sent).toBe('frame');
    expect(script.outcomes).toMatchObject([{ state: 'gateway_error' }]);
  });

  test('of the log ends a complete stream as a broken one', () => {
    const script = scriptRelay(true, new GatewayError('ledger-unavailable', 'no'));
    const stream = open(script);
    stream.begin();
    stream.complete(bytes('end'));
    expect(script.response.sent).toMatch(/ledger_unavailable/);
    expect([script.response.ended, script.response.destroyed]).toEqual([false, true]);
  });
});

describe('a client that reads slowly', () => {
  function beginSlowly() {
    const script = scriptRelay();
    const stream = open(script);
    stream.begin();
    script.asked.length = 0;
    script.response.full = true;
    stream.write(bytes('a'));
    stream.write(bytes('b'));
    return { script, stream };
  }

  test('pauses the upstream once, until it has read', () => {
    const { script, stream } = beginSlowly();
    expect(script.asked).toEqual(['pause']);
    script.response.full = false;
    script.response.emit('drain');
    stream.write(bytes('c'));
    expect([script.asked, script.response.sent]).toEqual([['pause', 'resume'], 'abc']);
    vi.advanceTimersByTime(2 * unreadTimeoutMs);
    expect(script.outcomes).toEqual([]);
  });

  test('is given up when it reads nothing at all', () => {
    const { script, stream } = beginSlowly();
    vi.advanceTimersByTime(unreadTimeoutMs);
    expect(script.outcomes).toMatchObject([{ state: 'client_closed', error: { kind: 'client-slow' }, responseBytes: 2 }]);
    expect([script.asked, script.response.destroyed, stream.over]).toEqual([['pause', 'abort'], true, true]);
  });

  test('is not given up once its stream is over, nor its upstream woken', () => {
    const { script, stream } = beginSlowly();
    stream.complete(bytes('end'));
    vi.advanceTimersByTime(2 * unreadTimeoutMs);
    script.response.emit('drain');
    expect([script.outcomes.map(({ state }) => state), script.asked]).toEqual([['ok'], ['pause']]);
  });
});
