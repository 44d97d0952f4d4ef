/** A made-up gateway with usage, budgets, prices, alerts and keys: it keeps what is applied, seen and opened, as the real one does. */
import type { CallHandlers } from '../../gateway/contract/calls.ts';
import type { Alert } from '../../gateway/contract/money/alert.ts';
import type { BudgetStanding } from '../../gateway/contract/money/budget.ts';
import type { ClientItem } from '../../gateway/contract/records.ts';
import { clientItem } from './client-rows.ts';
import { sampleRequest } from './fake-control.ts';
import { pricedDetail, sampleAlerts, sampleBudgets, samplePrices } from './money-samples.ts';
import { type RoutingControl, routingControl } from './routing-control.ts';
import { providers } from './routing-samples.ts';
import { sampleUsage } from './usage-samples.ts';

export interface MoneyControl extends RoutingControl {
  readonly clients: readonly ClientItem[];
  readonly budgets: readonly BudgetStanding[];
  readonly alerts: readonly Alert[];
  /** What `prices.reprice` was asked. */
  readonly repriced: readonly { readonly apply: boolean; readonly fromMs: number; readonly toMs: number }[];
}

const document = {
  version: 1,
  providers: [
    ...providers,
    { id: 'openrouter', kind: 'openrouter', keys: ['env:OPENROUTER_API_KEY'] },
    { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://10.0.0.5:8000/v1' },
  ],
  budgets: [
    { name: 'everything, a day', period: 'day', limitUsd: 5 },
    { name: 'OpenAI, a month', provider: 'openai', period: 'month', limitUsd: 20, mode: 'soft' },
  ],
  prices: { overrides: { 'openrouter/deepseek/deepseek-chat': { inputPerMillionUsd: 0.14, outputPerMillionUsd: 0.28 } } },
  limits: { providers: { openai: { requestsPerMinute: 60, concurrent: 4 } } },
};

const now = Date.now();

const sampleClients = (): ClientItem[] => [
  clientItem('client_1', {
    name: 'editor',
    app: 'Zed',
    budgets: [{ period: 'day', limitUsd: 0.01, mode: 'hard', warnAt: [0.5, 0.8, 1] }],
    limits: { requestsPerMinute: 30, concurrent: 2 },
    lastSeenAtMs: now - 240_000,
    createdAtMs: now - 20 * 86_400_000,
  }),
  clientItem('client_2', {
    name: 'agent',
    tier: 'standard',
    allowedModels: ['openai/*', 'ollama/qwen3:8b'],
    sensitivity: 'private',
    lastSeenAtMs: now - 7_200_000,
    createdAtMs: now - 86_400_000,
    keys: [
      { prefix: 'llmgw_NeWr', createdAtMs: now - 3_600_000, endsAtMs: null },
      { prefix: 'llmgw_OlDr', createdAtMs: now - 86_400_000, endsAtMs: now + 20 * 3_600_000 },
    ],
  }),
  clientItem('client_3', { name: 'old script', revokedAtMs: now - 3_600_000, createdAtMs: now - 90 * 86_400_000 }),
];

/** @param changes laid over its handlers */
export function moneyControl(changes: Partial<CallHandlers> = {}): MoneyControl {
  const clients = sampleClients();
  let budgets = [...sampleBudgets];
  let alerts = [...sampleAlerts];
  const repriced: { readonly apply: boolean; readonly fromMs: number; readonly toMs: number }[] = [];
  const change = (id: string, edit: (client: ClientItem) => ClientItem) => {
    const place = clients.findIndex((client) => client.id === id);
    const client = clients[place];
    if (client) clients[place] = edit(client);
    return client !== undefined;
  };
  const handlers: Partial<CallHandlers> = {
    'clients.list': () => ({ items: clients }),
    'clients.create': ({ name, ...terms }) => {
      clients.unshift(clientItem(`client_${clients.length + 1}`, { ...terms, name, createdAtMs: Date.now() }));
      return { id: `client_${clients.length}`, key: 'llmgw_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg' };
    },
    'clients.update': ({ id, ...terms }) => {
      const said = Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined));
      change(id, (client) => ({ ...client, ...said }));
      return { updated: true };
    },
    'clients.rotate': ({ overlapMinutes }) => ({ key: 'llmgw_newer', olderEndAtMs: Date.now() + overlapMinutes * 60_000 }),
    'clients.revoke': ({ id }) => ({ revoked: change(id, (client) => ({ ...client, revokedAtMs: Date.now() })) }),
    'budgets.list': () => ({ items: budgets }),
    'budgets.reopen': ({ id }) => {
      budgets = budgets.map((budget) => (budget.id === id ? { ...budget, closed: null } : budget));
      return { reopened: true };
    },
    'prices.list': () => ({ items: [...samplePrices] }),
    'prices.reprice': ({ apply, fromMs, toMs }) => {
      repriced.push({ apply, fromMs, toMs });
      const one = { requests: 40, beforeUsd: 0, afterUsd: 1.37, unpricedBefore: 40, unpricedAfter: 0 };
      return {
        requests: 1_204,
        changed: 40,
        beforeUsd: 12.5,
        afterUsd: 13.87,
        models: [{ provider: 'lab', model: 'qwen3-coder:480b', ...one }],
      };
    },
    'usage.query': sampleUsage,
    'usage.export': ({ query, format }) => ({
      fileName: `gatehouse-usage.${format}`,
      mediaType: format === 'csv' ? 'text/csv' : 'application/json',
      text: format === 'csv' ? `group,costUsd\ntotal,${sampleUsage(query).total.costUsd}\n` : JSON.stringify(sampleUsage(query)),
    }),
    'usage.today': () => {
      const dayStartsAtMs = new Date().setHours(0, 0, 0, 0);
      const query = { fromMs: dayStartsAtMs, toMs: dayStartsAtMs + 86_400_000, interval: 'day' } as const;
      return { dayStartsAtMs, figures: sampleUsage(query).total };
    },
    'alerts.list': () => ({ items: alerts }),
    'alerts.see': ({ ids }) => {
      alerts = alerts.map((alert) => (ids.includes(alert.id) ? { ...alert, seenAtMs: Date.now() } : alert));
      return { seen: ids.length };
    },
    'requests.list': () => ({
      items: [
        sampleRequest({ id: 'req_00000000005', costUsd: 0.001_042, costBasis: 'computed', requestedModel: 'openai/gpt-5-mini' }),
        sampleRequest({ id: 'req_00000000004', costUsd: 0.042, costBasis: 'estimated' }),
        sampleRequest({ id: 'req_00000000003', costUsd: null, costBasis: 'unknown', requestedModel: 'lab/qwen3-coder:480b' }),
        sampleRequest({ id: 'req_00000000002', costUsd: 0, costBasis: 'free', requestedModel: 'ollama/qwen3:8b' }),
        sampleRequest({ id: 'req_00000000001', costUsd: 0, costBasis: 'none', state: 'rejected', status: 429 }),
      ],
      nextCursor: null,
    }),
    'requests.get': ({ id }) => pricedDetail(id),
    ...changes,
  };
  const control = routingControl(document, handlers);
  return {
    ...control,
    clients,
    get budgets() {
      return budgets;
    },
    get alerts() {
      return alerts;
    },
    repriced,
  };
}
