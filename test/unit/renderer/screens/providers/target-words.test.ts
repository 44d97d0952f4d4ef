/** Holds what is said of a target to its breaker and its key, and a server near by to what its address says. */
import { describe, expect, test } from 'vitest';
import { isOnThisMachine } from '../../../../../renderer/stores/this-machine.ts';
import {
  isTroubled,
  measuredWords,
  standingWords,
  troubleWords,
} from '../../../../../renderer/screens/providers/target-words.ts';
import { sampleTargets } from '../../../../support/routing-samples.ts';

const [well, open, halfOpen] = sampleTargets;
if (!well || !open || !halfOpen) throw new Error('the samples hold three targets');

describe('a target', () => {
  test('that rests says until when, one that is tried again says so', () => {
    const at = new Date(2026, 10, 20, 14, 20, 31).getTime();
    expect(standingWords({ ...open, untilMs: at }, at - 9_000)).toEqual({
      tone: 'bad',
      word: 'Rests after failures until 14:20:31',
    });
    expect(standingWords(halfOpen, at).word).toBe('Being tried again');
    expect(standingWords(well, at)).toEqual({ tone: 'good', word: 'Well' });
    const silent = { ...well, state: { ...well.state, samples: 0 } };
    expect(standingWords(silent, at)).toEqual({ tone: 'idle', word: 'Nothing measured lately' });
  });

  test('whose key rests is not called well', () => {
    for (const key of ['resting', 'set-aside', 'missing'] as const) {
      const standing = { ...well, state: { ...well.state, key } };
      expect([standingWords(standing, 0).tone, isTroubled(standing)]).toEqual(['warn', true]);
    }
    expect(isTroubled({ ...well, state: { ...well.state, key: 'none' } })).toBe(false);
  });

  test('says what was measured, and nothing where nothing was', () => {
    expect(measuredWords(well)).toBe('first token 420 ms · 61.5 tokens/s · 2 under way');
    expect(
      measuredWords({ ...well, failures: 1, state: { ...well.state, firstTokenMs: null, tokensPerSecond: null, inFlight: 0 } }),
    ).toBe('1 failure lately');
  });
});

test('a provider’s entry counts the targets that rest', () => {
  expect(troubleWords(sampleTargets)).toBe('2 targets rest');
  expect(troubleWords([open])).toBe('1 target rests');
  expect(troubleWords([well])).toBe(null);
  const resting = { ...well, state: { ...well.state, key: 'resting' as const } };
  expect(troubleWords([resting, { ...resting, model: 'other' }])).toBe('1 key rests');
  expect(troubleWords([resting, { ...well, key: 'env:B', state: { ...well.state, key: 'set-aside' } }])).toBe('1 key set aside');
});

test.each([
  [{ kind: 'openai-compatible', baseUrl: 'http://127.0.0.2:8000/v1' }, true],
  [{ kind: 'openai-compatible', baseUrl: 'http://[::1]:8000/v1' }, true],
  [{ kind: 'openai-compatible', baseUrl: 'http://localhost.example/v1' }, false],
  [{ kind: 'openai-compatible', baseUrl: 'http://192.168.1.4:8000/v1' }, false],
  [{ kind: 'ollama' }, true],
  [{ kind: 'openai' }, false],
  [{ kind: 'demo' }, false],
] as const)('%j is a server of this machine: %s', (provider, isNear) => {
  expect(isOnThisMachine({ baseUrl: undefined, ...provider })).toBe(isNear);
});
