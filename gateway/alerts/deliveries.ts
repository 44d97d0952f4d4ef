/** Sends alerts to webhooks until each is taken or given up; what is left over goes on after a restart. */
import type { Webhook } from '../contract/money/alert.ts';
import type { Delivery, DeliveryTry, LastTry } from '../contract/money/delivery.ts';
import type { Problem } from '../contract/status.ts';
import { waitAfter } from './retry-schedule.ts';
import { type SendOutcome, sendWebhook, type WebhookPorts } from './send-webhook.ts';

export interface DeliveryStore {
  due(nowMs: number, limit: number): readonly Delivery[];
  nextTryAt(): number | null;
  /** How the latest try to each URL went. */
  lastTries(): readonly LastTry[];
  /** Rejects when it cannot be written. */
  noteTry(tried: DeliveryTry): Promise<void>;
  /** Makes due what waits for this URL. Rejects when it cannot be written. */
  hasten(url: string, nowMs: number): Promise<void>;
}

export interface DeliveryParts extends WebhookPorts {
  readonly store: DeliveryStore;
  readonly webhooks: () => readonly Webhook[];
  /** From 0 to below 1. */
  readonly random: () => number;
  /** The problems have changed. */
  readonly onProblems: () => void;
  readonly reportFailure: (error: unknown) => void;
}

/** The clock is looked at again at least so often: a machine that slept, or whose clock was set, goes on at once. */
const longestSleepMs = 60_000;
const mostAtOnce = 256;
/** One try in vain may be a moment's trouble. */
const triesBeforeProblem = 2;

/** Sends by itself once it was told to look; each webhook is sent one alert after the other, and none waits for another. */
export class Deliveries {
  readonly #parts: DeliveryParts;
  readonly #lastTries = new Map<string, LastTry>();
  /** Those that no alert could be sent to at the last try. */
  readonly #down = new Set<string>();
  /** By URL: what is being sent there. */
  readonly #busy = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    for (const last of parts.store.lastTries()) {
      this.#lastTries.set(last.url, last);
      if (last.problem !== null) this.#down.add(last.url);
    }
  }

  /** Sends what is due, but to webhooks that are being sent to: they are looked at again behind that. Never throws. */
  look(): void {
    if (this.#stopped) return;
    const { store, now, reportFailure } = this.#parts;
    try {
      for (const [url, deliveries] of Map.groupBy(store.due(now(), mostAtOnce), (delivery) => delivery.url)) {
        if (!this.#busy.has(url)) this.#busy.set(url, this.#send(url, deliveries));
      }
      // Who is busy looks again.
      if (this.#busy.size === 0) this.#sleepUntil(store.nextTryAt());
    } catch (error) {
      reportFailure(error);
      this.#sleepUntil(Number.POSITIVE_INFINITY);
    }
  }

  /** Webhooks of the config that do not take what is sent to them. */
  problems(): Problem[] {
    return this.#parts.webhooks().flatMap(({ url }, index) => {
      const last = this.#lastTries.get(url);
      if (!last || last.problem === null) return [];
      const isOver = last.nextTryAtMs === null;
      if (last.tries < triesBeforeProblem && !isOver) return [];
      const left = isOver ? 'It was given up.' : 'It is tried again.';
      return [
        {
          id: `webhook.${index}`,
          // Its host alone: the path of some is a secret, and anybody may ask how the gateway is.
          message: `The webhook at ${new URL(url).host} did not take an alert. ${last.problem} ${left}`,
          fix: `Mend it, or change alerts.webhooks.${index} in the config; then send it a test under Settings.`,
        },
      ];
    });
  }

  /** A test has reached this webhook: what was wrong before is no problem any more, and what waits for it is sent. Never rejects. */
  async reached(url: string): Promise<void> {
    try {
      this.#note({ url, tries: 0, nextTryAtMs: null, problem: null });
      this.#down.delete(url);
      await this.#parts.store.hasten(url, this.#parts.now());
      this.look();
    } catch (error) {
      this.#parts.reportFailure(error);
    }
  }

  /** Sends nothing more from now on. Resolves when what is being sent has ended, which is for the network to hasten. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#busy.values());
  }

  #sleepUntil(nextMs: number | null): void {
    clearTimeout(this.#timer);
    if (nextMs === null || this.#stopped) return;
    const waitMs = Math.min(Math.max(nextMs - this.#parts.now(), 0), longestSleepMs);
    this.#timer = setTimeout(() => this.look(), waitMs);
  }

  async #send(url: string, deliveries: readonly Delivery[]): Promise<void> {
    try {
      await this.#sendAll(url, deliveries);
      this.#busy.delete(url);
      this.look();
    } catch (error) {
      // What was sent could not be noted: at once it would be sent again without end.
      this.#busy.delete(url);
      this.#parts.reportFailure(error);
      this.#sleepUntil(Number.POSITIVE_INFINITY);
    }
  }

  /** Where nothing can be sent, one try stands for all that are due there. */
  async #sendAll(url: string, deliveries: readonly Delivery[]): Promise<void> {
    const webhook = this.#parts.webhooks().find((one) => one.url === url);
    let outcome: SendOutcome | null = null;
    for (const delivery of deliveries) {
      if (!webhook) {
        await this.#noteRemoved(delivery);
        continue;
      }
      if (outcome?.state !== 'down') outcome = await sendWebhook(this.#parts, webhook, delivery.alert);
      // What the end of the gateway cut short was no try.
      if (this.#stopped && outcome.state !== 'taken') return;
      await this.#noteOutcome(delivery, outcome);
    }
  }

  async #noteOutcome({ alert, url, tries: before }: Delivery, outcome: SendOutcome): Promise<void> {
    const { store, now, random } = this.#parts;
    const isOver = outcome.state === 'taken' || outcome.state === 'gone';
    const tries = before + 1;
    const triedAtMs = now();
    const waitMs = isOver ? null : waitAfter(tries, random());
    const problem = outcome.state === 'taken' ? null : outcome.problem;
    const nextTryAtMs = waitMs === null ? null : triedAtMs + waitMs;
    await store.noteTry({ alertId: alert.id, url, tries, triedAtMs, nextTryAtMs, problem });
    this.#note({ url, tries, nextTryAtMs, problem });
    if (outcome.state === 'down') this.#down.add(url);
    // One that takes something again is not kept waiting for the rest.
    if (outcome.state === 'taken' && this.#down.delete(url)) await store.hasten(url, now());
  }

  /** A webhook that the config names no more is sent nothing more. */
  async #noteRemoved({ alert, url, tries }: Delivery): Promise<void> {
    const triedAtMs = this.#parts.now();
    await this.#parts.store.noteTry({ alertId: alert.id, url, tries, triedAtMs, nextTryAtMs: null, problem: null });
  }

  #note(last: LastTry): void {
    const before = this.problems().length;
    this.#lastTries.set(last.url, last);
    if (this.problems().length !== before) this.#parts.onProblems();
  }
}
