/** Keeps the attempts of one exchange as its row will tell them. */
import type { GatewayError } from '../../chat/error.ts';
import type { AttemptRecord } from '../../contract/records.ts';
import type { Candidate } from './candidates.ts';
import { errorColumns } from '../row.ts';

interface OpenAttempt {
  readonly provider: string;
  readonly model: string;
  readonly startedAtMs: number;
  readonly startedAt: number;
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

  begin({ provider, model }: Candidate): void {
    this.#open = {
      provider: provider.id,
      model,
      startedAtMs: this.#clock.now(),
      startedAt: this.#clock.monotonic(),
      status: null,
    };
  }

  status(status: number): void {
    if (this.#open) this.#open.status = status;
  }

  /** Ends the latest attempt; a second end says nothing new. */
  end(error: GatewayError | null): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.#records.push({
      number: this.#records.length + 1,
      provider: open.provider,
      model: open.model,
      startedAtMs: open.startedAtMs,
      durationMs: this.#clock.monotonic() - open.startedAt,
      status: open.status,
      ...errorColumns(error),
    });
  }
}
