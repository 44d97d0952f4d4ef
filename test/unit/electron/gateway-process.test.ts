/** The keeper's promises about the gateway's process, on a process that is played. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayKeeper } from '../../../electron/gateway-process.ts';
import type { Handover, MessageToGateway } from '../../../gateway/contract/process-messages.ts';

const handover: Handover = { type: 'handover', dataKey: `${'A'.repeat(43)}=`, dataKeyKeptIn: 'a test', controlToken: 'token' };
const readyLine = JSON.stringify({
  event: 'ready',
  gateway: 'http://127.0.0.1:1',
  control: 'http://127.0.0.1:2',
  controlToken: 'token',
  ui: 'http://127.0.0.1:2/#token=token',
  dataDir: '/d',
});

interface PlayedChild {
  readonly sent: MessageToGateway[];
  killed: boolean;
  say(line: string): void;
  complain(line: string): void;
  end(code: number | null): void;
}

function openKeeper() {
  const children: PlayedChild[] = [];
  const words: string[] = [];
  const keeper = new GatewayKeeper({
    launch() {
      const listeners: { line: (line: string) => void; error: (line: string) => void; exit: (code: number | null) => void } = {
        line: () => undefined,
        error: () => undefined,
        exit: () => undefined,
      };
      const child: PlayedChild = {
        sent: [],
        killed: false,
        say: (line) => listeners.line(line),
        complain: (line) => listeners.error(line),
        end: (code) => listeners.exit(code),
      };
      children.push(child);
      return {
        processId: children.length,
        send: (message) => void child.sent.push(message),
        kill: () => {
          child.killed = true;
        },
        onLine: (listener) => (listeners.line = listener),
        onErrorLine: (listener) => (listeners.error = listener),
        onExit: (listener) => (listeners.exit = listener),
      };
    },
    monotonic: () => Date.now(),
    now: () => Date.now(),
    onChange: () => undefined,
    onWords: (line, isReadyLine) => void words.push(isReadyLine ? 'ready' : line),
    onLog: () => undefined,
  });
  const last = (): PlayedChild => {
    const child = children.at(-1);
    if (!child) throw new Error('Nothing was launched.');
    return child;
  };
  return { keeper, children, last, words };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a process gets the secrets first, and is running when it says that it is ready', () => {
  const { keeper, last, words } = openKeeper();
  keeper.start(handover);
  expect([keeper.process.state, last().sent]).toEqual(['starting', [handover]]);
  last().say('something before');
  last().say(readyLine);
  last().say('Gatehouse is running.');
  expect([keeper.process.state, keeper.ready?.control, words]).toEqual([
    'running',
    'http://127.0.0.1:2',
    ['ready', 'Gatehouse is running.'],
  ]);
});

test('starting what runs already starts nothing', () => {
  const { keeper, children } = openKeeper();
  keeper.start(handover);
  keeper.start(handover);
  expect(children).toHaveLength(1);
});

describe('a process that ends by itself', () => {
  test('is started again after a pause, and nothing answers meanwhile', () => {
    const { keeper, children, last } = openKeeper();
    keeper.start(handover);
    last().say(readyLine);
    last().end(null);
    expect([keeper.process.state, keeper.ready]).toEqual(['waiting', null]);
    expect(keeper.process.retryAtMs).toBe(Date.now() + 1_000);
    vi.advanceTimersByTime(999);
    expect(children).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect([children.length, keeper.process.state, last().sent]).toEqual([2, 'starting', [handover]]);
  });

  test('five times within a minute has failed, with the last words it said; a person may start it again', () => {
    const { keeper, children, last } = openKeeper();
    keeper.start(handover);
    for (let count = 0; count < 5; count += 1) {
      last().complain('gatehouse: The disk is full.');
      last().end(1);
      vi.advanceTimersByTime(8_000);
    }
    expect(children).toHaveLength(5);
    expect(keeper.process).toEqual({ state: 'failed', message: 'The disk is full.', retryAtMs: null });
    keeper.start(handover);
    expect([children.length, keeper.process.state]).toEqual([6, 'starting']);
  });

  test('for a reason that lasts is not started again', () => {
    const { keeper, children, last } = openKeeper();
    keeper.start(handover);
    last().complain('gatehouse: The data folder /d is in use.');
    last().end(3);
    vi.advanceTimersByTime(60_000);
    expect([children.length, keeper.process.state, keeper.process.message]).toEqual([
      1,
      'failed',
      'The data folder /d is in use.',
    ]);
  });

  test('is not started twice when a person does not want to wait', () => {
    const { keeper, children, last } = openKeeper();
    keeper.start(handover);
    last().end(1);
    keeper.start(handover);
    vi.advanceTimersByTime(10_000);
    expect(children).toHaveLength(2);
  });

  test('and one that never becomes ready is ended and counts as an end', () => {
    const { keeper, last } = openKeeper();
    keeper.start(handover);
    vi.advanceTimersByTime(30_000);
    expect(last().killed).toBe(true);
    last().end(null);
    expect(keeper.process).toMatchObject({
      state: 'waiting',
      message: expect.stringContaining('did not become ready within 30 s'),
    });
  });
});

describe('stopping', () => {
  test('asks, waits for the drain, then hurries, then ends the process', async () => {
    const { keeper, last } = openKeeper();
    keeper.start(handover);
    last().say(readyLine);
    const stopped = keeper.stop();
    expect([keeper.process.state, last().sent.slice(1)]).toEqual(['stopping', [{ type: 'stop' }]]);
    vi.advanceTimersByTime(10_000);
    expect(last().sent.slice(1)).toEqual([{ type: 'stop' }, { type: 'stop' }]);
    vi.advanceTimersByTime(5_000);
    expect(last().killed).toBe(true);
    last().end(null);
    await stopped;
    expect(keeper.process.state).toBe('stopped');
  });

  test('while a start waits cancels it, and nothing is left to wait for', async () => {
    const { keeper, children, last } = openKeeper();
    keeper.start(handover);
    last().end(1);
    await keeper.stop();
    vi.advanceTimersByTime(60_000);
    expect([children.length, keeper.process.state]).toEqual([1, 'stopped']);
  });

  test('a process that is being stopped and ends is not started again', async () => {
    const { keeper, children, last } = openKeeper();
    keeper.start(handover);
    const stopped = keeper.stop();
    last().end(1);
    await stopped;
    vi.advanceTimersByTime(60_000);
    expect(children).toHaveLength(1);
  });
});
