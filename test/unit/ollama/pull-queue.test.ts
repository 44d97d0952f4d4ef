/** The queue of pulls over an engine that a test plays: order, pause, cancel, lost connections, and what is kept of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Json, type OllamaApi, OllamaError } from '../../../gateway/ollama/ask-ollama.ts';
import { fullName, PullQueue } from '../../../gateway/ollama/models/pull-queue.ts';

interface Played {
  readonly model: unknown;
  say(line: Json): void;
  done(): void;
  fail(error: Error): void;
  isStopped: boolean;
}

let folder: string;
let played: Played[];
let isRunning: boolean;
const done: string[] = [];

const api: OllamaApi = {
  root: () => Promise.resolve(''),
  ask: () => Promise.resolve({}),
  follow(_path, { model }, onLine) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one: Played = { model, say: onLine, done: resolve, fail: reject, isStopped: false };
    played.push(one);
    return {
      ended: promise,
      stop: () => {
        one.isStopped = true;
        resolve();
      },
    };
  },
};

const opened: PullQueue[] = [];
const open = (): PullQueue => {
  const queue = new PullQueue({
    file: join(folder, 'pulls.json'),
    api: () => (isRunning ? api : null),
    now: () => 1,
    monotonic: () => 1,
    onChange: () => undefined,
    onDone: (model) => void done.push(model),
    reportFailure: (error) => {
      throw error;
    },
    retryMs: 5,
  });
  opened.push(queue);
  return queue;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-pulls-'));
  played = [];
  done.length = 0;
  isRunning = true;
});
afterEach(async () => {
  for (const queue of opened.splice(0)) await queue.close();
  rmSync(folder, { recursive: true, force: true });
});

const states = (queue: PullQueue) => queue.list().map(({ model, state }) => `${model} ${state}`);
const finish = (one: Played | undefined): void => {
  one?.say({ status: 'success' });
  one?.done();
};

describe('the queue of pulls', () => {
  test('fetches one after the other, and each name once', async () => {
    const queue = open();
    for (const model of ['a', 'b:1', 'a:latest', 'b:1']) queue.add(model);
    expect(states(queue)).toEqual(['a:latest running', 'b:1 queued']);
    finish(played[0]);
    await expect.poll(() => states(queue)).toEqual(['a:latest done', 'b:1 running']);
    expect(done).toEqual(['a:latest']);
    finish(played[1]);
    await expect.poll(() => states(queue)).toEqual(['a:latest done', 'b:1 done']);
    queue.cancel('a');
    expect(states(queue)).toEqual(['b:1 done']);
  });

  test('pauses by closing the connection, lets the next one go, and takes it up again behind it', async () => {
    const queue = open();
    queue.add('a');
    queue.add('b');
    played[0]?.say({ status: 'pulling x', digest: 'x', total: 100, completed: 40 });
    queue.pause('a');
    expect(played[0]?.isStopped).toBe(true);
    expect(states(queue)).toEqual(['a:latest paused', 'b:latest running']);
    queue.resume('a');
    expect(states(queue)).toEqual(['a:latest queued', 'b:latest running']);
    finish(played[1]);
    await expect.poll(() => played.length).toBe(3);
    expect(queue.list()[0]).toMatchObject({ state: 'running', bytesDone: 40 });
    // A line of the connection that was closed changes nothing any more.
    played[0]?.say({ status: 'pulling x', digest: 'x', total: 100, completed: 99 });
    expect(queue.list()[0]?.bytesDone).toBe(40);
  });

  test('F-74 keeps what an earlier run had left when it is closed before that was read', async () => {
    isRunning = false;
    const first = open();
    first.add('a');
    await first.close();
    await open().close();
    const next = open();
    await next.open();
    expect(states(next)).toEqual(['a:latest waiting-for-engine']);
    await next.close();
  });

  test('F-74 waits for its engine, goes on when that runs again, and is kept over a restart as a person left it', async () => {
    isRunning = false;
    const first = open();
    first.add('a');
    first.add('b');
    first.pause('b');
    expect(states(first)).toEqual(['a:latest waiting-for-engine', 'b:latest paused']);
    await first.close();
    const second = open();
    await second.open();
    expect(states(second)).toEqual(['a:latest waiting-for-engine', 'b:latest paused']);
    isRunning = true;
    second.engineChanged();
    expect(states(second)).toEqual(['a:latest running', 'b:latest paused']);
  });

  test('F-74 makes a lost connection again, three times in a row and no more, unless something comes between', async () => {
    const queue = open();
    queue.add('a');
    for (let losses = 1; losses <= 3; losses += 1) {
      played.at(-1)?.fail(new OllamaError('the provider broke off its answer'));
      await expect.poll(() => played.length).toBe(losses + 1);
    }
    played.at(-1)?.say({ status: 'pulling x', digest: 'x', total: 100, completed: 10 });
    played.at(-1)?.fail(new OllamaError('the provider broke off its answer'));
    await expect.poll(() => played.length).toBe(5);
    for (let losses = 1; losses <= 3; losses += 1) {
      const count = played.length;
      played.at(-1)?.done();
      if (losses < 3) await expect.poll(() => played.length).toBe(count + 1);
    }
    await expect.poll(() => states(queue)).toEqual(['a:latest failed']);
    expect(queue.list()[0]?.reason).toContain('Ollama could not fetch it');
  });

  test('F-74 an error that Ollama says is one, and is tried again only when it is asked for', async () => {
    const queue = open();
    queue.add('a');
    played[0]?.fail(new OllamaError('pull model manifest: file does not exist', 200));
    await expect.poll(() => states(queue)).toEqual(['a:latest failed']);
    expect(queue.list()[0]?.reason).toBe('The library has no model "a:latest". Check its name and its tag.');
    queue.resume('a');
    expect(states(queue)).toEqual(['a:latest running']);
    expect(() => queue.pause('nobody')).toThrow('The model "nobody" is not on its way.');
  });

  test('knows a model by its name with a tag', () => {
    expect([fullName('a'), fullName('a:1'), fullName('localhost:5000/x/a')]).toEqual([
      'a:latest',
      'a:1',
      'localhost:5000/x/a:latest',
    ]);
  });
});
