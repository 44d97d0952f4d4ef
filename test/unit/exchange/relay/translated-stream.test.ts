/** A stream from another dialect, relayed: what goes out when, and what a failure leaves of it. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { openAiChat } from '../../../../gateway/dialects/index.ts';
import type { Framing } from '../../../../gateway/dialects/dialect.ts';
import { TranslatedStream } from '../../../../gateway/exchange/relay/translated-stream.ts';
import { usualForm } from '../../../../gateway/exchange/relay/sent-form.ts';
import type { StreamTranslation } from '../../../../gateway/exchange/translation/translation.ts';
import { scriptRelay } from '../scripted-relay.ts';

const start: ChatEvent = { type: 'start', id: 'a', model: 'm', createdAtSeconds: 1 };
const text = (said: string): ChatEvent => ({ type: 'text', text: said });
const finish: ChatEvent = { type: 'finish', reason: 'stop' };
const usage: ChatEvent = { type: 'usage', usage: { ...unknownUsage, outputTokens: 3 }, raw: { out: 3 } };

interface Script {
  readonly opening?: string;
  readonly completes?: () => void;
  readonly failsAtEnd?: boolean;
}

/** The upstream says events as JSON; `end`, or a kind of error. The client is told them in brackets. */
function machinesOf({ opening = '[start]', completes, failsAtEnd = false }: Script, observed: string[]): StreamTranslation {
  let ended = false;
  let finished = false;
  return {
    decoder: {
      push(data) {
        const said: unknown = JSON.parse(data);
        if (said === 'end') ended = true;
        if (said === 'end') return [];
        if (said === 'broken')
          throw new GatewayError('upstream-failed', 'the key sk-secret is wrong', { status: 529, retryable: false });
        if (said === 'fault') throw new TypeError('a fault of ours');
        return said as ChatEvent[];
      },
      get ended() {
        return ended;
      },
      end() {
        if (failsAtEnd) throw new GatewayError('upstream-truncated', 'cut');
        return [text('last')];
      },
    },
    restorer: { push: (event) => [event] },
    encoder: {
      push(event) {
        finished ||= event.type === 'finish';
        if (event.type === 'start') return opening;
        return event.type === 'text' ? `[${event.text}]` : '';
      },
      end() {
        if (!finished) throw new GatewayError('upstream-truncated', 'no finish');
        return '[end]';
      },
    },
    observe: ({ type }) => void observed.push(type),
    complete: () => completes?.(),
  };
}

function open(script: Script = {}, framing: Framing = 'sse') {
  const relay = scriptRelay();
  const observed: string[] = [];
  const stream = new TranslatedStream({
    host: relay.host,
    response: relay.asServerResponse,
    form: usualForm(openAiChat),
    headers: {},
    key: 'sk-secret',
    translation: {
      wire: { ...openAiChat, framing },
      body: Buffer.alloc(0),
      report: () => ({ from: '', to: '', kept: [], emulated: [], dropped: [] }),
      createStream: null,
      translateAnswer: () => ({ body: Buffer.alloc(0), usage: null, rawUsageJson: null }),
    },
    machines: machinesOf(script, observed),
  });
  return { ...relay, stream, observed };
}

const frame = (said: unknown): string => `data: ${JSON.stringify(said)}\n\n`;
const push = (stream: TranslatedStream, ...said: unknown[]): void => stream.push(Buffer.from(said.map(frame).join('')));

test('a whole stream is told the client, cut at any byte', () => {
  const all = Buffer.from([[start], [text('ü')], [usage], [text('b'), finish], 'end'].map(frame).join(''));
  for (let at = 0; at <= all.length; at += 1) {
    const { stream, response, outcomes, observed } = open();
    stream.push(all.subarray(0, at));
    stream.push(all.subarray(at));
    expect(response.sent).toBe('[start][ü][b][end]');
    expect(response.ended).toBe(true);
    expect(outcomes).toMatchObject([
      {
        state: 'ok',
        usage: { outputTokens: 3 },
        rawUsageJson: '{"out":3}',
        seen: { events: 2, contentBytes: 3 },
        responseBytes: 19,
      },
    ]);
    expect(observed).toEqual(['start', 'text', 'usage', 'text', 'finish']);
  }
});

