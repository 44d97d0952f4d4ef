/** What the sheet says of a request's way into another format: no loss is hidden, and nothing is claimed that did not happen. */
import { expect, test } from 'vitest';
import type { FidelityRecord, RequestDetail } from '../../../../../gateway/contract/records.ts';
import {
  passedThroughWords,
  routeWords,
  verdictOf,
  wasRefusedForLoss,
} from '../../../../../renderer/screens/requests/fidelity-words.ts';
import { attempt } from '../../../../support/request-rows.ts';
import { nothingPaid, sampleRequest } from '../../../../support/fake-control.ts';

const report: FidelityRecord = { from: 'anthropic-messages', to: 'openai-chat', kept: ['messages'], emulated: [], dropped: [] };
const note = { field: 'top_k', words: 'it has no such field', count: 3 };

const detail = (changes: Partial<RequestDetail> = {}): RequestDetail => ({
  ...sampleRequest(),
  attemptList: [attempt(1)],
  rawUsageJson: null,
  requestBytes: 1,
  responseBytes: 1,
  configVersion: 1,
  fidelity: null,
  decisionKept: false,
  shadow: null,
  ...nothingPaid,
  ...changes,
});

test('a translated request names both formats as people call them', () => {
  expect(routeWords(report)).toBe('Asked as Anthropic messages, sent as OpenAI chat.');
  expect(routeWords({ ...report, to: 'a-newer-format' })).toContain('sent as a-newer-format');
});

test.each<[FidelityRecord, ReturnType<typeof verdictOf>]>([
  [report, { tone: 'good', word: 'Nothing lost' }],
  [
    { ...report, emulated: [note] },
    { tone: 'good', word: 'Nothing lost, some of it said in other words' },
  ],
  [
    { ...report, emulated: [note], dropped: [note] },
    { tone: 'warn', word: '1 field left out' },
  ],
  [
    { ...report, dropped: [note, { ...note, field: 'seed' }] },
    { tone: 'warn', word: '2 fields left out' },
  ],
])('a loss is counted by its fields, and only a loss is a warning', (given, verdict) => {
  expect(verdictOf(given)).toEqual(verdict);
});

test('passed through is said of what a provider answered in the same format, and of nothing else', () => {
  expect(passedThroughWords(detail())).toContain('Asked and sent as OpenAI chat,');
  expect(passedThroughWords(detail({ fidelity: report }))).toBeNull();
  expect(passedThroughWords(detail({ state: 'started' }))).toBeNull();
  expect(passedThroughWords(detail({ attemptList: [] }))).toBeNull();
  expect(passedThroughWords(detail({ attemptList: [{ ...attempt(1), status: null, errorKind: 'untranslatable' }] }))).toBeNull();
});

test('of what was refused for its loss nothing is said to have been sent or left out', () => {
  const lossy = { ...report, dropped: [note] };
  expect(wasRefusedForLoss({ errorKind: 'untranslatable', fidelity: lossy })).toBe(true);
  expect(wasRefusedForLoss({ errorKind: null, fidelity: lossy })).toBe(false);
  expect(wasRefusedForLoss({ errorKind: 'untranslatable', fidelity: report })).toBe(false);
  expect(routeWords(lossy, true)).toContain('it was not sent as OpenAI chat');
  expect(verdictOf(lossy, true)).toEqual({ tone: 'warn', word: 'Refused rather than sent with a loss' });
});
