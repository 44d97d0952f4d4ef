/** What past requests teach of how a model counts: its mean, its error, and a bound that holds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  boundLearnedTokens,
  errorPercentOf,
  isSampled,
  isTeaching,
  type LearnedRatio,
  learnInput,
  learnOutput,
  nothingLearned,
  ratioOf,
  readLearned,
  usualOutputTokens,
} from '../../../../gateway/money/tokens/calibration.ts';
import { boundByLearning } from '../../../../gateway/money/tokens/input-bound.ts';
import { recordedRequests } from '../../../support/recorded-requests.ts';
import { noRecordings, recordingsAreHere } from '../../../support/recordings.ts';

function learnAll(samples: readonly (readonly [textBytes: number, tokens: number])[], from = nothingLearned): LearnedRatio {
  return samples.reduce((learned, [textBytes, tokens]) => learnInput(learned, textBytes, tokens), from);
}
const same = (times: number, textBytes: number, tokens: number) => Array<[number, number]>(times).fill([textBytes, tokens]);

test('nothing is said of a model before twenty requests', () => {
  expect(ratioOf(learnAll(same(19, 1_000, 250)))).toBeNull();
  expect(ratioOf(learnAll(same(20, 1_000, 250)))).toBe(0.25);
});

test('a long request weighs as much as it has tokens', () => {
  expect(ratioOf(learnAll([...same(20, 1_000, 500), ...same(20, 9_000, 1_800)]))).toBeCloseTo(2_300 / 10_000, 10);
});

test('the error is what the estimate was off by, once there was one', () => {
  expect(errorPercentOf(learnAll(same(20, 1_000, 250)))).toBeNull();
  expect(errorPercentOf(learnAll([...same(20, 1_000, 250), [1_000, 200]]))).toBeCloseTo(25, 6);
});

test('what no tokenizer does teaches nothing', () => {
  for (const [textBytes, tokens] of [
    [1_000, 0],
    [1_000, 1_001],
    [255, 60],
  ] as const) {
    expect(learnInput(nothingLearned, textBytes, tokens)).toBe(nothingLearned);
  }
});

test('old habits are forgotten, their extremes are not', () => {
  const old = learnAll([[1_000, 900], ...same(3_000, 1_000, 250)]);
  const now = learnAll(same(6_000, 1_000, 400), old);
  expect(ratioOf(now)).toBeCloseTo(0.4, 1);
  expect(now.highest).toBe(0.9);
  expect(now.samples).toBeLessThanOrEqual(2_001);
});

test('the first fifty requests are read, then one in sixteen, and neither the short nor the long', () => {
  expect(isSampled(nothingLearned, 1)).toBe(true);
  const many = learnAll(same(50, 1_000, 250));
  expect(Array.from({ length: 160 }, (_, seen) => isSampled(many, seen)).filter(Boolean)).toHaveLength(10);
  expect([255, 256, 65_536, 65_537].map(isTeaching)).toEqual([false, true, true, false]);
});

test('what a model usually answers with is known after five answers', () => {
  const learn = (times: number) =>
    Array.from({ length: times }).reduce<LearnedRatio>((known) => learnOutput(known, 30), nothingLearned);
  expect(usualOutputTokens(learn(4))).toBeNull();
  expect(usualOutputTokens(learn(5_000))).toBe(30);
});

test('a bound is never below half more than the densest request, nor above a token for each byte', () => {
  const sample = fc.tuple(fc.integer({ min: 256, max: 60_000 }), fc.double({ min: 0.01, max: 1, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 50, maxLength: 80 }),
      fc.nat(100_000),
      fc.nat(100_000),
      (samples, textBytes, dense) => {
        const learned = learnAll(samples.map(([bytes, ratio]) => [bytes, Math.max(1, Math.floor(bytes * ratio))]));
        const bound = boundLearnedTokens(learned, textBytes, dense);
        expect(bound).not.toBeNull();
        const plain = Math.max(0, textBytes - dense);
        expect(bound).toBeGreaterThanOrEqual(Math.min(dense, textBytes) + plain * Math.min(1, learned.highest * 1.5));
        expect(bound).toBeLessThanOrEqual(textBytes + 1);
      },
    ),
  );
});

test('no provider billed more than the bound that others’ requests taught, in any recording', (context) => {
  context.skip(!recordingsAreHere, noRecordings);
  const recorded = recordedRequests();
  const beyond = recorded.flatMap(({ id, model, kind, request, inputTokens }) => {
    const others = recorded.filter((other) => other.model === model && other.id !== id);
    const samples = others.map((other): [number, number] => [other.request.measure().textBytes, other.inputTokens]);
    // Recordings are few: each is taught as often as it takes.
    const learned = learnAll(Array.from({ length: 50 }).flatMap(() => samples));
    const size = { ...request.measure(), ...request.additions() };
    const bound = boundByLearning(size, request.denseBytes(), { kind, model, contextTokens: null }, learned);
    return bound !== null && inputTokens > bound ? [`${id}: ${inputTokens} > ${bound}`] : [];
  });
  expect(beyond).toEqual([]);
});

test('what was kept by another program is not taken for knowledge', () => {
  const learned = learnAll(same(30, 1_000, 250));
  expect(readLearned(JSON.stringify(learned))).toEqual(learned);
  expect(readLearned('{"samples":"many"}')).toBeNull();
  expect(readLearned('null')).toBeNull();
  expect(readLearned('{"samples":-1}')).toBeNull();
});
