/** Holds what is shown of the local engine to what was told last, by whichever way it came. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallError } from '../../../../gateway/contract/call-error.ts';
import { control } from '../../../../renderer/control.ts';
import {
  actOnEngine,
  actOnPull,
  engineChanged,
  localModelsChanged,
  localRequestEnded,
  pullsChanged,
  readEngine,
  readLocalModels,
  useLocalEngine,
} from '../../../../renderer/stores/local-engine.ts';
import { engineProblems, gatewayProblems } from '../../../../renderer/stores/problems.ts';
import { engineOnOffer, runningEngine, samplePull } from '../../../support/local-models-samples.ts';
import { sampleLocalModel } from '../../../support/local-engine-control.ts';

type Answers = Readonly<Record<string, () => unknown>>;
let asked: string[] = [];

/** A gateway with these answers; whatever else is asked has none. */
function answering(answers: Answers): void {
  vi.spyOn(control, 'call').mockImplementation((async (name: string) => {
    asked.push(name);
    const answer = answers[name];
    if (!answer) throw new CallError('unavailable', 'No engine runs.');
    return await answer();
  }) as typeof control.call);
}

beforeEach(() => {
  asked = [];
  answering({});
  engineChanged(engineOnOffer());
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the engine', () => {
  test('is as an event told that came after a question and before its answer', async () => {
    const answer = Promise.withResolvers<unknown>();
    answering({ 'engine.state': () => answer.promise });
    const read = readEngine();
    engineChanged(engineOnOffer({ phase: 'starting' }));
    answer.resolve(engineOnOffer({ phase: 'stopped' }));
    await read;
    expect(useLocalEngine.getState().engine?.phase).toBe('starting');
  });

  test('is asked anew when events overtook the answer to what a person had it do', async () => {
    const answer = Promise.withResolvers<unknown>();
    answering({ 'engine.start': () => answer.promise, 'engine.state': () => engineOnOffer({ phase: 'gave-up' }) });
    const act = actOnEngine('engine.start');
    engineChanged(engineOnOffer({ phase: 'starting' }));
    answer.resolve(engineOnOffer({ phase: 'stopped' }));
    await act;
    expect(useLocalEngine.getState().engine?.phase).toBe('gave-up');
  });

  test('that refuses is shown as it is, and the refusal is passed on', async () => {
    answering({ 'engine.state': () => engineOnOffer({ phase: 'gave-up' }) });
    await expect(actOnEngine('engine.start')).rejects.toThrow('No engine runs.');
    expect(useLocalEngine.getState().engine?.phase).toBe('gave-up');
  });
});

describe('the models', () => {
  test('are read as soon as an engine answers, and are unknown when it ends', async () => {
    answering({ 'local-models.list': () => ({ items: [sampleLocalModel()] }) });
    engineChanged(runningEngine());
    await expect.poll(() => useLocalEngine.getState().models?.length).toBe(1);
    engineChanged(runningEngine({ phase: 'crashed-waiting', baseUrl: null }));
    expect(useLocalEngine.getState()).toMatchObject({ models: null, hadModels: true, errors: { models: null } });
  });

  test('are read once for changes that come together, and not at all without an engine', async () => {
    vi.useFakeTimers();
    answering({ 'local-models.list': () => ({ items: [] }) });
    localModelsChanged();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([]);
    engineChanged(runningEngine());
    await vi.advanceTimersByTimeAsync(0);
    asked = [];
    for (let turn = 0; turn < 5; turn += 1) localModelsChanged();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['local-models.list']);
  });

  test('are read anew after requests to the engine, a few at once, and after those to others not at all', async () => {
    vi.useFakeTimers();
    answering({ 'local-models.list': () => ({ items: [] }) });
    engineChanged(runningEngine());
    await vi.advanceTimersByTimeAsync(0);
    asked = [];
    for (const provider of ['openai', null]) localRequestEnded(provider);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual([]);
    for (let turn = 0; turn < 50; turn += 1) localRequestEnded('ollama');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual(['local-models.list']);
  });

  test('are read anew when the first of them was to be unloaded, and not every moment while that is late', async () => {
    vi.useFakeTimers();
    const loaded = { sizeBytes: 1, vramBytes: 0, contextTokens: null };
    const items = [60_000, 5_000, null].map((inMs) =>
      sampleLocalModel({ loaded: { ...loaded, expiresAtMs: inMs === null ? null : Date.now() + inMs } }),
    );
    answering({ 'local-models.list': () => ({ items: [...items] }) });
    engineChanged(runningEngine());
    await vi.advanceTimersByTimeAsync(0);
    asked = [];
    await vi.advanceTimersByTimeAsync(4_900);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(3);
  });

  test('stay shown when they cannot be read anew, with the reason', async () => {
    answering({ 'local-models.list': () => ({ items: [sampleLocalModel()] }) });
    engineChanged(runningEngine());
    await expect.poll(() => useLocalEngine.getState().models?.length).toBe(1);
    answering({});
    await readLocalModels();
    expect(useLocalEngine.getState()).toMatchObject({ models: [{ name: 'qwen3:8b' }], errors: { models: 'No engine runs.' } });
  });
});

