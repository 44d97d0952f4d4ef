/** What the log has of the windows that are open: where the counts of rate limits go on after a start. */
import { beforeEach, expect, test } from 'vitest';
import type { RequestFinish, RequestStart } from '../../../gateway/contract/records.ts';
import type { Storage } from '../../../gateway/storage/open-storage.ts';
import { attempt, finishRow, startRow } from '../../support/request-rows.ts';
import { makeFolder, openForTest } from './rows.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const day = Date.UTC(2026, 10, 20);
const now = day + 12 * hourMs + 30 * minuteMs;
const windows = {
  minuteStartsAtMs: now,
  minuteEndsAtMs: now + minuteMs,
  hourStartsAtMs: day + 12 * hourMs,
  hourEndsAtMs: day + 13 * hourMs,
  dayStartsAtMs: day,
  dayEndsAtMs: day + 24 * hourMs,
};

let storage: Storage;
let number = 0;
beforeEach(() => {
  storage = openForTest(makeFolder());
});

/** One request with 7 tokens read and 9 written. */
function row(atMs: number, finish: Partial<RequestFinish> = {}, start: Partial<RequestStart> = {}): void {
  number += 1;
  const key = atMs * 4_096 + number;
  const attempts = finish.attempts ?? [{ ...attempt(1), startedAtMs: atMs }];
  storage.recorder.reject(
    startRow(key, { startedAtMs: atMs, clientId: 'me', ...start }),
    finishRow(key, { ...finish, attempts }),
    (error) => {
      if (error) throw error;
    },
  );
}

const ofClient = (aboveNanoUsd = 0) => storage.windowCounts.ofClient({ ...windows, id: 'me', aboveNanoUsd });
const ofProvider = (id: string) => storage.windowCounts.ofProvider({ ...windows, id, aboveNanoUsd: 1e9 });

test('of a client has what it asked in each window, without others, what came before, and what is from a later clock', () => {
  row(now + 5);
  row(now - 1);
  row(day);
  row(day - 1);
  row(day + 25 * hourMs);
  row(now, {}, { clientId: 'other' });
  expect(ofClient()).toMatchObject({
    minuteRequests: 1,
    minuteTokens: 16,
    hourRequests: 2,
    hourTokens: 32,
    dayRequests: 3,
    dayTokens: 48,
  });
});

test('of a client leaves out what was refused before anybody was asked, and has what the last process left under way', () => {
  row(now, { state: 'rejected', provider: null, model: null, errorKind: 'rate-limited', attempts: [] });
  row(now, { state: 'rejected', provider: null, model: null, errorKind: 'over-budget', attempts: [] });
  row(now, { state: 'interrupted', provider: null, model: null, attempts: [] });
  row(now, { state: 'upstream_error', status: 502 });
  expect(ofClient()).toMatchObject({ dayRequests: 2 });
});

test('of a client has calls that cost more than so much as expensive ones', () => {
  const cost = (nanoUsd: number | null) => ({
    basis: 'computed' as const,
    price: null,
    cacheSavedNanoUsd: 0,
    localSavedNanoUsd: 0,
    nanoUsd,
  });
  for (const nanoUsd of [5, 10, 11, null]) row(now, { cost: cost(nanoUsd) });
  expect(ofClient(10)).toMatchObject({ dayRequests: 4, dayExpensive: 1, minuteExpensive: 1 });
});

test('of a provider has every attempt that was sent to it, by its own time, and the tokens of the one that answered', () => {
  row(now);
  const failed = { ...attempt(1), startedAtMs: now - 1, status: 503, errorKind: 'upstream-overloaded' };
  const answered = { ...attempt(2), status: 200, provider: 'other', startedAtMs: now + 1 };
  row(now - 1, { provider: 'other', attempts: [failed, answered] });
  expect(ofProvider('openai')).toMatchObject({ minuteRequests: 1, hourRequests: 2, dayRequests: 2, dayTokens: 16 });
  expect(ofProvider('other')).toMatchObject({ minuteRequests: 1, dayRequests: 1, dayTokens: 16 });
});

test('of a provider leaves out what was passed over because of its own limit or a budget', () => {
  const passed = ['provider-limit', 'over-budget'].map((errorKind, place) => ({
    ...attempt(place + 1),
    startedAtMs: now,
    status: null,
    errorKind,
  }));
  row(now, { provider: 'other', attempts: [...passed, { ...attempt(3), provider: 'other', startedAtMs: now, status: 200 }] });
  expect([ofProvider('openai').dayRequests, ofProvider('other').dayRequests]).toEqual([0, 1]);
  // The tokens are the last one's that was sent, wherever it stands among those that were not.
  expect(ofProvider('other').dayTokens).toBe(16);
});
