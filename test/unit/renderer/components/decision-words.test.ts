/** Holds the words of a decision to what it came to, and a comparison to what really changes. */
import { describe, expect, test } from 'vitest';
import {
  candidateVerdict,
  decisionSentence,
  effectsWords,
  moveBetween,
  ordinal,
  sentenceOf,
  unreadWords,
} from '../../../../renderer/components/decision-words.ts';
import { sampleTrace } from '../../../support/fake-control.ts';
import { sampleRules, traceBy } from '../../../support/routing-samples.ts';

const live = traceBy(sampleRules);
const cheap = traceBy([{ name: 'code', when: { task: 'code' }, use: 'openai/gpt-5-mini' }]);
const refused = sampleTrace({ targets: [], refusal: 'the rule "no" refuses it' });

describe('where a request goes', () => {
  test('is said with its reason, who steps in, and what keeps it here', () => {
    expect(decisionSentence({ ...live, pinnedBy: 'secrets' })).toBe(
      'It goes to anthropic/claude-sonnet-4-5, since the rule “code” says so. Should that fail: openai/gpt-5. It stays on this machine: the rule “secrets” says so.',
    );
    expect(decisionSentence(live, true)).toBe(
      'First to be asked was anthropic/claude-sonnet-4-5, since the rule “code” said so. Should that fail: openai/gpt-5.',
    );
    expect(decisionSentence(sampleTrace())).toBe('It goes to demo/hello, since that is the very name it asks for.');
    expect(decisionSentence(sampleTrace({ resolvedAs: 'alias', requestedModel: 'fast' }))).toContain('“fast” is an alias');
  });

  test('is said as a refusal where no target is left', () => {
    expect(decisionSentence(refused)).toBe('It is refused: the rule "no" refuses it');
    expect(decisionSentence(refused, true)).toBe('It was refused: the rule "no" refuses it');
    const rule = { name: 'no', matched: true, effects: ['deny' as const], reason: 'it is an embedding' };
    expect(decisionSentence({ ...refused, refusal: 'Not here.', rules: [rule] }, true)).toBe(
      'It was refused by the rule “no”: Not here.',
    );
  });
});

test.each([
  [{ place: 1, code: 'chosen' }, 'Asked first', 'good'],
  [{ place: 2, code: 'next' }, 'Asked 2nd', 'idle'],
  [{ place: 1, code: 'demoted-state' }, 'Asked first, though not well at present', 'warn'],
  [{ place: 1, code: 'demoted-weight' }, 'Asked first', 'good'],
  [{ place: 3, code: 'demoted-latency' }, 'Asked 3rd, later: too slow', 'warn'],
  [{ place: null, code: 'context' }, 'Reads too little', 'bad'],
] as const)('a candidate %j is called: %s', (candidate, word, tone) => {
  expect(candidateVerdict(candidate)).toEqual({ word, tone });
});

test('places are counted as people do', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal).join(' ')).toBe(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 103rd 111th',
  );
});

test('a rule that holds but has no say left is told so', () => {
  expect(effectsWords({ matched: true, effects: ['pin', 'limits'] })).toBe('holds: keeps it on this machine, sets limits.');
  expect(effectsWords({ matched: true, effects: [] })).toBe('holds.');
});

test('a clause of the gateway becomes a sentence once', () => {
  expect([sentenceOf('the task is "code"'), sentenceOf('Done.'), sentenceOf(' ')]).toEqual(['The task is "code".', 'Done.', '']);
});

describe('what a draft changes', () => {
  test('is a move with what it costs and how long it takes, before and after', () => {
    expect(moveBetween(live, cheap)).toEqual({
      tone: 'live',
      title: 'It moves from anthropic/claude-sonnet-4-5 to openai/gpt-5-mini',
      details: ['Costs about $0.0021 instead of $0.0142 (−85 %)', 'Takes about 1.90 s instead of 5.60 s (−66 %)'],
    });
  });

  test('is nothing where the same is asked in the same order', () => {
    expect(moveBetween(live, live).title).toBe('It stays with anthropic/claude-sonnet-4-5');
    expect(moveBetween(live, { ...live, targets: live.targets.slice(0, 1) }).title).toContain('who is asked after it changes');
  });

  test('is told when it refuses a request, or takes one that is refused now', () => {
    expect(moveBetween(live, refused)).toMatchObject({
      tone: 'bad',
      title: 'The draft refuses it; now it goes to anthropic/claude-sonnet-4-5',
    });
    expect(moveBetween(refused, live)).toMatchObject({ tone: 'good' });
    expect(moveBetween(refused, refused)).toMatchObject({ tone: 'warn' });
  });

  test('says plainly what is not known', () => {
    const unpriced = { ...cheap, candidates: cheap.candidates.map((one) => ({ ...one, estimatedCostUsd: null })) };
    expect(moveBetween(live, unpriced).details[0]).toBe('Costs an unknown amount instead of about $0.0142');
    expect(moveBetween(unpriced, live).details[0]).toBe('Costs about $0.0142; not known before');
    expect(moveBetween(unpriced, unpriced).details[0]).toBe('Costs an unknown amount, as before');
    const free = { ...cheap, candidates: cheap.candidates.map((one) => ({ ...one, estimatedCostUsd: 0 })) };
    expect(moveBetween(live, free).details[0]).toBe('Costs nothing instead of $0.0142 (−100 %)');
    expect(moveBetween(free, free).details[0]).toBe('Costs nothing, as before');
  });
});

test('what a decision did not read is named, and said to be unread', () => {
  expect(unreadWords(['task', 'inputTokens'])).toBe(
    'Not read, since nothing depended on it: task, length. The decision was made as if it had none.',
  );
});
