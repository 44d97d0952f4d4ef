/** A control listener over made-up handlers, for tests of the listener and of the pages it serves. */
import type { UsageFigures, UsageTotals } from '../../gateway/contract/money/usage.ts';
import { join } from 'node:path';
import type { CallHandlers } from '../../gateway/contract/calls.ts';
import { configSchema } from '../../gateway/contract/config.ts';
import type { DecisionTrace, RequestFeatures } from '../../gateway/contract/decision.ts';
import { unknownModelFacts } from '../../gateway/contract/model-facts.ts';
import type { RequestDetail, RequestItem } from '../../gateway/contract/records.ts';
import type { GatewayStatus } from '../../gateway/contract/status.ts';
import type { CallFailure } from '../../gateway/control/answer-call.ts';
import { createEventBus, type EventBus } from '../../gateway/control/event-bus.ts';
import {
  type ControlListener,
  type ControlListenerOptions,
  openControlListener,
} from '../../gateway/control/open-control-listener.ts';
import { localEngineHandlers } from './local-engine-control.ts';

export const controlToken = 'test-control-token-0123456789';

export const runningStatus: GatewayStatus = {
  state: 'running',
  baseUrl: 'http://127.0.0.1:4283',
  port: 4283,
  ollamaUrl: null,
  boundHosts: ['127.0.0.1', '::1'],
  inFlight: 1,
  startedAtMs: 1_780_000_000_000,
  configVersion: 3,
  programVersion: '0.1.0',
  dataDir: '/home/ada/.gatehouse',
  problems: [],
};

