/** What the end of an attempt says of its key. */
import { expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../../gateway/chat/error.ts';
import { noteFailure, noteSuccess } from '../../../../gateway/exchange/attempts/key-standing.ts';
import { KeyPool } from '../../../../gateway/providers/key-pool.ts';

const keys = ['k1', 'k2'].map((reference) => ({ reference, weight: 1 }));
const candidate = { provider: { id: 'p' }, keyReference: 'k1' };

function poolAfter(kind: ErrorKind, upstreamStatus: number | null, keyReference: string | null = 'k1') {
  const pool = new KeyPool(() => 1_000);
  const error = new GatewayError(kind, 'no');
  const refusal = { error, body: null, headers: {}, retryAfterMs: null, upstreamStatus, fieldAtFault: null, namesPath: false };
  noteFailure(pool, { ...candidate, keyReference }, refusal, 1_000);
  return pool;
}

const orders = (pool: KeyPool) => Array.from({ length: 4 }, () => pool.order('p', keys)[0]);

test.each<[string, ErrorKind, number | null]>([
  ['that is limited', 'upstream-rate-limit', 429],
  ['whose quota is used up', 'upstream-quota', 429],
  ['that is to be paid for', 'upstream-refused', 402],
  ['that was refused', 'upstream-auth', 401],
  ['that was refused without a status', 'upstream-auth', null],
])('a key %s is asked last', (_what, kind, status) => {
  expect(orders(poolAfter(kind, status))).toEqual(['k2', 'k2', 'k2', 'k2']);
});

test.each<[string, ErrorKind, number | null, string | null]>([
  ['a fault of the provider', 'upstream-failed', 500, 'k1'],
  ['a wrong question', 'upstream-refused', 400, 'k1'],
  ['a broken connection', 'upstream-reset', null, 'k1'],
  ['a refusal of a request without a key', 'upstream-auth', 401, null],
])('%s says nothing of a key', (_what, kind, status, keyReference) => {
  expect(orders(poolAfter(kind, status, keyReference))).toContain('k1');
});

test('a key that an answer came with is ready again', () => {
  const pool = poolAfter('upstream-auth', 401);
  noteSuccess(pool, { ...candidate, keyReference: null }, 2_000);
  expect(orders(pool)).not.toContain('k1');
  noteSuccess(pool, candidate, 2_000);
  expect(orders(pool)).toContain('k1');
});
