/** Loads that requests share: who waits, who leaves, and what each is told in the end. */
import { beforeEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { parseConfig } from '../../../../gateway/contract/config.ts';
import type { Candidate } from '../../../../gateway/exchange/attempts/candidates.ts';
import { LoadedModels } from '../../../../gateway/exchange/local/loaded-models.ts';
import { type LoadReport, ModelLoads } from '../../../../gateway/exchange/local/model-loads.ts';
import { buildProvider } from '../../../../gateway/providers/build-provider.ts';
import type { UpstreamHandler } from '../../../../gateway/upstream/transport.ts';

const parsed = parseConfig({
  version: 1,
  providers: [
    { id: 'near', kind: 'ollama' },
    { id: 'studio', kind: 'lm-studio' },
  ],
});
if (!parsed.ok) throw new Error('no valid config');
const [near, studio] = parsed.config.providers.map((entry) => buildProvider(entry, parsed.config.timeouts));
if (!near || !studio) throw new Error('no providers');

const terms = { isForVectors: false, isUnload: false, options: {}, keepAlive: undefined };
let calls: UpstreamHandler[];
let aborted: number;
let reports: LoadReport[];
let loads: ModelLoads;
let models: LoadedModels;

const candidate = (model = 'm', provider = near): Candidate => ({
  provider,
  model,
  dialect: 'ollama',
  dialects: ['ollama'],
  key: null,
  keyReference: null,
  headers: [],
  send: (_request, handler) => {
    calls.push(handler);
    return { abort: () => void (aborted += 1), pause: () => undefined, resume: () => undefined };
  },
});

beforeEach(() => {
  calls = [];
  reports = [];
  aborted = 0;
  models = new LoadedModels({ monotonic: () => 0, list: async () => 'unknown', onChange: () => undefined });
  models.follow(['near']);
  loads = new ModelLoads({
    models,
    monotonic: () => 0,
    now: () => 0,
    isForwarded: (_provider, model) => model === 'sent-on',
    onEnded: (report) => void reports.push(report),
  });
});

function wait(model = 'm') {
  const told: (GatewayError | 'loaded')[] = [];
  const leave = loads.join(candidate(model), terms, {
    loaded: () => void told.push('loaded'),
    failed: (error) => void told.push(error),
  });
  return { told, leave };
}

async function answer(status: number, body: object = {}): Promise<void> {
  const [call] = calls;
  call?.onHead(status, { 'content-type': 'application/json' });
  call?.onData(Buffer.from(JSON.stringify(body)));
  call?.onEnd();
  await new Promise<void>((resolve) => setImmediate(resolve));
}

describe('a load', () => {
  test('is one for all who wait, goes on when all have left, and is remembered', async () => {
    const [first, second] = [wait(), wait()];
    first.leave();
    second.leave();
    const third = wait();
    await answer(200, { done_reason: 'load' });
    expect([calls.length, first.told, second.told, third.told]).toEqual([1, [], [], ['loaded']]);
    expect(reports).toMatchObject([{ provider: 'near', model: 'm', waited: 1, error: null }]);
    expect(models.find('near', 'm')).toMatchObject({ name: 'm' });
  });

  test('of another model is another', () => {
    wait('m');
    wait('n');
    expect(calls.length).toBe(2);
  });

  test.each([404, 400, 401])('that is refused with %s is left to the request’s own answer', async (status) => {
    const { told } = wait();
    await answer(status, { error: 'model not found' });
    expect([told, models.find('near', 'm')]).toEqual([['loaded'], 'unknown']);
  });

  test.each([
    [500, 'upstream-load-failed', 503, /^the provider near could not load m: .*not enough memory$/],
    [503, 'upstream-overloaded', 503, /its queue is full$/],
  ])('that fails with %i is told by its kind to each who waits', async (status, kind, told, words) => {
    const waiting = [wait(), wait()];
    await answer(status, { error: 'not enough memory' });
    for (const one of waiting)
      expect(one.told).toMatchObject([{ kind, status: told, movable: true, message: expect.stringMatching(words) }]);
    expect(reports).toMatchObject([{ waited: 2, error: { kind } }]);
  });

  test('whose server cannot be reached tells why', async () => {
    const { told } = wait();
    calls[0]?.onError(new GatewayError('upstream-connect', 'the provider refused the connection'));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(told).toMatchObject([{ kind: 'upstream-connect' }]);
  });

  test('has room for 256 who wait, and 32 at once', async () => {
    const waiting = Array.from({ length: 257 }, () => wait());
    await Promise.resolve();
    expect(waiting.at(-1)?.told).toMatchObject([{ kind: 'upstream-overloaded', message: expect.stringContaining('256') }]);
    const others = Array.from({ length: 32 }, (_, number) => wait(`other-${number}`));
    await Promise.resolve();
    expect([calls.length, others.at(-1)?.told]).toEqual([32, ['loaded']]);
  });
});

describe('is needed', () => {
  test.each([
    ['of an Ollama', candidate(), true],
    ['in its maker’s cloud', candidate('gpt-oss:120b-cloud'), false],
    ['that its server sends on', candidate('sent-on'), false],
    ['of a server that loads by itself', candidate('m', studio), false],
  ])('for a model %s: %s', (_what, asked, expected) => expect(loads.isNeededFor(asked)).toBe(expected));

  test('where the model is in memory for another length of context', async () => {
    models.loaded('near', { name: 'm', contextTokens: 4_096, sizeBytes: null, graphicsBytes: null, expiresAtMs: null });
    const isReady = (options: object) => loads.isReady(candidate(), { ...terms, options: { ...options } });
    expect([isReady({}), isReady({ num_ctx: 4_096 }), isReady({ num_ctx: 8_192 })]).toEqual([true, true, false]);
    expect(loads.isReady(candidate('n'), terms)).toBe(false);
    models.ended('near', true);
    expect(loads.isReady(candidate(), terms)).toBeNull();
  });
});
