/** The attempts of one request against upstreams by script: who is asked after whom, with what, and what remains of it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { LiveState } from '../../../../gateway/exchange/live-state/live-state.ts';
import { causesOf, configOf, headersOf, outcomeOf, play, run, type Said, target } from './play-attempts.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
afterEach(() => vi.useRealTimers());

describe('fallbacks', () => {
  const fallbacks = {
    overload: [target('second')],
    contextTooLong: [target('third')],
    contentPolicy: [target('third')],
    timeout: [target('third')],
  };

  test.each<[string, Said, string]>([
    ['an overload', { status: 503 }, 'fallback-overload second -'],
    [
      'a context that is too long',
      { status: 400, error: { code: 'context_length_exceeded' } },
      'fallback-context third env:THREE',
    ],
    ['a content filter', { status: 400, error: { code: 'content_filter' } }, 'fallback-content-policy third env:THREE'],
    ['a time that ran out', new GatewayError('upstream-first-byte-timeout', 'no'), 'fallback-timeout third env:THREE'],
  ])('after %s the one for it is asked before the other targets', async (_what, said, expected) => {
    const played = play({ targets: ['first', 'second', 'third'], fallbacks }, [said, 'sound']);
    await run();
    expect(causesOf(played)).toEqual(['first first env:ONE', expected]);
    expect(played.outcomes).toMatchObject([{ state: 'ok' }]);
  });

  test('that rests is passed over for the next target, and the row says so', async () => {
    const rest = (state: LiveState) =>
      state.breakers.enterAnyway(
        { provider: 'second', model: 'm', key: null },
        { failures: 1, windowMs: 9_000, openMs: 9_000, probes: 1 },
      );
    const played = play({ targets: ['first', 'third'], fallbacks }, [{ status: 503 }, 'sound']);
    rest(played.state).failed('answered 500');
    await run();
    expect(causesOf(played)).toEqual(['first first env:ONE', 'next-target third env:THREE']);
  });

  test.each([
    ['context_length_exceeded', 'upstream-context-too-long'],
    ['content_filter', 'upstream-content-policy'],
  ])('without one for it, %s is the answer, as the provider said it', async (code, kind) => {
    const played = play({ targets: ['first', 'second'], fallbacks: { overload: [target('second')] } }, [
      { status: 400, error: { code } },
    ]);
    await run();
    expect([played.asked.length, played.exhausted.length]).toEqual([1, 1]);
    expect(played.exhausted[0]).toMatchObject({
      error: { kind, status: 400 },
      body: Buffer.from(JSON.stringify({ error: { code } })),
    });
  });
});

describe('what the rule says of attempts', () => {
  test('is the number of them, before the config', async () => {
    const played = play({ targets: ['second'], limits: { attempts: 1 } }, [{ status: 500 }]);
    await run();
    expect(played.asked.length).toBe(1);
    const more = play({ targets: ['second'] }, [{ status: 500 }], { reliability: { attempts: 4 } });
    await run();
    expect(more.asked.length).toBe(4);
  });

  test('are its timers, where it has some', async () => {
    const timeouts = { firstByteMs: 1_234, idleMs: 2_345, totalMs: undefined };
    const [whole] = play({ targets: ['second'], limits: { timeouts } }, ['sound']).asked;
    // The head of a whole answer comes when the model has finished.
    expect(whole?.timeouts).toEqual({ connectMs: 10_000, firstByteMs: 1_200_000, idleMs: 2_345 });
    const [usual] = play({ targets: ['second'] }, ['sound']).asked;
    expect(usual?.timeouts).toEqual({ connectMs: 10_000, firstByteMs: 1_200_000, idleMs: 120_000 });
  });

  test('is the deadline: a pause that would go beyond it is not begun', async () => {
    const limits = { timeouts: { firstByteMs: undefined, idleMs: undefined, totalMs: 5_000 } };
    const soon = play({ targets: ['second'], limits }, [{ status: 429, headers: { 'retry-after': '4' } }, 'sound']);
    await run();
    expect([soon.asked.length, soon.outcomes.length]).toEqual([2, 1]);
    const late = play({ targets: ['second'], limits }, [{ status: 429, headers: { 'retry-after': '5' } }, 'sound']);
    await vi.advanceTimersByTimeAsync(11);
    expect([late.asked.length, late.exhausted.length]).toEqual([1, 1]);
  });
});

test('the row tells of each attempt its cause, its key, the pause before it and the time to its head', async () => {
  const played = play({ targets: ['first', 'second'] }, [{ status: 429 }, { status: 503 }, { status: 500 }, 'sound'], {
    reliability: { attempts: 4 },
  });
  await run();
  expect(causesOf(played)).toEqual(['first first env:ONE', 'next-key first env:TWO', 'next-target second -', 'retry second -']);
  expect(played.attempts.log.records).toMatchObject([
    { number: 1, status: 429, waitedMs: 0, headMs: 10 },
    { number: 2, status: 503, waitedMs: 0, headMs: 10 },
    { number: 3, status: 500, waitedMs: 0, headMs: 10 },
    // Half of the bound after three failures.
    { number: 4, status: 200, waitedMs: 1_000, headMs: 10, errorKind: null },
  ]);
});

test('the last error names every attempt, and no more of each than a line', async () => {
  const long = { message: 'x'.repeat(5_000), code: null };
  const played = play({ targets: ['second', 'third'] }, [
    { status: 500, error: long },
    new GatewayError('upstream-connect', 'the provider refused the connection'),
  ]);
  await run();
  const [refusal] = played.exhausted;
  expect(refusal?.error).toMatchObject({ kind: 'upstream-connect', status: 502 });
  expect(refusal?.error.message).toMatch(/^2 attempts: second\/m: answered 500: x+…; third\/m: refused the connection$/);
  expect(refusal?.error.message.length).toBeLessThan(400);
  expect(refusal?.body).toBeNull();
});

test('an attempt whose model is still being loaded costs nothing, whoever ends it: its provider was sent nothing', async () => {
  let fail: (error: GatewayError) => void = () => undefined;
  const isLoading = {
    isNeededFor: () => true,
    isReady: () => false,
    join(_candidate: object, _terms: object, { failed }: { failed(error: GatewayError): void }) {
      fail = failed;
      return () => undefined;
    },
  };
  const stopped = play({ targets: ['second'] }, ['nothing'], {}, isLoading);
  stopped.attempts.giveUp(new GatewayError('shutting-down', 'stopping'));
  const broken = play({ targets: ['second'] }, ['nothing'], { reliability: { attempts: 1 } }, isLoading);
  fail(new GatewayError('upstream-reset', 'cut'));
  const sent = play({ targets: ['second'] }, ['nothing']);
  sent.attempts.giveUp(new GatewayError('shutting-down', 'stopping'));
  expect([stopped, broken, sent].map(({ attempts }) => attempts.log.records[0]?.costUsd)).toEqual([0, 0, null]);
  expect([stopped.asked.length, broken.asked.length, sent.asked.length]).toEqual([0, 0, 1]);
});

test("nothing of one provider's reaches the next: neither its key nor the headers that only it understands", async () => {
  const played = play({ targets: ['first', 'third', 'second'] }, [{ status: 503 }]);
  await run();
  const [first = {}, third = {}, second = {}] = played.asked.map(headersOf);
  expect([first['authorization'], third['authorization'], second['authorization']]).toEqual([
    'Bearer sk-one',
    'Bearer sk-three',
    undefined,
  ]);
  expect([first['openai-organization'], third['openai-organization'], second['openai-organization']]).toEqual([
    'org-mine',
    undefined,
    undefined,
  ]);
  expect([first['http-referer'], third['http-referer'], second['http-referer']]).toEqual([
    undefined,
    'https://app.example',
    undefined,
  ]);
  for (const one of played.asked.slice(1)) expect(JSON.stringify(one.headers)).not.toMatch(/sk-one|org-mine/);
});

describe('what is kept of the targets', () => {
  test('is nothing under way, no timer and no place in the budget, however the request ends', async () => {
    const over = play({ targets: ['second'] }, [{ status: 500 }]);
    await run();
    const left = play({ targets: ['second'] }, ['nothing']);
    left.attempts.abort();
    left.attempts.ended(outcomeOf(new GatewayError('client-gone', 'gone')));
    const waiting = play({ targets: ['second'] }, [{ status: 429, headers: { 'retry-after': '20' } }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([waiting.asked.length, waiting.state.retries.at('second').again]).toEqual([1, 1]);
    waiting.attempts.abort();
    waiting.attempts.ended(outcomeOf(new GatewayError('client-gone', 'gone')));
    await run();
    expect([waiting.asked.length, left.aborts()]).toEqual([1, 1]);
    for (const { state } of [over, left, waiting])
      expect([state.figures.of('second', 'm').inFlight, state.retries.at('second')]).toEqual([0, { all: 0, again: 0 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is nothing of an answer that came to nothing: a client that leaves in the pause after it pays for no part of it', async () => {
    const played = play({ targets: ['second'] }, ['opening', 'nothing']);
    await vi.advanceTimersByTimeAsync(20);
    expect([played.attempts.log.records[0]?.errorKind, played.attempts.stream]).toEqual(['upstream-overloaded', null]);
  });

  test('is the session, by the route that led to it, once it was answered', async () => {
    const route = { id: 'alias:fast', countsTurns: true, session: 's1' };
    const played = play({ targets: ['second', 'third'], route }, [{ status: 503 }, 'sound']);
    expect(played.state.turns.of('alias:fast')).toBe(1);
    await run();
    expect(played.state.sessions.last('alias:fast', 's1')).toBe('third/m');
    const failed = play({ targets: ['second'], route }, [{ status: 400 }]);
    await run();
    expect(failed.state.sessions.last('alias:fast', 's1')).toBeNull();
  });

  test('counts an answer that broke off as a failure, and one that took all the time there was as none', () => {
    const place = { provider: 'second', model: 'm', key: null };
    const standing = (kind: 'upstream-truncated' | 'upstream-total-timeout') => {
      const { attempts, state } = play({ targets: ['second'] }, ['nothing']);
      attempts.answered();
      attempts.ended(outcomeOf(new GatewayError(kind, 'no')));
      return state.breakers.standings(configOf({}).reliability.breaker);
    };
    expect(standing('upstream-truncated')).toMatchObject([{ ...place, state: 'closed', failures: 1 }]);
    expect(standing('upstream-total-timeout')).toEqual([]);
  });
});

describe('a probe is never lost', () => {
  const place = { provider: 'second', model: 'm', key: null };
  const breaker = { failures: 1, windowMs: 60_000, openMs: 1, probes: 1 };
  /** The first failure opens the breaker; when the pause is over, the second attempt is its probe. */
  const probe = async (said: Said) => {
    const played = play({ targets: ['second'] }, [{ status: 500 }, said], { reliability: { attempts: 2, breaker } });
    await vi.advanceTimersByTimeAsync(10 + 250 + 1);
    expect([played.asked.length, played.state.breakers.enter(place, breaker)]).toEqual([2, null]);
    return played;
  };
  const takesAnother = ({ state }: ReturnType<typeof play>): boolean => state.breakers.enter(place, breaker) !== null;

  test.each<[string, Said]>([
    ['an answer', 'sound'],
    ['a 400', { status: 400 }],
    ['a 401', { status: 401 }],
    ['a 429', { status: 429 }],
    ['a 500', { status: 500 }],
    ['a reset', new GatewayError('upstream-reset', 'no')],
    ['a certificate', new GatewayError('upstream-tls', 'no')],
    ['a fault of our own', new GatewayError('internal', 'no')],
    ['an opening without an answer', 'opening'],
  ])('by %s', async (_what, said) => {
    const played = await probe(said);
    await run();
    expect([played.outcomes.length + played.exhausted.length, takesAnother(played)]).toEqual([1, true]);
  });

  test.each(['client-gone', 'key-revoked', 'shutting-down', 'upstream-total-timeout'] as const)(
    'by a request that ends as %s',
    async (kind) => {
      const played = await probe('nothing');
      played.attempts.giveUp(new GatewayError(kind, 'no'));
      await run();
      expect(takesAnother(played)).toBe(true);
    },
  );

  test('by a config that is saved meanwhile, whether or not it still names the target', async () => {
    for (const isNamed of [true, false]) {
      const played = await probe('nothing');
      played.state.breakers.keep(() => isNamed);
      played.attempts.giveUp(new GatewayError('client-gone', 'no'));
      await run();
      expect(takesAnother(played)).toBe(true);
    }
  });
});

test('a target that answers is found behind those that the budget keeps from being asked', async () => {
  const spent = { reliability: { attempts: 4, retryBudget: { percent: 0, minimum: 0 } } };
  const played = play({ targets: ['first', 'second', 'third'] }, [{ status: 429 }, 'sound'], spent);
  const refuse = (provider: string, key: string | null) => {
    const { breaker } = configOf({}).reliability;
    for (let count = 0; count < 5; count += 1)
      played.state.breakers.enterAnyway({ provider, model: 'm', key }, breaker).refused();
  };
  refuse('first', 'env:TWO');
  refuse('second', null);
  await run();
  expect(causesOf(played)).toEqual(['first first env:ONE', 'next-target third env:THREE']);
  expect(played.outcomes).toMatchObject([{ state: 'ok' }]);
});
