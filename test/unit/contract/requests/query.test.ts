/** Holds the query that requests are searched by to its words: what each part means, and what is said of one that means nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteValue, readQuery, withFixedMoments } from '../../../../gateway/contract/requests/query.ts';
import { type Condition, fieldExamples, queryFields } from '../../../../gateway/contract/requests/query-terms.ts';
import { matchesQuery } from '../../../../gateway/contract/requests/matches-query.ts';
import { sampleRequest } from '../../../support/fake-control.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);

function read(text: string) {
  const reading = readQuery(text, nowMs);
  if (!reading.ok) throw new Error(reading.message);
  return reading.terms;
}
const conditions = (text: string): Condition[] => read(text).map(({ condition }) => condition);

describe('a query', () => {
  test.each<[string, Condition]>([
    ['model:gpt-5*', { kind: 'text', field: 'model', anyOf: ['gpt-5*'] }],
    ['Model:qwen3:8b', { kind: 'text', field: 'model', anyOf: ['qwen3:8b'] }],
    ['client:"laptop agent",ci', { kind: 'text', field: 'client', anyOf: ['laptop agent', 'ci'] }],
    [String.raw`rule:"say \"no\", \\"`, { kind: 'text', field: 'rule', anyOf: [String.raw`say "no", \ `.trim()] }],
    [
      'status:429,5xx',
      {
        kind: 'status',
        anyOf: [
          { least: 429, most: 429 },
          { least: 500, most: 599 },
        ],
      },
    ],
    ['status:running', { kind: 'status', anyOf: [{ states: ['started'] }] }],
    ['cost:>0.01', { kind: 'amount', field: 'cost', comparison: '>', amount: 10_000_000 }],
    ['tokens:<=1.5k', { kind: 'amount', field: 'tokens', comparison: '<=', amount: 1_500 }],
    ['duration:>2s', { kind: 'amount', field: 'duration', comparison: '>', amount: 2_000 }],
    ['first:500ms', { kind: 'amount', field: 'first', comparison: '=', amount: 500 }],
    ['since:2h', { kind: 'time', field: 'since', atMs: nowMs - 7_200_000 }],
    ['before:2026-11-20T10:30Z', { kind: 'time', field: 'before', atMs: Date.UTC(2026, 10, 20, 10, 30) }],
    ['since:2026-11-20T10:30:05.250+01:00', { kind: 'time', field: 'since', atMs: Date.UTC(2026, 10, 20, 9, 30, 5, 250) }],
    ['since:2026-11-20', { kind: 'time', field: 'since', atMs: new Date(2026, 10, 20).getTime() }],
    ['since:yesterday', { kind: 'time', field: 'since', atMs: new Date(2026, 10, 19).getTime() }],
    ['timeout', { kind: 'words', text: 'timeout' }],
    ['"rate limit"', { kind: 'words', text: 'rate limit' }],
    ['"model:x"', { kind: 'words', text: 'model:x' }],
    ['qwen3:8b', { kind: 'words', text: 'qwen3:8b' }],
    ['-', { kind: 'words', text: '-' }],
  ])('%s means what it says', (text, condition) => {
    expect(conditions(text)).toEqual([condition]);
  });

  test('has parts that are parted by spaces, and a dash before one turns it round', () => {
    const terms = read('  status:failed -model:"a b"   -"no such" ');
    expect(terms.map(({ text, negated }) => [text, negated])).toEqual([
      ['status:failed', false],
      ['-model:"a b"', true],
      ['-"no such"', true],
    ]);
    expect(read('   ')).toEqual([]);
  });

  test.each([
    ['modle:gpt', 'modle:gpt', /there are model:, provider:, .*quotation marks/],
    ['ok status:lost', 'status:lost', /ok, running, failed.*429.*4xx/],
    ['model:', 'model:', /needs a value, such as model:gpt-5\*/],
    ['model:"",', 'model:"",', /needs a value/],
    ['cost:>cheap', 'cost:>cheap', /US dollars, such as cost:>0\.01/],
    ['duration:>2', 'duration:>2', /with its unit/],
    ['tokens:>1s', 'tokens:>1s', /tokens:>10k/],
    ['since:2026-02-30', 'since:2026-02-30', /is no time; write 30m/],
    ['since:2026-13-01', 'since:2026-13-01', /is no time/],
    ['before:2026-11-00', 'before:2026-11-00', /is no time/],
    ['since:2026-11-20T25:00', 'since:2026-11-20T25:00', /is no time/],
    ['since:9999d9', 'since:9999d9', /is no time/],
    ['since:1h,2h', 'since:1h,2h', /takes one/],
    ['a model:"x', 'model:"x', /quotation mark that nothing closes/],
    ['""', '""', /says nothing/],
    ['a '.repeat(33), 'a', /32 may stand together/],
    [`model:${'a,'.repeat(21)}`, `model:${'a,'.repeat(21)}`, /20 may stand in one part/],
    ['a'.repeat(1_001), 'a'.repeat(20), /over 1000 characters/],
  ])('%j is refused by its word, with what is allowed', (text, word, message) => {
    const reading = readQuery(text, nowMs);
    expect(reading).toMatchObject({ ok: false, word, message: expect.stringMatching(message) });
  });

  test('any text is read or refused by a word of it, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:*," \\-1>.ms\n'), maxLength: 40 }), (text) => {
        const reading = readQuery(text, nowMs);
        expect(text).toContain(reading.ok ? (reading.terms[0]?.text ?? '') : reading.word);
      }),
    );
  });

  test('any value comes back from its quotation marks as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        fc.pre(value.trim() === value);
        expect(conditions(`model:${quoteValue(value)}`)).toEqual([{ kind: 'text', field: 'model', anyOf: [value] }]);
      }),
    );
  });

  test('with its moments fixed asks for the same, whenever it is read', () => {
    const fixed = withFixedMoments(read('since:2h -before:1d model:a status:ok'));
    expect(fixed).toBe('since:2026-11-20T10:00:00.000Z -before:2026-11-19T12:00:00.000Z model:a status:ok');
    expect(readQuery(fixed, nowMs + 1e9)).toMatchObject({ ok: true, terms: read(fixed) });
  });

  test.each(queryFields)('the example of %s can be read', (field) => {
    for (const example of fieldExamples[field].split(' or ')) expect(read(example)).toHaveLength(1);
  });
});