describe('before any content', () => {
  test.each([[[start]], [[usage]], [[text('')]], [[{ type: 'native', dialect: 'x', name: 'y' }]]])(
    '%j sends nothing',
    (events) => {
      const { stream, response } = open();
      push(stream, events);
      expect([stream.client.begun, response.headersSent]).toEqual([false, false]);
    },
  );

  test('the opening of the client’s stream is kept, however long: it repeats the request', () => {
    const opening = `[${'x'.repeat(300_000)}]`;
    const { stream, response } = open({ opening });
    push(stream, [start]);
    push(stream, [text('a')]);
    expect(response.sent).toBe(`${opening}[a]`);
  });

  test('a failure asks for another attempt, and shows no key', () => {
    const { stream, response, failures, asked } = open();
    push(stream, [start]);
    push(stream, 'broken');
    expect(failures).toMatchObject([{ kind: 'upstream-overloaded', status: 529, retryable: false }]);
    expect(failures[0]?.message).not.toContain('sk-secret');
    expect([response.sent, asked]).toEqual(['', ['abort']]);
  });

  test('a failure in the same piece as the first content asks for another attempt', () => {
    const { stream, response, failures } = open();
    push(stream, [start], [text('a')], 'broken');
    expect([failures.length, response.sent]).toEqual([1, '']);
  });

  test('an end without a finish asks for another attempt, with whatever came in its piece', () => {
    const { stream, failures } = open();
    push(stream, [start], [text('a')], 'end');
    expect(failures).toMatchObject([{ kind: 'upstream-truncated' }]);
  });
});

describe('after the first content', () => {
  function begun(script: Script = {}) {
    const opened = open(script);
    push(opened.stream, [start], [text('a')]);
    return opened;
  }

  test('a failure breaks the stream off behind all that came before it, even in its piece', () => {
    const { stream, response, outcomes } = begun();
    push(stream, [text('b')], [text('c')], 'broken');
    expect(response.sent).toMatch(/^\[start\]\[a\]\[b\]\[c\]data: \{"error"/);
    expect(response.sent).not.toContain('sk-secret');
    expect([response.destroyed, outcomes.length]).toEqual([true, 1]);
    expect(outcomes).toMatchObject([{ state: 'upstream_error', error: { kind: 'upstream-overloaded', status: 529 } }]);
  });

  test('the connection’s end completes it where the dialect has no last event', () => {
    const { stream, response } = begun();
    push(stream, [finish]);
    stream.end();
    stream.end();
    expect([response.sent, response.ended]).toEqual(['[start][a][last][end]', true]);
  });

  test.each<[string, Script]>([
    ['its last event', { failsAtEnd: true }],
    ['a finish', {}],
  ])('the connection’s end without %s breaks it off', (_what, script) => {
    const { stream, response, outcomes } = begun(script);
    stream.end();
    expect([response.ended, response.destroyed]).toEqual([false, true]);
    expect(outcomes).toMatchObject([{ state: 'upstream_error', error: { kind: 'upstream-truncated' } }]);
  });

  test('an answer that cannot be kept whole breaks it off, its text told once', () => {
    const { stream, response } = begun({
      completes: () => {
        throw new GatewayError('upstream-truncated', 'cut');
      },
    });
    push(stream, [text('b'), finish], 'end');
    expect(response.sent).toMatch(/^\[start\]\[a\]\[b\]data: /);
    expect(response.ended).toBe(false);
  });

  test('what comes behind its end is not read, and its upstream is left', () => {
    const { stream, response, asked } = begun();
    push(stream, [finish], 'end', [text('no')]);
    push(stream, [text('no')]);
    stream.fail(new GatewayError('upstream-reset', 'late'));
    expect([response.sent, asked.at(-1)]).toEqual(['[start][a][end]', 'abort']);
  });

  test('a fault of ours is no failure of the provider', () => {
    const { stream, outcomes } = begun();
    push(stream, 'fault');
    expect(outcomes).toMatchObject([{ state: 'gateway_error', error: { kind: 'internal', cause: expect.any(TypeError) } }]);
  });

  test('an event without end is refused', () => {
    const { stream, outcomes } = begun();
    stream.push(Buffer.alloc(17 * 1024 * 1024, 'x'));
    expect(outcomes).toMatchObject([{ error: { kind: 'upstream-too-large' } }]);
  });
});

test.each(['ndjson', 'sse'] as const)('the last event of a stream may lack its end: %s', (framing) => {
  const [before, between] = framing === 'sse' ? ['data: ', '\n\n'] : ['', '\n'];
  const { stream, response } = open({}, framing);
  const events = JSON.stringify([start, text('a'), finish]);
  stream.push(Buffer.from(`${before}${events}${between}${before}${JSON.stringify([text('b')])}`));
  stream.end();
  expect([response.sent, response.ended]).toEqual(['[start][a][b][last][end]', true]);
});
