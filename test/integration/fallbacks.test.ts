/** Rules that say where a request turns when a target failed in some way, and how long and how often it is tried. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Asked, askPlainly, expectFinal } from '../support/ask-plainly.ts';
import { chunks, type FaultLab, soundStream, startFaultLab, wholeAnswer } from '../support/fault-lab.ts';
import { type Answer, json, sse } from '../support/upstream-answers.ts';

let lab: FaultLab;

const fallbacks = {
  overload: ['spare/overload'],
  timeout: ['spare/timeout'],
  contextTooLong: ['spare/long'],
  contentPolicy: ['spare/open'],
};

beforeAll(async () => {
  lab = await startFaultLab({
    reliability: { breaker: { failures: 1_000 }, retryBudget: { minimum: 100 } },
    // Far beyond what a rule of these says, so that it shows whose limit ended a request.
    timeouts: { connectMs: 1_000, firstByteMs: 30_000, idleMs: 30_000, totalMs: 30_000 },
    aliases: { other: { targets: ['lab/m', 'demo/hello'] } },
    policy: {
      rules: [
        {
          name: 'with fallbacks',
          when: { model: 'guarded' },
          use: ['lab/m', 'demo/hello'],
          fallbacks,
          limits: { timeouts: { firstByteMs: 150 } },
        },
        { name: 'few attempts', when: { model: 'twice' }, use: 'lab/m', limits: { attempts: 2 } },
        { name: 'soon begun', when: { model: 'hurried' }, use: 'lab/m', limits: { timeouts: { firstByteMs: 150 } } },
        { name: 'soon over', when: { model: 'short' }, use: 'lab/m', limits: { timeouts: { firstByteMs: 150, totalMs: 900 } } },
        { name: 'never silent', when: { model: 'lively' }, use: 'lab/m', limits: { timeouts: { idleMs: 150 } } },
      ],
    },
  });
});

afterAll(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

/** The spare provider says by which name it was asked; nothing is held against the first one's key any more. */
beforeEach(async () => {
  lab.upstream.use(json(wholeAnswer()));
  await ask('lab/m');
  lab.spare.use((request) => {
    const { model, stream } = request.json() as { model: string; stream?: boolean };
    return stream === true ? soundStream([model]) : json(wholeAnswer(model));
  });
});

const ask = (model: string): Promise<Asked> => askPlainly(lab.gateway, model, false);
const failure = (status: number, error: object = {}): Answer =>
  json({ error: { message: 'Not this one.', type: 'refusal', param: null, ...error } }, { status });

describe('a fallback', () => {
  test.each([
    ['429', failure(429), 'overload', 'fallback-overload'],
    ['503', failure(503), 'overload', 'fallback-overload'],
    ['529', failure(529, { type: 'overloaded_error' }), 'overload', 'fallback-overload'],
    ['an empty account', failure(429, { code: 'insufficient_quota' }), 'overload', 'fallback-overload'],
    ['context_length_exceeded', failure(400, { code: 'context_length_exceeded' }), 'long', 'fallback-context'],
    ['413', failure(413), 'long', 'fallback-context'],
    ['content_filter', failure(400, { code: 'content_filter' }), 'open', 'fallback-content-policy'],
    ["OpenRouter's moderation", failure(403, { code: 403, metadata: { reasons: ['hate'] } }), 'open', 'fallback-content-policy'],
  ])('for %s is asked before the other targets of the rule', async (_what, answer, model, cause) => {
    lab.upstream.use(answer);
    const asked = await ask('guarded');
    expect([asked.status, asked.headers.get('x-gatehouse-model')]).toEqual([200, model]);
    expect((await lab.finalRow(asked.id)).attemptList).toMatchObject([
      { provider: 'lab', model: 'm', cause: 'first' },
      { provider: 'spare', model, cause, status: 200 },
    ]);
  });

  test('for a time that ran out is asked for a stream that did not begin', async () => {
    lab.upstream.use([{ end: 'stall' }]);
    const sight = await lab.watch('guarded');
    expect(sight).toMatchObject({ error: null, text: 'timeout' });
    expect(sight.row.attemptList).toMatchObject([{ errorKind: 'upstream-first-byte-timeout' }, { cause: 'fallback-timeout' }]);
  });

  test.each([
    ['an overload', { type: 'overloaded_error' }, 'overload'],
    ['a context that is too long', { code: 'context_length_exceeded' }, 'long'],
    ['a content filter', { code: 'content_filter' }, 'open'],
  ])('for %s is asked for a stream that only then tells of it', async (_what, error, text) => {
    const [role] = chunks([]);
    lab.upstream.use(sse([role, { error: { message: 'Not this one.', ...error } }]));
    expect(await lab.watch('guarded')).toMatchObject({ error: null, text });
  });

  test('is not asked for a failure of another kind: the next target is', async () => {
    lab.upstream.use(failure(500));
    expect((await ask('guarded')).headers.get('x-gatehouse-provider')).toBe('demo');
    lab.upstream.use(failure(400, { code: 'invalid_value' }));
    expectFinal(await ask('guarded'), 400, 'invalid_value');
  });

  test.each(['context_length_exceeded', 'content_filter'])(
    'is not made up where no rule names one: %s is the answer',
    async (code) => {
      lab.upstream.use(failure(400, { code, type: 'invalid_request_error' }));
      const asked = await ask('other');
      expectFinal(asked, 400, null);
      expect([asked.text.includes(code), asked.headers.get('x-gatehouse-attempts')]).toEqual([true, '1']);
    },
  );

  test('that fails too leaves its own answer, and the account of both', async () => {
    lab.upstream.use(failure(400, { code: 'context_length_exceeded' }));
    lab.spare.use(failure(400, { code: 'context_length_exceeded', type: 'of_the_spare' }));
    const asked = await ask('guarded');
    expectFinal(asked, 400, 'context_length_exceeded');
    expect(asked.text).toContain('of_the_spare');
    const row = await lab.finalRow(asked.id);
    expect(row.errorMessage).toBe('2 attempts: lab/m: answered 400: Not this one.; spare/long: answered 400: Not this one.');
  });
});

describe("a rule's limits", () => {
  test('on attempts go before those of the config', async () => {
    lab.upstream.use(failure(500));
    expect((await lab.finalRow((await ask('twice')).id)).attempts).toBe(2);
  });

  test('on the first byte of a stream go before those of the provider', async () => {
    lab.upstream.use([{ end: 'stall' }]);
    const { row } = await lab.watch('hurried');
    expect(row).toMatchObject({ status: 504, attempts: 1, errorKind: 'upstream-first-byte-timeout' });
    expect(row.durationMs).toBeLessThan(15_000);
  });

  test('on the silence within a stream go before those of the provider', async () => {
    lab.upstream.use(sse(chunks(['Half ']).slice(0, 2), { end: 'stall' }));
    const { row, text } = await lab.watch('lively');
    expect([row.errorKind, text]).toEqual(['upstream-stalled', 'Half ']);
    expect(row.durationMs).toBeLessThan(15_000);
  });

  test('on a request in all end a whole answer that does not come, and the first byte is no matter to it', async () => {
    lab.upstream.use([{ end: 'stall' }]);
    const asked = await ask('short');
    expectFinal(asked, 504, 'upstream_total_timeout');
    expect(asked.tookMs).toBeGreaterThanOrEqual(890);
    expect(asked.tookMs).toBeLessThan(15_000);
  });
});