export const emptyFigures: UsageFigures = {
  requests: 0,
  errors: 0,
  costUsd: 0,
  estimatedUsd: 0,
  unpriced: 0,
  copies: 0,
  copiesUsd: 0,
  copiesUnpriced: 0,
  cacheSavedUsd: 0,
  localSavedUsd: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

export const emptyTotals: UsageTotals = {
  ...emptyFigures,
  errorKinds: {},
  duration: null,
  firstToken: null,
  tokensPerSecond: null,
};

/** What a request's page says of its money where there is nothing to say. */
export const nothingPaid = {
  task: null,
  price: null,
  costLines: [],
  cacheSavedUsd: 0,
  localSavedUsd: 0,
  reservedUsd: null,
  overBound: false,
} satisfies Partial<RequestDetail>;

/** A finished request; every part may be replaced. */
export function sampleRequest(changes: Partial<RequestItem> = {}): RequestItem {
  return {
    id: 'req_00000000001',
    state: 'ok',
    startedAtMs: 1_780_000_000_000,
    durationMs: 1_240.4,
    firstTokenMs: 212.6,
    clientId: 'client_1',
    clientName: 'laptop agent',
    dialect: 'openai-chat',
    requestedModel: 'demo/hello',
    provider: 'demo',
    model: 'hello',
    stream: true,
    status: 200,
    attempts: 1,
    droppedFields: 0,
    rule: null,
    task: null,
    usage: {
      inputTokens: 1_204,
      cachedInputTokens: 0,
      cacheWriteTokens: null,
      outputTokens: 318,
      reasoningTokens: null,
      estimated: false,
    },
    costUsd: null,
    costBasis: 'unknown',
    errorKind: null,
    errorMessage: null,
    ...changes,
  };
}

/** The explanation of a request that went to the demo by its own name; every part may be replaced. */
export function sampleTrace(changes: Partial<DecisionTrace> = {}): DecisionTrace {
  return {
    requestedModel: 'demo/hello',
    resolvedAs: 'provider-model',
    rule: null,
    pinnedBy: null,
    strategy: null,
    features: sampleFeatures,
    rules: [],
    candidates: [],
    targets: ['demo/hello'],
    settings: { defaults: {}, overrides: {}, caps: {} },
    refusal: null,
    counterfactuals: [],
    budgets: null,
    leftOut: [],
    catalogVersion: '2026-11-01',
    configVersion: 3,
    atMs: 1_780_000_000_000,
    ...changes,
  };
}

const sampleFeatures: RequestFeatures = {
  requestedModel: 'demo/hello',
  dialect: 'openai-chat',
  client: 'laptop agent',
  task: 'chat',
  taskSaid: false,
  sensitivity: 'normal',
  tier: null,
  allowedModels: null,
  inputTokens: 1_204,
  maxOutputTokens: null,
  stream: true,
  tools: false,
  images: false,
  schema: false,
  reasoning: false,
  session: null,
  headers: {},
  metadata: {},
  unread: [],
};

/** One handler for every call, each with a plausible answer; every one may be replaced. */
export function fakeHandlers(changes: Partial<CallHandlers> = {}): CallHandlers {
  return {
    'status.get': () => runningStatus,
    ...localEngineHandlers(),
    'tokens.calibration': () => ({
      items: [{ provider: 'lab', model: 'gpt-5-mini', samples: 120, bytesPerToken: 4.1, errorPercent: 6.2, outputTokens: 310 }],
    }),
    'config.get': () => ({ version: 3, document: { version: 1 }, effective: configSchema.parse({ version: 1 }), overrides: [] }),
    'config.apply': () => ({ version: 4 }),
    'config.versions': () => ({ items: [{ version: 3, savedAtMs: 1, source: 'file' }] }),
    'config.version': ({ version }) => ({ version, savedAtMs: 1, source: 'file', document: { version: 1 } }),
    'config.diff': () => ({ changes: [] }),
    'config.restore': () => ({ version: 4 }),
    'policy.validate': ({ rules }) => ({ problems: [], sentences: rules.map(() => null) }),
    'targets.list': () => ({ items: [] }),
    'secrets.set': ({ name, value }) => ({ reference: `vault:${name}`, lastFour: value.slice(-4) }),
    'secrets.list': () => ({ items: [], keptIn: 'test' }),
    'secrets.delete': () => ({ deleted: true }),
    'providers.check': () => ({ ok: true, outcome: 'ready', message: 'Ready.', models: 1, durationMs: 1 }),
    'providers.models': () => ({
      models: [{ id: 'hello', facts: unknownModelFacts }],
      source: 'built-in',
      added: [],
      removed: [],
      changed: [],
    }),
    'providers.keys': () => ({ items: [] }),
    'clients.create': () => ({ id: 'client_1', key: 'llmgw_test' }),
    'clients.update': () => ({ updated: true }),
    'clients.rotate': () => ({ key: 'llmgw_newer', olderEndAtMs: 1_780_086_400_000 }),
    'prices.list': () => ({ items: [] }),
    'prices.reprice': () => ({ requests: 0, changed: 0, beforeUsd: 0, afterUsd: 0, models: [] }),
    'budgets.list': () => ({ items: [] }),
    'budgets.reopen': () => ({ reopened: true }),
    'usage.query': () => ({ intervals: [], groups: [], total: emptyTotals }),
    'usage.export': () => ({ fileName: 'usage.csv', mediaType: 'text/csv', text: '' }),
    'usage.today': () => ({ dayStartsAtMs: 1_779_926_400_000, figures: emptyFigures }),
    'alerts.list': () => ({ items: [] }),
    'alerts.see': ({ ids }) => ({ seen: ids.length }),
    'alerts.test': ({ webhook }) => ({
      webhooks: webhook ? [{ url: webhook.url, delivered: true, message: 'It was taken.', durationMs: 12 }] : [],
    }),
    'clients.list': () => ({ items: [] }),
    'clients.revoke': () => ({ revoked: true }),
    'requests.list': () => ({ items: [sampleRequest()], nextCursor: null }),
    'requests.histogram': () => ({
      bars: [
        { startMs: 1_779_996_400_000, endMs: 1_780_000_000_000, requests: 0, failed: 0 },
        { startMs: 1_780_000_000_000, endMs: 1_780_003_600_000, requests: 3, failed: 1 },
      ],
      countedBackToMs: 1_779_996_400_000,
    }),
    'requests.get': ({ id }) => ({
      ...sampleRequest({ id }),
      attemptList: [],
      rawUsageJson: null,
      requestBytes: 10,
      responseBytes: 20,
      configVersion: 3,
      fidelity: null,
      decisionKept: false,
      shadow: null,
      ...nothingPaid,
    }),
    'decision.explain': ({ request }) => sampleTrace({ requestedModel: request?.model ?? 'demo/hello' }),
    'gateway.start': () => runningStatus,
    'gateway.stop': () => ({ ...runningStatus, state: 'stopped', baseUrl: null }),
    ...changes,
  };
}

export interface FakeControl {
  readonly listener: ControlListener;
  readonly bus: EventBus;
  readonly failures: readonly CallFailure[];
}

/** Opens a control listener on a free port of 127.0.0.1. */
export async function openFakeControl(changes: Partial<ControlListenerOptions> = {}): Promise<FakeControl> {
  const bus = createEventBus({ capacity: 100 });
  const failures: CallFailure[] = [];
  const listener = await openControlListener({
    host: '127.0.0.1',
    port: 0,
    token: controlToken,
    handlers: fakeHandlers(),
    events: bus,
    uiDirectory: join(import.meta.dirname, '..', 'fixtures', 'interface'),
    reportFailure: (failure) => failures.push(failure),
    ...changes,
  });
  return { listener, bus, failures };
}
