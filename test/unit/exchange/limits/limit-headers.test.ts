/** The headers of a limited client: of requests and of tokens the window in which least is left, in the forms that programs read. */
import { expect, test } from 'vitest';
import { goDuration, limitHeaders } from '../../../../gateway/exchange/limits/limit-headers.ts';
import { clientRefusal, providerRefusal } from '../../../../gateway/exchange/limits/limit-error.ts';
import type { LimitReading } from '../../../../gateway/limits/limiter.ts';

const now = Date.UTC(2026, 10, 20, 12);
const read = (counted: LimitReading['counted'], window: LimitReading['window'], limit: number, used: number, inMs: number) => ({
  counted,
  window,
  limit,
  used,
  resetsAtMs: now + inMs,
});

test('of several windows tell the one in which least is left, and never less than nothing', () => {
  const readings = [
    read('requests', 'minute', 60, 10, 30_000),
    read('requests', 'day', 100, 99, 6 * 3_600_000),
    read('tokens', 'hour', 1_000, 1_400, 360_000),
    read('expensive', 'day', 3, 1, 1_000),
  ];
  expect(limitHeaders(readings, 'openai-chat', now)).toEqual([
    'x-ratelimit-limit-requests',
    '100',
    'x-ratelimit-remaining-requests',
    '1',
    'x-ratelimit-reset-requests',
    '6h0m0s',
    'x-ratelimit-limit-tokens',
    '1000',
    'x-ratelimit-remaining-tokens',
    '0',
    'x-ratelimit-reset-tokens',
    '6m0s',
  ]);
});

test('come in Anthropic’s form too where the client speaks it', () => {
  const headers = limitHeaders([read('requests', 'minute', 60, 10, 30_000)], 'anthropic-messages', now);
  expect(headers.slice(6)).toEqual([
    'anthropic-ratelimit-requests-limit',
    '60',
    'anthropic-ratelimit-requests-remaining',
    '50',
    'anthropic-ratelimit-requests-reset',
    '2026-11-20T12:00:30Z',
  ]);
});

test.each([
  [1, '1s'],
  [0, '0s'],
  [-5, '0s'],
  [59_001, '1m0s'],
  [360_000, '6m0s'],
  [3_661_000, '1h1m1s'],
  [86_400_000, '24h0m0s'],
])('a pause of %i ms is said as %s', (milliseconds, text) => {
  expect(goDuration(milliseconds)).toBe(text);
});

test.each([
  [
    { counted: 'requests', window: 'hour', limit: 1_000, aboveUsd: null, resetsAtMs: now + 1_500 },
    'this key has reached its limit of 1,000 requests an hour; it resets at 2026-11-20T12:00:01.500Z, in 2 seconds',
  ],
  [
    { counted: 'expensive', window: 'day', limit: 1, aboveUsd: 0.5, resetsAtMs: now },
    'this key has reached its limit of 1 request that may cost more than $0.5 a day; it resets at 2026-11-20T12:00:00Z, in 1 second',
  ],
  [
    { counted: 'concurrent', window: null, limit: 2, aboveUsd: null, resetsAtMs: now + 1_000 },
    'this key has reached its limit of 2 requests at the same time; try again when one of them is over',
  ],
] as const)('a refusal says which limit, how much and when: %o', (overrun, message) => {
  expect(clientRefusal(overrun, now).error).toMatchObject({
    message,
    status: 429,
    code: 'rate_limit_exceeded',
    kind: 'rate-limited',
  });
});

test('a provider’s limit names the provider and who set it', () => {
  const overrun = { counted: 'tokens', window: 'minute', limit: 100, aboveUsd: null, resetsAtMs: now + 20_000 } as const;
  const { error, retryAfterSeconds } = providerRefusal('lab', overrun, now);
  expect(error.message).toContain('the provider lab has reached the limit of 100 tokens a minute that is set for it here');
  expect([error.kind, error.status, retryAfterSeconds]).toEqual(['provider-limit', 429, 20]);
});
