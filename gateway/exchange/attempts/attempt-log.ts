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
  readonly key: string | null;
  readonly cause: AttemptCause;
  readonly waitedMs: number;
  headMs: number | null;
  status: number | null;
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
  /** When the latest one ended, by the clock that never jumps. */
  #endedAt: number | null = null;

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

  begin({ provider, model, keyReference }: Candidate): void {
    const startedAt = this.#clock.monotonic();
    this.#open = {
      provider: provider.id,
      model,
      startedAtMs: this.#clock.now(),
      startedAt,
      key: keyReference,
      cause: this.#causeOf(provider.id, model, keyReference),
      waitedMs: this.#endedAt === null ? 0 : startedAt - this.#endedAt,
      headMs: null,
      status: null,
    };
  }

  status(status: number): void {
    if (!this.#open) return;
    this.#open.status = status;
    this.#open.headMs = this.#clock.monotonic() - this.#open.startedAt;
  }

  /** Ends the latest attempt; a second end says nothing new. */
  end(error: GatewayError | null): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.#endedAt = this.#clock.monotonic();
    this.#records.push({
      number: this.#records.length + 1,
      provider: open.provider,
      model: open.model,
      startedAtMs: open.startedAtMs,
      durationMs: this.#endedAt - open.startedAt,
      status: open.status,
      ...errorColumns(error),
      cause: open.cause,
      key: open.key,
      waitedMs: open.waitedMs,
      headMs: open.headMs,
    });
  }

  /** By what differs from the attempt before it. */
  #causeOf(provider: string, model: string, key: string | null): AttemptCause {
    const before = this.#records.at(-1);
    if (!before) return 'first';
    if (before.provider !== provider || before.model !== model) return 'next-target';
    return before.key === key ? 'retry' : 'next-key';
  }
}