describe('a request', () => {
  const request = sampleRequest({
    id: 'req_000000000a1',
    requestedModel: 'fast',
    provider: 'lab',
    model: 'Qwen3:8b',
    status: 429,
    state: 'upstream_error',
    costUsd: 0.02,
    errorKind: 'rate-limited',
    errorMessage: 'Too many requests',
  });
  const running = sampleRequest({ state: 'started', durationMs: null, status: null, costUsd: null, task: null, rule: null });

  test.each([
    ['model:fast', true],
    ['model:qwen3:8B', true],
    ['model:lab/qwen*', true],
    ['model:qwen', false],
    ['model:*3*b', true],
    ['model:*8b*8b', false],
    ['model:a,fast', true],
    ['client:"laptop agent"', true],
    ['client:client_1', true],
    ['status:4xx status:failed', true],
    ['status:ok,429', true],
    ['status:provider-failed -status:refused', true],
    ['cost:>0.01 cost:<=0.02', true],
    ['cost:0.02', true],
    ['"too many"', true],
    ['rate-lim', true],
    ['req_000000000a1', true],
    ['req_000000000a2', false],
    ['-req_000000000a1', false],
    ['task:*', false],
    ['-task:*', true],
    ['duration:>1.2s first:<213ms tokens:1522', true],
  ])('fits %s: %s', (query, fits) => {
    expect(matchesQuery(request, read(query))).toBe(fits);
  });

  test('of which something is not known yet fits no comparison, and every one that is turned round', () => {
    expect(matchesQuery(running, read('cost:>=0'))).toBe(false);
    expect(matchesQuery(running, read('-cost:>=0 -duration:>0s -status:2xx -rule:*'))).toBe(true);
  });
});
