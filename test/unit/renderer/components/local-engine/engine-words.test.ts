/** Holds what is said of the local engine to its state: nobody is offered what is not theirs to do, and every trouble leads on. */
import { describe, expect, test } from 'vitest';
import { enginePhases } from '../../../../../gateway/contract/local-engine/engine.ts';
import {
  engineFix,
  engineWords,
  furtherActs,
  isAnswering,
  mayPull,
  restartReason,
} from '../../../../../renderer/components/local-engine/engine-words.ts';
import { adoptedEngine, engineOnOffer, runningEngine, sampleOffer } from '../../../../support/local-models-samples.ts';

const now = 1_780_000_000_000;
const failedDownload = {
  version: '0.34.4',
  state: 'failed',
  step: 'fetching',
  bytesDone: 1,
  bytesTotal: 2,
  bytesPerSecond: null,
  secondsLeft: null,
  reason: 'The checksum is wrong.',
} as const;

describe('an adopted engine', () => {
  test('is said to be somebody else’s, and nothing is offered that would end it', () => {
    const words = engineWords(adoptedEngine(), now);
    expect(words.word).toContain('not Gatehouse’s own');
    expect(words.detail).toContain('never stopped or restarted');
    expect([engineFix(adoptedEngine()), furtherActs(adoptedEngine())]).toEqual([null, []]);
  });
});

describe('an own engine', () => {
  test('may be stopped and restarted while it runs', () => {
    expect(engineFix(runningEngine())).toBe(null);
    expect(furtherActs(runningEngine()).map(({ act }) => act)).toEqual(['engine.restart', 'engine.stop']);
  });

  test('that ended by itself counts down to its next start, and can be started at once or left ended', () => {
    const engine = runningEngine({
      phase: 'crashed-waiting',
      reason: 'The last time with code 2',
      restartAtMs: now + 13_400,
      recentExits: 3,
    });
    expect(engineWords(engine, now)).toMatchObject({
      tone: 'warn',
      detail: 'It is started again in 14 s. It ended 3 times within five minutes. The last time with code 2',
    });
    expect(engineWords(engine, now + 20_000).detail).toContain('It is started again now.');
    expect([engineFix(engine)?.act, ...furtherActs(engine).map(({ act }) => act)]).toEqual(['engine.start', 'engine.stop']);
  });

  test('that gave up tells why, and can be started again', () => {
    const engine = runningEngine({ phase: 'gave-up', reason: 'Port 51712 is taken.' });
    expect(engineWords(engine, now)).toMatchObject({ tone: 'bad', detail: 'Port 51712 is taken.' });
    expect(engineFix(engine)?.act).toBe('engine.start');
  });
});

test('a restart takes over what has changed since the start of an own engine, and of no other', () => {
  const binary = { path: '/engine/0.35.0/ollama', source: 'downloaded', version: '0.35.0' } as const;
  expect(restartReason(runningEngine())).toBe(null);
  expect(restartReason(runningEngine({ restartNeeded: true }))).toContain('settings');
  expect(restartReason(runningEngine({ binary }))).toContain('Ollama 0.35.0 is here');
  expect(restartReason(adoptedEngine({ binary, restartNeeded: true }))).toBe(null);
  expect(restartReason(engineOnOffer({ phase: 'stopped', binary, restartNeeded: true }))).toBe(null);
});

describe('no engine', () => {
  test('is offered the release with what it takes of the line and of the disk', () => {
    expect(engineWords(engineOnOffer(), now).detail).toContain('1.9 GiB to download, 4.6 GiB on the disk');
    expect(engineFix(engineOnOffer())).toEqual({ label: `Download Ollama ${sampleOffer.version}`, act: 'engine.download' });
  });

  test('on a machine without a release says so, and looks again', () => {
    const engine = engineOnOffer({ offer: null, offerProblem: 'There is no release for this machine.' });
    expect(engineWords(engine, now).detail).toContain('There is no release for this machine. Install Ollama');
    expect(engineFix(engine)?.act).toBe('engine.look');
  });

  test('after a failed download tells why, tries again, or throws away what came', () => {
    const engine = engineOnOffer({ download: failedDownload });
    expect(engineWords(engine, now)).toMatchObject({ tone: 'bad', detail: 'The checksum is wrong.' });
    expect(engineFix(engine)?.act).toBe('engine.download');
    expect(furtherActs(engine).map(({ act }) => act)).toEqual(['engine.cancel-download']);
  });
});

test('every state has a word and a sentence, and whatever is not under way or well leads on', () => {
  const settled = new Set(['looking', 'downloading', 'starting', 'stopping', 'running', 'found-adopted']);
  for (const phase of enginePhases) {
    const engine = engineOnOffer({ phase });
    const { word, detail } = engineWords(engine, now);
    expect([phase, word !== '', /[.]$/.test(detail)]).toEqual([phase, true, true]);
    expect([phase, engineFix(engine) !== null]).toEqual([phase, !settled.has(phase)]);
  }
});

test('models are pulled where an engine is or comes, and listed only where one answers', () => {
  const phases = (test: (engine: ReturnType<typeof engineOnOffer>) => boolean) =>
    enginePhases.filter((phase) => test(engineOnOffer({ phase })));
  expect(phases(isAnswering)).toEqual(['found-adopted', 'running']);
  expect(enginePhases.filter((phase) => !phases(mayPull).includes(phase))).toEqual(['off', 'looking', 'none-found']);
});
