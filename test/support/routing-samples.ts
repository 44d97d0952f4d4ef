/** Rules, how their targets stand, a decision, and a request that took three attempts: for tests of what screens show of them. */
import type { TargetStanding } from '../../gateway/contract/calls.ts';
import type { CandidateTrace, DecisionTrace, TargetState } from '../../gateway/contract/decision.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { nothingPaid, sampleRequest, sampleTrace } from './fake-control.ts';

export const startedAtMs = 1_780_000_000_000;

export const providers = [
  { id: 'openai', kind: 'openai', keys: ['vault:openai-1', { ref: 'vault:openai-2', weight: 3 }] },
  { id: 'anthropic', kind: 'anthropic', keys: ['env:ANTHROPIC_API_KEY'] },
  { id: 'ollama', kind: 'ollama', baseUrl: 'http://127.0.0.1:11434' },
];

export const sampleRules = [
  { name: 'secrets stay here', when: { sensitivity: 'secret' }, pin: 'local', use: 'ollama/qwen3:8b' },
  {
    name: 'code',
    when: { any: [{ task: 'code' }, { header: { 'x-team': 'platform' } }] },
    use: { strategy: 'first', targets: ['anthropic/claude-sonnet-4-5', 'openai/gpt-5'], sticky: 'session' },
    limits: { maxCostUsd: 0.5 },
    fallbacks: { contextTooLong: ['openai/gpt-5'] },
  },
  { name: 'cheap at night', enabled: false, when: { time: { from: '22:00', to: '06:00' } }, use: ['openai/gpt-5-mini'] },
  {
    name: 'canary',
    when: { model: 'fast', inputTokens: { atMost: 20_000 } },
    use: {
      strategy: 'weighted',
      splitBy: 'client',
      targets: [
        { model: 'openai/gpt-5-mini', weight: 95 },
        {
          model: 'anthropic/claude-haiku-4-5',
          weight: { from: 5, to: 100, startsAt: '2026-11-20T09:00:00Z', endsAt: '2026-11-27T09:00:00Z' },
        },
      ],
    },
  },
];

