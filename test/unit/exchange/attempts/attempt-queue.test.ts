/** Who is asked next after a failure: the next key, a fallback of its kind, the next target, or the same one again. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../../gateway/chat/error.ts';
import type { FallbackKind } from '../../../../gateway/contract/policy/rule.ts';
import { AttemptQueue } from '../../../../gateway/exchange/attempts/attempt-queue.ts';

interface Named {
  readonly provider: { readonly id: string };
  readonly model: string;
  readonly key: string;
}

/** `first.2`: the second key of the provider first. */
const named = (name: string): Named => {
  const [id = '', key = ''] = name.split('.');
  return { provider: { id }, model: 'm', key };
};
const nameOf = ({ provider, key }: Named): string => (key === '' ? provider.id : `${provider.id}.${key}`);

type Fallbacks = Partial<Record<FallbackKind, readonly string[]>>;

/** Plays a request whose attempts fail in these ways; the last way goes on. @returns who was asked, and why */
function play(names: readonly string[], kinds: readonly ErrorKind[], fallbacks: Fallbacks = {}, attempts = 3): string[] {
  const queue = new AttemptQueue({
    candidates: names.map(named),
    fallbacks: (kind) => (fallbacks[kind] ?? []).map(named),
  });
  const asked = queue.head ? [`first ${nameOf(queue.head)}`] : [];
  while (asked.length > 0) {
    const kind = kinds[asked.length - 1] ?? kinds.at(-1) ?? 'internal';
    const { movable, retryable } = new GatewayError(kind, 'no');
    const cause = queue.turn({ kind, movable, retryable, left: attempts - asked.length });
    if (cause === null || !queue.head) break;
    asked.push(`${cause} ${nameOf(queue.head)}`);
  }
  return asked;
}

const fourKeysAndAnother = ['first.1', 'first.2', 'first.3', 'first.4', 'second'];

describe('keys', () => {
  test.each<ErrorKind>([
    'upstream-connect',
    'upstream-connect-timeout',
    'upstream-dns',
    'upstream-tls',
    'upstream-first-byte-timeout',
    'upstream-stalled',
    'upstream-redirect',
    'upstream-protocol',
  ])('%s is the same with every key: the next target is asked', (kind) => {
    expect(play(fourKeysAndAnother, [kind])).toEqual(['first first.1', 'next-target second']);
  });

  test.each<ErrorKind>(['upstream-auth', 'upstream-quota'])(
    '%s may go away with another key, but the last attempt is left for the next target',
    (kind) => {
      expect(play(fourKeysAndAnother, [kind])).toEqual(['first first.1', 'next-key first.2', 'next-target second']);
      expect(play(['first.1', 'first.2', 'first.3', 'first.4'], [kind])).toEqual([
        'first first.1',
        'next-key first.2',
        'next-key first.3',
      ]);
    },
  );

  test('a rate limit turns to the next key, and with one key only is waited for', () => {
    expect(play(['first.1', 'first.2'], ['upstream-rate-limit'])).toEqual(['first first.1', 'next-key first.2', 'retry first.2']);
  });
});

describe('targets', () => {
  test.each<ErrorKind>(['upstream-failed', 'upstream-overloaded', 'upstream-reset'])(
    '%s moves on, and stays with the last one for another try',
    (kind) => {
      expect(play(['first', 'second'], [kind])).toEqual(['first first', 'next-target second', 'retry second']);
    },
  );

  test.each<ErrorKind>(['upstream-refused', 'upstream-context-too-long', 'upstream-content-policy'])(
    'what the request is to blame for (%s) is asked of nobody else',
    (kind) => {
      expect(play(['first', 'second'], [kind])).toEqual(['first first']);
    },
  );

  test('no more attempts are made than there may be', () => {
    expect(play(['a', 'b', 'c', 'd'], ['upstream-failed'], {}, 2)).toEqual(['first a', 'next-target b']);
    expect(play(['a', 'b'], ['upstream-failed'], {}, 1)).toEqual(['first a']);
  });
});

describe('fallbacks', () => {
  const fallbacks: Fallbacks = {
    overload: ['spare'],
    timeout: ['near'],
    contextTooLong: ['long', 'longer'],
    contentPolicy: ['open'],
  };

  test.each<[ErrorKind, string]>([
    ['upstream-overloaded', 'fallback-overload spare'],
    ['upstream-quota', 'fallback-overload spare'],
    ['upstream-rate-limit', 'fallback-overload spare'],
    ['upstream-first-byte-timeout', 'fallback-timeout near'],
    ['upstream-connect-timeout', 'fallback-timeout near'],
    ['upstream-stalled', 'fallback-timeout near'],
    ['upstream-context-too-long', 'fallback-context long'],
    ['upstream-content-policy', 'fallback-content-policy open'],
    ['upstream-failed', 'next-target second'],
  ])('%s goes to %s before the next target', (kind, expected) => {
    expect(play(['first', 'second'], [kind], fallbacks, 2)).toEqual(['first first', expected]);
  });

  test('the other targets come after them', () => {
    expect(play(['first', 'second'], ['upstream-overloaded', 'upstream-failed'], fallbacks)).toEqual([
      'first first',
      'fallback-overload spare',
      'next-target second',
    ]);
  });

  test('a context that is too long for the first of them too goes to the next, and then ends', () => {
    expect(play(['first', 'second'], ['upstream-context-too-long'], fallbacks, 9)).toEqual([
      'first first',
      'fallback-context long',
      'fallback-context longer',
    ]);
  });

  test('another key is tried before them, for as long as an attempt is left for one', () => {
    expect(play(['first.1', 'first.2', 'first.3'], ['upstream-rate-limit'], fallbacks)).toEqual([
      'first first.1',
      'next-key first.2',
      'fallback-overload spare',
    ]);
  });

  test('a target that was asked is not asked again as a fallback, and one that is both is asked once', () => {
    expect(play(['first', 'spare', 'last'], ['upstream-overloaded'], { overload: ['first', 'spare'] }, 9).slice(0, 4)).toEqual([
      'first first',
      'fallback-overload spare',
      'next-target last',
      'retry last',
    ]);
  });
});

test('one whose turn was put off is asked after all others', () => {
  const queue = new AttemptQueue({ candidates: ['a', 'b', 'c'].map(named), fallbacks: () => [] });
  queue.demoteHead();
  expect(queue.head && nameOf(queue.head)).toBe('b');
  expect([queue.turn({ kind: 'upstream-failed', movable: true, retryable: true, left: 2 }), queue.head?.provider.id]).toEqual([
    'next-target',
    'c',
  ]);
});

test('nobody is asked whose key or target was not named, and no attempt is made beyond the limit', () => {
  const kinds = fc.constantFrom<ErrorKind>(
    'upstream-failed',
    'upstream-overloaded',
    'upstream-rate-limit',
    'upstream-auth',
    'upstream-stalled',
    'upstream-context-too-long',
  );
  const names = fc.array(fc.constantFrom('a.1', 'a.2', 'b.1', 'c.1'), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      names,
      fc.array(kinds, { minLength: 1, maxLength: 9 }),
      names,
      fc.integer({ min: 1, max: 9 }),
      (line, ways, more, attempts) => {
        const asked = play(line, ways, { overload: more, contextTooLong: more }, attempts);
        const known = new Set<string>([...line, ...more]);
        expect(asked.length).toBeLessThanOrEqual(attempts);
        expect(asked.every((one) => known.has(one.split(' ')[1] ?? ''))).toBe(true);
      },
    ),
  );
});
