/** The row of an exchange: whose counts it tells, and which of them are marked as estimates. */
import { expect, test } from 'vitest';
import { unknownUsage, type Usage } from '../../../gateway/chat/usage.ts';
import { noCost } from '../../../gateway/contract/records.ts';
import type { Outcome } from '../../../gateway/exchange/relay/body-sink.ts';
import { countUsage, finishRow, isUncounted } from '../../../gateway/exchange/row.ts';

/** Tokens of what was asked, estimated. */
const asked = 10;
const seen = { events: 3, contentBytes: 80 };

function usageOf(usage: Partial<Usage> | null, isSeen = true) {
  const outcome: Outcome = {
    state: 'client_closed',
    status: 200,
    error: null,
    usage: usage && { ...unknownUsage, ...usage },
    rawUsageJson: null,
    seen: isSeen ? seen : null,
    responseBytes: 1,
  };
  const start = {
    key: 1,
    startedAtMs: 0,
    clientId: null,
    dialect: 'openai-chat',
    requestedModel: 'm',
    stream: true,
    requestBytes: 40,
    configVersion: 1,
  };
  const counted = countUsage(outcome, isUncounted(outcome) ? asked : null);
  const charge = { counted, cost: noCost, settlement: null };
  const ending = { start, outcome, charge, task: null, durationMs: 1, firstTokenMs: null };
  const { inputTokens, outputTokens, estimated } = finishRow({
    ...ending,
    attempts: [],
    fidelity: null,
    rule: null,
    decisionJson: null,
  }).usage;
  return [inputTokens, outputTokens, estimated];
}

test('what the provider counted stands there as it is', () => {
  expect(usageOf({ inputTokens: 7, outputTokens: 2 })).toEqual([7, 2, false]);
});

test('an answer that nobody counted is estimated, and marked so', () => {
  expect(usageOf(null)).toEqual([10, 20, true]);
});

test('an answer that broke off behind the count of its input has an estimated output', () => {
  expect(usageOf({ inputTokens: 7, outputTokens: null })).toEqual([7, 20, true]);
});

test('where no answer was seen nothing is estimated', () => {
  expect(usageOf(null, false)).toEqual([null, null, false]);
  expect(usageOf({ inputTokens: 7 }, false)).toEqual([7, null, false]);
});