export const sampleAliases = {
  fast: { strategy: 'cheapest', targets: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'] },
  careful: { targets: ['anthropic/claude-sonnet-4-5', 'openai/gpt-5'] },
};

export const sampleDocument = { version: 1, providers, aliases: sampleAliases, policy: { rules: sampleRules } };

const well: TargetState = {
  breaker: 'closed',
  key: 'ready',
  firstTokenMs: 420,
  tokensPerSecond: 61.5,
  samples: 40,
  inFlight: 0,
  loaded: null,
};

export const sampleTargets: readonly TargetStanding[] = [
  {
    provider: 'openai',
    model: 'gpt-5-mini',
    key: 'vault:openai-1',
    state: { ...well, inFlight: 2 },
    failures: 0,
    untilMs: null,
    reason: null,
  },
  {
    provider: 'openai',
    model: 'gpt-5',
    key: 'vault:openai-1',
    state: { ...well, breaker: 'open' },
    failures: 6,
    untilMs: Date.now() + 20_000,
    reason: 'it answered 503 (overloaded)',
  },
  {
    provider: 'openai',
    model: 'gpt-5',
    key: 'vault:openai-2',
    state: { ...well, breaker: 'half-open' },
    failures: 5,
    untilMs: Date.now(),
    reason: 'no answer came within 60 s',
  },
];

function candidate(target: string, place: number | null, changes: Partial<CandidateTrace> = {}): CandidateTrace {
  return {
    target,
    chosen: place === 1,
    place,
    code: place === 1 ? 'chosen' : 'next',
    reason: 'named by the rule, and the provider lists this model',
    state: well,
    estimatedCostUsd: 0.0142,
    estimatedDurationMs: 5_600,
    local: false,
    ...changes,
  };
}

/** A request for code, decided by the rules above; by a draft it goes to the first target of its rule for code. */
export function traceBy(rules: readonly unknown[]): DecisionTrace {
  const code = rules.map((rule) => JSON.stringify(rule)).find((rule) => rule.includes('"code"')) ?? '';
  const isCheap = /"gpt-5-mini"|openai\/gpt-5-mini/.test(code);
  const first = isCheap
    ? candidate('openai/gpt-5-mini', 1, { estimatedCostUsd: 0.0021, estimatedDurationMs: 1_900 })
    : candidate('anthropic/claude-sonnet-4-5', 1);
  return sampleTrace({
    requestedModel: 'fast',
    resolvedAs: 'rule',
    rule: 'code',
    strategy: 'first',
    features: { ...sampleTrace().features, requestedModel: 'fast', task: 'code', headers: { 'x-team': 'platform' } },
    rules: [
      { name: 'secrets stay here', matched: false, effects: [], reason: 'it is normal, not secret' },
      { name: 'code', matched: true, effects: ['use', 'limits', 'fallbacks'], reason: 'the task is "code"' },
      { name: 'cheap at night', matched: false, effects: [], reason: 'it is switched off' },
      { name: 'canary', matched: true, effects: [], reason: 'the model is "fast"; but rules above have said all that it says' },
    ],
    candidates: [
      first,
      candidate('openai/gpt-5', 2, {
        code: 'demoted-state',
        reason: 'named by the rule; it is asked after the others, because its breaker is open until 14:20:31',
        state: { ...well, breaker: 'open' },
        estimatedCostUsd: 0.0103,
      }),
      candidate('ollama/qwen3:8b', null, {
        code: 'tools',
        reason: 'the model cannot call tools, and the request has some',
        estimatedCostUsd: 0,
        local: true,
      }),
    ],
    targets: [first.target, 'openai/gpt-5'],
    counterfactuals: [
      {
        target: 'openai/gpt-5',
        change: 'It would be asked first if anthropic/claude-sonnet-4-5 had no usable key.',
        about: 'state',
      },
      {
        target: 'ollama/qwen3:8b',
        change: 'It would be asked first if it had no tools, and the request was secret.',
        about: 'request',
      },
    ],
  });
}

export function sampleDetail(id: string, changes: Partial<RequestDetail> = {}): RequestDetail {
  const attempt = {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    errorKind: null,
    errorMessage: null,
    key: 'env:ANTHROPIC_API_KEY',
    costUsd: null,
  };
  return {
    ...sampleRequest({
      id,
      requestedModel: 'fast',
      provider: 'openai',
      model: 'gpt-5',
      attempts: 3,
      rule: 'code',
      durationMs: 6_400,
      startedAtMs,
      costUsd: 0.0103,
    }),
    attemptList: [
      {
        ...attempt,
        number: 1,
        startedAtMs,
        durationMs: 380,
        status: 529,
        errorKind: 'overloaded',
        errorMessage: 'anthropic answered 529: Overloaded',
        cause: 'first',
        waitedMs: 0,
        headMs: 350,
      },
      {
        ...attempt,
        number: 2,
        startedAtMs: startedAtMs + 1_200,
        durationMs: 900,
        status: null,
        errorKind: 'timeout',
        errorMessage: 'anthropic did not answer in time',
        cause: 'retry',
        waitedMs: 820,
        headMs: null,
      },
      {
        ...attempt,
        number: 3,
        provider: 'openai',
        model: 'gpt-5',
        key: 'vault:openai-1',
        startedAtMs: startedAtMs + 2_150,
        durationMs: 4_200,
        status: 200,
        cause: 'fallback-overload',
        waitedMs: 0,
        headMs: 610,
      },
    ],
    rawUsageJson: null,
    requestBytes: 4_210,
    responseBytes: 18_204,
    configVersion: 3,
    fidelity: null,
    decisionKept: true,
    ...nothingPaid,
    shadow: {
      target: 'ollama/qwen3:8b',
      rule: 'code',
      status: 200,
      durationMs: 9_100,
      firstTokenMs: 1_400,
      usage: { ...sampleRequest().usage, outputTokens: 402 },
      costUsd: 0,
      costBasis: 'free',
      price: null,
      reservedUsd: null,
      overBound: false,
      rawUsageJson: null,
      errorKind: null,
      errorMessage: null,
      textLength: 1_612,
    },
    ...changes,
  };
}
