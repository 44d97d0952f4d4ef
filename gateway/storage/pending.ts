/** What waits to be written, and who waits for it; a request's two halves know of each other. */
import type { Reservation } from '../contract/money/ledger.ts';
import type { Acknowledge, AnswerReservation, RequestFinish, RequestStart, StartedRow } from '../contract/records.ts';
import type { Operation } from './commit-batch.ts';
import type { ReserveOperation } from './ledger.ts';
import type { RequestEnd } from './late-writes.ts';
import { callSafely, type Settle, type WriteFailedError } from './settle.ts';

/** An operation and who waits for it. */
export interface Pending {
  readonly operation: Operation;
  readonly settle: Settle;
  /** The first half of the request whose finish this is. */
  readonly started: StartedRow | null;
}

/** A request's first half: while it waits among the starts, its finish may still join it. */
export class StartOperation implements StartedRow, Pending {
  readonly start: RequestStart;
  finish: RequestFinish | null = null;
  /** Where it stands among the starts that wait for their finish; -1 when it does not. */
  place = -1;
  /** Did the writer's timer ring since it began to wait? */
  hasWaited = false;
  /** Whether it counts as a request under way. */
  isOpen = false;
  /** It is not in the log, which could not be written: its finish brings it. */
  isLost = false;
  readonly #acknowledgeStart: Acknowledge;
  #acknowledgeFinish: Acknowledge | null = null;

  constructor(start: RequestStart, acknowledge: Acknowledge) {
    this.start = start;
    this.#acknowledgeStart = acknowledge;
  }

  get operation(): Operation {
    return { kind: 'request', start: this.start, finish: this.finish };
  }

  get started(): StartedRow {
    return this;
  }

  join(finish: RequestFinish, acknowledge: Acknowledge): void {
    this.finish = finish;
    this.#acknowledgeFinish = acknowledge;
  }

  readonly settle: Settle = (error) => {
    callSafely(this.#acknowledgeStart, error, true);
    if (this.#acknowledgeFinish) callSafely(this.#acknowledgeFinish, error, true);
  };
}

/** A second half by itself, or with the first when the log does not have that. */
export function pendingFinish(started: StartedRow, finish: RequestFinish, settle: Acknowledge): Pending {
  return { operation: { kind: 'request', start: lostHalf(started), finish }, settle, started };
}

export function pendingReservation(reservation: Reservation, answer: AnswerReservation): Pending {
  const operation: ReserveOperation = { kind: 'reserve', reservation, outcome: null };
  const settle: Settle = (error) => answer(error ?? operation.outcome ?? new Error('the reservation was not decided'));
  return { operation, settle, started: null };
}

/** What of a failed write is to be written later; null when it is no request's end, or was refused for what it says. */
export function owedOf({ operation, started }: Pending, error: WriteFailedError): RequestEnd | null {
  if (operation.kind !== 'request' || !operation.finish) return null;
  const lost = lostHalf(started);
  if (!error.isOutage && lost === null) return null;
  const isStream = (started?.start ?? operation.start)?.stream === true;
  return { start: operation.start ?? lost, finish: operation.finish, isStream };
}

function lostHalf(started: StartedRow | null): RequestStart | null {
  return started instanceof StartOperation && started.isLost ? started.start : null;
}
