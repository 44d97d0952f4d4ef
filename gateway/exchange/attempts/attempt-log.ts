/** Keeps the attempts of one exchange as its row will tell them. */
import type { GatewayError } from '../../chat/error.ts';
import type { AttemptCause, AttemptRecord } from '../../contract/records.ts';
import type { Candidate } from './candidates.ts';
import { errorColumns } from '../row.ts';

interface OpenAttempt {
  readonly provider: string;
  readonly model: string;
  readonly startedAtMs: number;
  readonly startedAt: number;
  readonly cause: AttemptCause;
  readonly key: string | null;
  readonly waitedMs: number;
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

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get records(): readonly AttemptRecord[] {
    return this.#records;
  }

  /** How many were begun. */
  get count(): number {
    return this.#records.length + (this.#open ? 1 : 0);
  }

  /** Whom the latest attempt asked. */
  get latest(): { readonly provider: string; readonly model: string } | null {
    return this.#open ?? this.#records.at(-1) ?? null;
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

  /** The head of its answer has come. */
  status(status: number): void {
    if (!this.#open) return;
    this.#open.status = status;
    this.#open.headMs = this.#clock.monotonic() - this.#open.startedAt;
  }

  /** Ends the latest attempt; a second end says nothing new. */
  end(error: GatewayError | null): void {
    if (!this.#open) return;
    const { startedAt, provider, model, startedAtMs, cause, key, waitedMs, status, headMs } = this.#open;
    const { errorKind, errorMessage } = errorColumns(error);
    const durationMs = this.#clock.monotonic() - startedAt;
    const number = this.#records.length + 1;
    this.#open = null;
    const times = { startedAtMs, durationMs, waitedMs, headMs };
    this.#records.push({ ...times, number, provider, model, status, errorKind, errorMessage, cause, key, costUsd: null });
  }
}
