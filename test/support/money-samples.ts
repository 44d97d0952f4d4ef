/** Budgets, prices, alerts and a priced request as a person who uses a few providers has them: for tests of what screens show of them. */
import type { Alert } from '../../gateway/contract/money/alert.ts';
import type { BudgetStanding } from '../../gateway/contract/money/budget.ts';
import type { ListedPrice } from '../../gateway/contract/money/calls.ts';
import type { Price } from '../../gateway/contract/money/price.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { budgetStanding } from './budget-standing.ts';
import { nothingPaid, sampleRequest } from './fake-control.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export function sampleBudget(changes: Partial<BudgetStanding> = {}): BudgetStanding {
  const startsAtMs = new Date().setHours(0, 0, 0, 0);
  return budgetStanding({
    id: 'config:everything:day',
    name: 'everything, a day',
    limitUsd: 5,
    startsAtMs,
    endsAtMs: startsAtMs + dayMs,
    settledUsd: 1.2345,
    reservedUsd: 0.25,
    forecastUsd: 2.4,
    ...changes,
  });
}

export const sampleBudgets: readonly BudgetStanding[] = [
  sampleBudget(),
  sampleBudget({
    id: 'config:openai:month',
    name: 'OpenAI, a month',
    scope: { kind: 'provider', of: 'openai', name: 'openai' },
    period: 'month',
    mode: 'soft',
    limitUsd: 20,
    settledUsd: 17.5,
    reservedUsd: 0,
    unpriced: 3,
    forecastUsd: 26.25,
  }),
  sampleBudget({
    id: 'client_1:day',
    name: 'editor, a day',
    scope: { kind: 'client', of: 'client_1', name: 'editor' },
    origin: 'client',
    limitUsd: 0.01,
    settledUsd: 0.0098,
    reservedUsd: 0,
    forecastUsd: null,
  }),
  sampleBudget({
    id: 'client_2:tier:day',
    name: 'agent, tier standard, a day',
    scope: { kind: 'client', of: 'client_2', name: 'agent' },
    origin: 'tier',
    limitUsd: 1,
    settledUsd: 1.31,
    reservedUsd: 0,
    forecastUsd: null,
    closed:
      'openai billed $0.48 for a request whose upper bound was $0.17; nothing more goes through until tomorrow, or until you open it again.',
  }),
  sampleBudget({
    id: 'client_2:tier:call',
    name: 'agent, tier standard, a call',
    scope: { kind: 'client', of: 'client_2', name: 'agent' },
    origin: 'tier',
    period: 'call',
    limitUsd: 0.01,
    periodId: null,
    startsAtMs: null,
    endsAtMs: null,
    settledUsd: 0,
    reservedUsd: 0,
    forecastUsd: null,
  }),
];

const catalogPrice: Price = {
  rates: { inputPerMillionUsd: 0.25, outputPerMillionUsd: 2, cachedInputPerMillionUsd: 0.025 },
  longContext: [],
  serviceTiers: { batch: 0.5, flex: 0.5 },
  source: 'catalog',
  version: 'genai-prices 0.1.8, 2026-10-02',
  url: 'https://platform.openai.com/docs/pricing',
};

export const samplePrices: readonly ListedPrice[] = [
  {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    price: {
      ...catalogPrice,
      rates: {
        inputPerMillionUsd: 3,
        outputPerMillionUsd: 15,
        cachedInputPerMillionUsd: 0.3,
        cacheWritePerMillionUsd: 3.75,
        cacheWriteHourPerMillionUsd: 6,
      },
      longContext: [{ aboveInputTokens: 200_000, inputPerMillionUsd: 6, outputPerMillionUsd: 22.5 }],
      serviceTiers: { batch: 0.5 },
      url: 'https://www.anthropic.com/pricing',
    },
  },
  { provider: 'lab', model: 'qwen3-coder:480b', price: null },
  {
    provider: 'ollama',
    model: 'qwen3:8b',
    price: { ...catalogPrice, rates: {}, serviceTiers: {}, source: 'local', version: 'local', url: null },
  },
  { provider: 'openai', model: 'gpt-5-mini', price: catalogPrice },
  {
    provider: 'openrouter',
    model: 'deepseek/deepseek-chat',
    price: {
      ...catalogPrice,
      rates: { inputPerMillionUsd: 0.14, outputPerMillionUsd: 0.28 },
      serviceTiers: {},
      source: 'config',
      version: 'config 3',
      url: null,
    },
  },
];

const atMs = Date.now();

export const sampleAlerts: readonly Alert[] = [
  {
    id: 'alert_3',
    kind: 'budget-spent',
    atMs: atMs - 4 * 60_000,
    message:
      'The budget “editor, a day” is spent: $0.0100 of $0.01. Its requests are refused until midnight; raise the limit under Settings.',
    budget: { id: 'client_1:day', name: 'editor, a day' },
    share: 1,
    seenAtMs: null,
  },
  {
    id: 'alert_2',
    kind: 'unusual-spend',
    atMs: atMs - 3 * hourMs,
    message:
      'The last hour cost $6.20, 8 times the usual $0.78. Most of it went to anthropic/claude-sonnet-4-5 by the key “agent”.',
    budget: null,
    share: null,
    seenAtMs: null,
  },
  {
    id: 'alert_1',
    kind: 'budget-threshold',
    atMs: atMs - 26 * hourMs,
    message: 'The budget “OpenAI, a month” has reached 80 % of $20.00.',
    budget: { id: 'config:openai:month', name: 'OpenAI, a month' },
    share: 0.8,
    seenAtMs: atMs - 25 * hourMs,
  },
];

/** A request that a fallback made dearer: two attempts, its cost in parts, a price with its source. */
export function pricedDetail(id: string, changes: Partial<RequestDetail> = {}): RequestDetail {
  const attempt = { startedAtMs: 1_780_000_000_000, key: 'vault:openai-1', headMs: 210, waitedMs: 0 } as const;
  return {
    ...sampleRequest({
      id,
      requestedModel: 'fast',
      provider: 'openai',
      model: 'gpt-5-mini',
      attempts: 2,
      costUsd: 0.001_042,
      costBasis: 'computed',
    }),
    attemptList: [
      {
        ...attempt,
        number: 1,
        provider: 'anthropic',
        model: 'claude-haiku-4-5',
        durationMs: 300,
        status: 529,
        errorKind: 'overloaded',
        errorMessage: 'Overloaded',
        cause: 'first',
        costUsd: 0,
      },
      {
        ...attempt,
        number: 2,
        provider: 'openai',
        model: 'gpt-5-mini',
        startedAtMs: 1_780_000_000_320,
        durationMs: 900,
        status: 200,
        errorKind: null,
        errorMessage: null,
        cause: 'fallback-overload',
        costUsd: 0.001_042,
      },
    ],
    rawUsageJson: '{"prompt_tokens":1624,"completion_tokens":318,"prompt_tokens_details":{"cached_tokens":0}}',
    requestBytes: 5_120,
    responseBytes: 2_048,
    configVersion: 3,
    fidelity: null,
    decisionKept: false,
    shadow: null,
    ...nothingPaid,
    task: 'code',
    price: catalogPrice,
    costLines: [
      { rate: 'inputPerMillionUsd', quantity: 1_624, rateUsd: 0.25, usd: 0.000_406 },
      { rate: 'outputPerMillionUsd', quantity: 318, rateUsd: 2, usd: 0.000_636 },
    ],
    cacheSavedUsd: 0.000_2,
    localSavedUsd: 0,
    reservedUsd: 0.004_2,
    ...changes,
  };
}
