/** Joins alerts to what they stand on: storage, the config in force, secrets, the network, and everybody who listens. */
import { randomUUID } from 'node:crypto';
import { testWords } from './alerts/alert-words.ts';
import { Alerts } from './alerts/alerts.ts';
import { Deliveries } from './alerts/deliveries.ts';
import { sendWebhook, type SendOutcome, type WebhookPorts } from './alerts/send-webhook.ts';
import type { SpendByHour } from './alerts/unusual-spend.ts';
import type { Alert, AlertSettings, Webhook, WebhookTest } from './contract/money/alert.ts';
import type { Problem } from './contract/status.ts';
import type { EventBus } from './control/event-bus.ts';
import type { Log } from './log.ts';
import { postWebhook } from './post-webhook.ts';
import { resolveSecret } from './secrets/resolve-secret.ts';
import type { Vault } from './secrets/vault.ts';
import type { AlertStorage } from './storage/alert-storage.ts';
import { openNetwork } from './upstream/network.ts';

export interface AlertsInput {
  readonly store: AlertStorage;
  readonly vault: Pick<Vault, 'get'>;
  /** Of the config in force. */
  readonly settings: () => AlertSettings;
  readonly spendByHour: SpendByHour;
  readonly events: Pick<EventBus, 'publish'>;
  readonly log: Log;
  /** The problems have changed. */
  readonly onProblems: () => void;
}

export interface RunningAlerts {
  /** What the ledger tells. */
  readonly alerts: Alerts;
  /** Webhooks that do not take what is sent to them. */
  problems(): Problem[];
  /** Newest first. */
  list(limit: number): Alert[];
  /** @returns how many of them nobody had seen */
  see(ids: readonly string[]): Promise<number>;
  /** Sends a test to one webhook; without one to all of the config, and to everybody who listens. */
  test(webhook: Webhook | undefined): Promise<WebhookTest[]>;
  close(): Promise<void>;
}

/** Longer than any period, so that no clock that is set back finds one untold; and what a person may still want to read. */
const keptMs = 400 * 24 * 3_600_000;

/** Goes on with what the last process had left to send. */
export function createAlerts(input: AlertsInput): RunningAlerts {
  const { store, settings, events, log, onProblems } = input;
  const network = openNetwork();
  const reportFailure = (error: unknown): void =>
    log('error', 'An alert could not be kept or sent.', { error: error instanceof Error ? error.message : String(error) });
  const ports: WebhookPorts = {
    post: (url, headers, body) => postWebhook(network.send, url, headers, body),
    resolveSecret: (reference) => {
      const found = resolveSecret(reference, { environment: process.env, vault: input.vault });
      return found.ok ? { value: found.secret.reveal() } : { problem: found.problem };
    },
    now: Date.now,
  };
  const webhooks = () => settings().webhooks;
  const deliveries = new Deliveries({ ...ports, store, webhooks, random: Math.random, onProblems, reportFailure });
  const announce = (alert: Alert): void => events.publish({ type: 'alert-raised', alert });
  void store.forget(Date.now() - keptMs).catch(reportFailure);
  deliveries.look();
  return {
    alerts: new Alerts({
      store: { raise: (occasion, urls) => store.raise({ ...occasion, urls }) },
      settings,
      spendByHour: input.spendByHour,
      now: Date.now,
      monotonic: () => performance.now(),
      announce,
      deliver: () => deliveries.look(),
      reportFailure,
    }),
    problems: () => deliveries.problems(),
    list: (limit) => store.list(limit),
    async see(ids) {
      const seen = await store.see(ids, Date.now());
      if (seen > 0) events.publish({ type: 'alerts-seen' });
      return seen;
    },
    test(webhook) {
      const alert = testAlert();
      if (!webhook) announce(alert);
      const targets = webhook ? [webhook] : webhooks();
      return Promise.all(targets.map((target) => testWebhook(ports, deliveries, target, alert)));
    },
    async close() {
      const ended = deliveries.stop();
      await network.close();
      await ended;
    },
  };
}

function testAlert(): Alert {
  const id = `test@${randomUUID()}`;
  return { id, kind: 'test', atMs: Date.now(), message: testWords, budget: null, share: null, seenAtMs: null };
}

async function testWebhook(ports: WebhookPorts, deliveries: Deliveries, webhook: Webhook, alert: Alert): Promise<WebhookTest> {
  const startedAt = performance.now();
  const outcome = await sendWebhook(ports, webhook, alert);
  const durationMs = performance.now() - startedAt;
  const delivered = outcome.state === 'taken';
  if (delivered) await deliveries.reached(webhook.url);
  return { url: webhook.url, delivered, message: testOutcomeWords(outcome, webhook), durationMs };
}

function testOutcomeWords(outcome: SendOutcome, { secret }: Webhook): string {
  if (outcome.state !== 'taken') return outcome.problem;
  const signed = secret === undefined ? 'It was not signed: no secret is named.' : 'It was signed.';
  return `It was taken (${outcome.status}). ${signed}`;
}
