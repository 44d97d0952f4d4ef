/** The row of one exchange on its way into the log: its first half, who waits for that, and its second. */
import type { GatewayError } from '../chat/error.ts';
import type { Acknowledge, RequestFinish, RequestItem, RequestRecorder, RequestStart, StartedRow } from '../contract/records.ts';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import type { ExchangeInput } from './exchange-input.ts';
import type { ExchangePorts } from './ports.ts';
import { ledgerUnavailable } from './own-errors.ts';
import { requestItem } from './row.ts';

const longestModel = 512;

/** The first half of a request's row, as far as it is known before its body is read. */
export function firstHalf(
  { nextKey, now }: Pick<ExchangePorts, 'nextKey' | 'now'>,
  { client, dialect }: Pick<ExchangeInput, 'client' | 'dialect'>,
  configVersion: number,
  requestBytes: number,
): RequestStart {
  const unread = { requestedModel: '', stream: false };
  const names = { clientId: client?.id ?? null, dialect: dialect.name };
  return { key: nextKey(), startedAtMs: now(), ...names, ...unread, requestBytes, configVersion };
}

export class ExchangeRow {
  readonly #recorder: RequestRecorder;
  readonly #clientName: string | null;
  /** The first half as it will be written; changed until it is. */
  start: RequestStart;
  /** The second half, once it was handed over. */
  ended: RequestFinish | null = null;
  #started: StartedRow | null = null;
  #committed = false;
  #waiting: (() => void)[] = [];

  /** @param clientName as events tell it */
  constructor(recorder: RequestRecorder, start: RequestStart, clientName: string | null) {
    this.#recorder = recorder;
    this.#clientName = clientName;
    this.start = start;
  }

  /** What its body says, which is not known from the first. */
  say({ model, stream }: { readonly model: string; readonly stream: boolean }): void {
    this.start = { ...this.start, requestedModel: model.slice(0, longestModel), stream };
  }

  /** Hands the first half over. @param failed called when it cannot be written */
  begin(failed: (error: GatewayError) => void): void {
    this.#started = this.#recorder.start(this.start, (error) => {
      if (error) failed(ledgerUnavailable(error));
      else this.#acknowledged();
    });
  }

  /** Runs `then` once the first half is committed: at once when it already is. */
  whenStarted(then: () => void): void {
    if (this.#committed) return then();
    this.#waiting.push(then);
    this.#recorder.flush();
  }

  /** What the log will name it by, once its first half was handed over. @throws Error before that */
  get handed(): StartedRow {
    if (!this.#started) throw new Error('the row was not begun');
    return this.#started;
  }

  /** US dollars, once it is known. */
  get costUsd(): number | null {
    const nanoUsd = this.ended?.cost.nanoUsd ?? null;
    return nanoUsd === null ? null : usdOfNano(nanoUsd);
  }

  /** The row's second half, or both when it ends before anything was asked of anyone. */
  finish(row: RequestFinish, acknowledge: Acknowledge): void {
    this.ended = row;
    if (this.#started) this.#recorder.finish(this.#started, row, acknowledge);
    else this.#recorder.reject(this.start, row, acknowledge);
  }

  /** As watchers see it by now. */
  item(): RequestItem {
    return requestItem(this.start, this.#clientName, this.ended);
  }

  #acknowledged(): void {
    this.#committed = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }
}