test('a pull that an event told further is not thrown back by the answer to its own call', async () => {
  const answer = Promise.withResolvers<unknown>();
  const items = [samplePull({ state: 'running', bytesDone: 5 })];
  answering({ 'local-models.pull': () => answer.promise, 'local-models.pulls': () => ({ items }) });
  const act = actOnPull('local-models.pull', 'gemma3:12b');
  pullsChanged(items);
  answer.resolve({ items: [samplePull({ state: 'queued', bytesDone: 0 })] });
  await act;
  expect(useLocalEngine.getState().pulls).toMatchObject([{ state: 'running', bytesDone: 5 }]);
});

describe('problems', () => {
  const download = {
    version: '0.34.4',
    state: 'failed',
    step: 'fetching',
    bytesDone: 1,
    bytesTotal: 2,
    bytesPerSecond: null,
    secondsLeft: null,
    reason: 'The disk is full.',
  } as const;

  test('of an engine that gave up are the gateway’s, and get the click that starts it again', () => {
    const told = ['local-engine', 'webhook'].map((id) => ({ id, message: 'It does not run.', fix: 'Look at its log.' }));
    expect(gatewayProblems(told).map(({ action }) => action)).toEqual([{ label: 'Start again', act: 'engine.start' }, undefined]);
    expect(engineProblems(engineOnOffer({ phase: 'gave-up', reason: 'Port 51712 is taken.' }), [])).toEqual([]);
  });

  test('are an engine that is started again, a download and a pull that failed: each with its reason and what leads on', () => {
    const crashed = engineOnOffer({ phase: 'crashed-waiting', reason: 'It ended with code 2.' });
    expect(engineProblems(crashed, [])).toMatchObject([{ fix: 'It ended with code 2.', action: { to: '/models?view=local' } }]);
    const failed = [
      samplePull({ state: 'failed', reason: 'The disk is full.' }),
      samplePull({ state: 'paused', model: 'other' }),
    ];
    expect(engineProblems(engineOnOffer({ download }), failed)).toMatchObject([
      { fix: 'The disk is full.', action: { act: 'engine.download' } },
      { message: expect.stringContaining('gemma3:12b'), fix: 'The disk is full.', action: { to: '/models?view=local' } },
    ]);
  });

  test('are none where nobody has an engine, one is downloaded, or a person stopped it', () => {
    for (const engine of [null, engineOnOffer(), engineOnOffer({ phase: 'stopped', reason: 'It was stopped here.' })]) {
      expect(engineProblems(engine, [])).toEqual([]);
    }
    const running = { ...download, state: 'running', reason: null } as const;
    expect(engineProblems(engineOnOffer({ phase: 'downloading', download: running }), [samplePull()])).toEqual([]);
  });
});
