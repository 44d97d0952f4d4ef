/** A control listener whose every string, where a client or an upstream writes it, is an attack or endless. */
import { clientItem } from './client-rows.ts';
import type { AttemptRecord, RequestDetail, RequestItem } from '../../gateway/contract/records.ts';
import { configSchema } from '../../gateway/contract/config.ts';
import { unknownModelFacts } from '../../gateway/contract/model-facts.ts';
import type { TargetStanding } from '../../gateway/contract/calls.ts';
import type { DecisionTrace } from '../../gateway/contract/decision.ts';
import { fakeHandlers, runningStatus, nothingPaid, sampleRequest, sampleTrace } from './fake-control.ts';
import { engineHandlersSaying } from './hostile-engine.ts';
import { sampleAlerts, sampleBudget, samplePrices } from './money-samples.ts';
import { sampleUsage } from './usage-samples.ts';

/** Runs as soon as anything takes it for markup. */
export const hostile = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>{{7*7}}\u202Egpj`;
export const endless = 'x'.repeat(256);

/** A failed request that says `text` wherever somebody else has the word. */
export function requestSaying(text: string, changes: Partial<RequestItem> = {}): RequestItem {
  return sampleRequest({
    state: 'upstream_error',
    status: 502,
    requestedModel: text,
    provider: text,
    model: text,
    clientId: 'client_1',
    clientName: text,
    errorKind: text,
    errorMessage: text,
    droppedFields: 2,
    ...changes,
  });
}

function detailSaying(text: string, id: string): RequestDetail {
  const attempt = {
    provider: text,
    model: text,
    startedAtMs: 1_780_000_000_000,
    status: null,
    errorKind: text,
    errorMessage: text,
    key: text,
    headMs: null,
    costUsd: null,
  } satisfies Partial<AttemptRecord>;
  return {
    ...requestSaying(text, { id, rule: text }),
    attemptList: [
      { ...attempt, number: 1, durationMs: 300, cause: 'first', waitedMs: 0 },
      { ...attempt, number: 2, startedAtMs: 1_780_000_000_400, durationMs: 800, cause: 'next-target', waitedMs: 100 },
    ],
    rawUsageJson: JSON.stringify({ note: text }),
    requestBytes: 10,
    responseBytes: 20,
    configVersion: 3,
    fidelity: {
      from: text,
      to: text,
      kept: [text],
      emulated: [{ field: text, words: text, count: 1 }],
      dropped: [{ field: text, words: text, count: 2 }],
    },
    decisionKept: true,
    ...moneySaying(text),
    shadow: {
      target: text,
      rule: text,
      status: null,
      durationMs: 4,
      firstTokenMs: null,
      usage: requestSaying(text).usage,
      costUsd: 0.5,
      costBasis: 'estimated',
      price: null,
      reservedUsd: null,
      overBound: false,
      rawUsageJson: JSON.stringify({ note: text }),
      errorKind: text,
      errorMessage: text,
      textLength: null,
    },
  };
}

const state = {
  breaker: 'open',
  key: 'resting',
  firstTokenMs: null,
  tokensPerSecond: null,
  samples: 0,
  inFlight: 0,
  loaded: null,
} as const;

/** A cost of which others wrote everything that is no figure. */
function moneySaying(text: string) {
  const [listed] = samplePrices;
  return {
    ...nothingPaid,
    costUsd: 123_456.789_012,
    costBasis: 'computed' as const,
    task: text,
    price: listed?.price ? { ...listed.price, version: text, url: text } : null,
    costLines: [{ rate: text, quantity: 999_999_999, rateUsd: 0.000_001, usd: 123_456.7 }],
    reservedUsd: 1,
    overBound: true,
  };
}

/** What is told of money, wherever somebody else has the word. */
function moneyHandlersSaying(text: string) {
  const scope = { kind: 'client', of: 'client_1', name: text } as const;
  const [listed] = samplePrices;
  const price = listed?.price ? { ...listed.price, version: text, url: `https://${text}`, serviceTiers: { [text]: 0.5 } } : null;
  return {
    'usage.query': (query: Parameters<typeof sampleUsage>[0]) => {
      const answer = sampleUsage(query);
      const errorKinds = { [text]: 3 };
      const groups = answer.groups.map((group, place) => ({
        ...group,
        id: `${text}${place}`,
        name: `${text}${place}`,
        totals: { ...group.totals, errorKinds },
      }));
      return { ...answer, groups, total: { ...answer.total, errorKinds } };
    },
    'budgets.list': () => ({
      items: [
        sampleBudget({ id: text, name: text, closed: text, scope }),
        sampleBudget({ id: `${text}2`, name: text, origin: 'client', scope }),
      ],
    }),
    'prices.list': () => ({
      items: [
        { provider: text, model: text, price },
        { provider: text, model: `${text}2`, price: null },
      ],
    }),
    'prices.reprice': () => {
      const one = { requests: 1, beforeUsd: 0, afterUsd: 1, unpricedBefore: 1, unpricedAfter: 0 };
      return { requests: 1, changed: 1, beforeUsd: 0, afterUsd: 1, models: [{ ...one, provider: text, model: text }] };
    },
    'alerts.list': () => ({
      items: sampleAlerts.map((alert) => ({ ...alert, message: text, budget: { id: text, name: text } })),
    }),
  };
}

