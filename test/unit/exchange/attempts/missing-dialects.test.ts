/** Dialects that providers turned out not to offer: remembered for a while, and only for what speaks of the path. */
import { expect, test } from 'vitest';
import { isMissingPath, MissingDialects } from '../../../../gateway/exchange/attempts/missing-dialects.ts';
import { readFailedAnswer } from '../../../../gateway/exchange/attempts/upstream-error.ts';

const answer = (status: number, body: string) =>
  isMissingPath(readFailedAnswer({ provider: 'p', status, headers: {}, body: Buffer.from(body), key: null, now: 0 }));

test.each([
  [404, '404 page not found', true],
  [404, '', true],
  [405, '<html>', true],
  [404, '{"detail":"Not Found"}', true],
  [404, '{"error":{"message":"model not found"}}', false],
  [404, '{"detail":"The model x does not exist"}', false],
  [500, 'oops', false],
  [400, 'bad', false],
])('%i with the body %s says that there is no such path: %s', (status, body, expected) => {
  expect(answer(status, body)).toBe(expected);
});

test('what was missed is known for ten minutes, and the same object until then', () => {
  let now = 0;
  const missing = new MissingDialects(() => now);
  const before = missing.known();
  expect(before.size).toBe(0);
  missing.note('a', 'x');
  const known = missing.known();
  expect([...(known.get('a') ?? [])]).toEqual(['x']);
  now = 9 * 60_000;
  missing.note('a', 'y');
  now = 10 * 60_000;
  expect([...(missing.known().get('a') ?? [])]).toEqual(['y']);
  now = 19 * 60_000;
  expect(missing.known().size).toBe(0);
  expect(missing.known()).toBe(missing.known());
});

test('a new config is a new beginning', () => {
  const missing = new MissingDialects(() => 0);
  missing.note('a', 'x');
  missing.forgetAll();
  expect(missing.known().size).toBe(0);
});
