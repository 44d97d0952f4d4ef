/** Keeps the attempts of one exchange as its row will tell them. */
import type { GatewayError } from '../../chat/error.ts';
import { wasSent } from '../../contract/attempts.ts';
import { nanoOfUsd, usdOfNano } from '../../contract/money/nano-usd.ts';
import type { AttemptCause, AttemptRecord } from '../../contract/records.ts';
import type { Candidate } from './candidates.ts';
import { errorColumns } from '../error-columns.ts';

interface OpenAttempt {
  readonly provider: string;
  readonly model: string;
  startedAtMs: number;
  startedAt: number;
  readonly cause: AttemptCause;
  readonly key: string | null;
  waitedMs: number;
  status: number | null;
  headMs: number | null;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
}

export class AttemptLog {
  readonly #clock: Clock;
  readonly #records: AttemptRecord[] = [];
  #open: OpenAttempt | null = null;
  #leftOut = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get records(): readonly AttemptRecord[] {
    return this.#records;
  }

  /** How many were sent. */
  get count(): number {
    return this.#records.length - this.#leftOut + (this.#open ? 1 : 0);
  }

  /** Whom the latest attempt asked. */
  get latest(): { readonly provider: string; readonly model: string } | null {
    return this.#open ?? this.#records.findLast(wasSent) ?? null;
  }

  /** When the latest attempt was begun, milliseconds since 1970; 0 before the first. */
  get openedAtMs(): number {
    return this.#open?.startedAtMs ?? 0;
  }

  /** @param waitedMs the pause before it */
  begin({ provider, model, keyReference }: Candidate, cause: AttemptCause, waitedMs: number): void {
    this.#open = {
      provider: provider.id,
      model,
      startedAtMs: this.#clock.now(),
      startedAt: this.#clock.monotonic(),
      cause,
      key: keyReference,
      waitedMs,
      status: null,
      headMs: null,
    };
  }

  /** Its model had to be loaded before it was sent. */
  sentAfterWait(): void {
    if (!this.#open) return;
    const at = this.#clock.monotonic();
    this.#open.waitedMs += at - this.#open.startedAt;
    this.#open.startedAt = at;
    this.#open.startedAtMs = this.#clock.now();
  }

  /** The head of its answer has come. */
  status(status: number): void {
    if (!this.#open) return;
    this.#open.status = status;
    this.#open.headMs = this.#clock.monotonic() - this.#open.startedAt;
  }

  /** One that was not sent, because a budget or its provider's limit has no room for it. */
  leaveOut({ provider, model, keyReference }: Candidate, error: GatewayError): void {
    const nothing = { startedAtMs: this.#clock.now(), durationMs: 0, waitedMs: 0, headMs: null, status: null, costUsd: 0 };
    const number = this.#records.length + 1;
    this.#leftOut += 1;
    const names = { provider: provider.id, model, key: keyReference };
    this.#records.push({ ...nothing, ...names, number, ...errorColumns(error), cause: number === 1 ? 'first' : 'next-target' });
  }

  /** Is one under way? */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** What those that have ended may have cost, nano-dollars each; null: nobody knows. */
  get costs(): readonly (number | null)[] {
    return this.#records.map(({ costUsd }) => (costUsd === null ? null : nanoOfUsd(costUsd)));
  }

  /**
   * Ends the latest attempt; a second end says nothing new.
   * @param costNanoUsd null: nobody knows
   */
  end(error: GatewayError | null, costNanoUsd: number | null): void {
    if (!this.#open) return;
    const { startedAt, provider, model, startedAtMs, cause, key, waitedMs, status, headMs } = this.#open;
    const { errorKind, errorMessage } = errorColumns(error);
    const durationMs = this.#clock.monotonic() - startedAt;
    const number = this.#records.length + 1;
    const costUsd = costNanoUsd === null ? null : usdOfNano(costNanoUsd);
    this.#open = null;
    const times = { startedAtMs, durationMs, waitedMs, headMs };
    this.#records.push({ ...times, number, provider, model, status, errorKind, errorMessage, cause, key, costUsd });
  }
}