function standingSaying(text: string): TargetStanding {
  return { provider: text, model: text, key: 'vault:lab-1', state, failures: 5, untilMs: 1_780_000_030_000, reason: text };
}

const budgetTrace = {
  period: 'day',
  mode: 'hard',
  limitUsd: 1,
  leftUsd: 0,
  reservedUsd: 0,
  askedUsd: 0.5,
  resetsAtMs: 1_780_000_000_000,
  refuses: true,
} as const;

function traceSaying(text: string): DecisionTrace {
  const estimates = { estimatedCostUsd: null, estimatedDurationMs: null };
  const candidate = { target: text, reason: text, state, ...estimates, local: false };
  const trace = sampleTrace();
  return {
    ...trace,
    requestedModel: text,
    resolvedAs: 'rule',
    rule: text,
    pinnedBy: text,
    strategy: text,
    features: {
      ...trace.features,
      requestedModel: text,
      client: text,
      task: text,
      headers: { 'x-note': text },
      metadata: { note: text },
    },
    rules: [{ name: text, matched: true, effects: ['use'], reason: text }],
    candidates: [
      { ...candidate, chosen: true, place: 1, code: 'chosen' },
      { ...candidate, chosen: false, place: null, code: 'cost' },
    ],
    targets: [text],
    refusal: text,
    counterfactuals: [{ target: text, change: text, about: 'policy' }],
    budgets: { asOf: 'then', items: [{ ...budgetTrace, id: text, name: text, target: text, closed: text, reason: text }] },
    leftOut: [{ target: text, reason: text }],
  };
}

function ruleSaying(text: string) {
  return {
    name: text,
    when: { model: text, header: { [text]: { matches: text } }, any: [{ client: [text] }, { task: text }], [text]: text },
    use: { strategy: text, targets: [text] },
    limits: { maxCostUsd: text },
    fallbacks: { overload: [text] },
    shadow: { target: text, share: text },
    [text]: { [text]: text },
  };
}

/** Handlers that answer with `text` in every such place. */
export function handlersSaying(text: string) {
  const effective = configSchema.parse({
    version: 1,
    providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', keys: ['vault:lab-1'] }],
  });
  const client = clientItem('client_1', {
    name: text.slice(0, 100),
    app: text.slice(0, 100),
    allowedModels: [text, text],
    lastSeenAtMs: 2,
  });
  return fakeHandlers({
    'status.get': () => ({ ...runningStatus, dataDir: `/${text}`, problems: [{ id: 'a', message: text, fix: text }] }),
    'config.get': () => ({
      version: 3,
      document: {
        version: 1,
        providers: effective.providers,
        // What a person wrote by hand, or somebody talked them into: nothing of it needs to be sound.
        policy: { rules: [ruleSaying(text), { ...ruleSaying(text), name: `${text}2`, enabled: false }] },
        aliases: { [text]: { strategy: text, targets: [text, { model: text, weight: text }] } },
      },
      effective,
      overrides: [{ path: 'listen.port', value: text, source: text }],
    }),
    'secrets.list': () => ({ items: [{ name: 'lab-1', lastFour: '<b>!', savedAtMs: 1 }], keptIn: text }),
    'providers.check': () => ({ ok: false, outcome: 'failed', message: text, models: null, durationMs: 3 }),
    'providers.models': () => ({
      models: [text, `${text}2`].map((id) => ({ id, facts: unknownModelFacts })),
      source: 'provider',
      added: [text],
      removed: [`${text}3`],
      changed: [{ id: `${text}2`, before: { ...unknownModelFacts, contextTokens: 1 } }],
    }),
    'clients.list': () => ({ items: [client, { ...client, id: 'client_2', revokedAtMs: 3 }] }),
    'requests.list': () => ({
      items: [requestSaying(text, { id: 'req_00000000002' }), requestSaying(text, { id: 'req_00000000001', state: 'started' })],
      nextCursor: null,
    }),
    'requests.get': ({ id }) => detailSaying(text, id),
    'config.diff': () => ({ changes: [{ path: text, before: text, after: { note: text } }] }),
    'policy.validate': ({ rules }) => ({ problems: [{ path: text, message: text }], sentences: rules.map(() => text) }),
    'targets.list': () => ({ items: [standingSaying(text), { ...standingSaying(text), provider: 'lab' }] }),
    'config.versions': () => ({ items: [3, 2].map((version) => ({ version, savedAtMs: 1, source: text })) }),
    'decision.explain': () => traceSaying(text),
    ...moneyHandlersSaying(text),
    ...engineHandlersSaying(text),
  });
}
