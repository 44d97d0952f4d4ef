/** What storage keeps of shadows, and what it tells of a day's: copies of requests that went to another target after the answer. */
import type { Settlement } from './money/ledger.ts';
import type { RecordedCost, RecordedUsage } from './records.ts';

/** Written before the copy is sent, so that one that a crash cuts off is counted too. */
export interface ShadowStart {
  /** Of the request that it is a copy of. */
  readonly requestKey: number;
  readonly startedAtMs: number;
  /** The calendar day on this machine's wall, `2026-11-20`: by it copies and dollars are counted. */
  readonly day: string;
  /** `provider/model`. */
  readonly target: string;
  readonly rule: string;
  /** What it may cost by its estimate; null where nothing limits that, or nobody knows. */
  readonly heldNanoUsd: number | null;
}

export interface ShadowEnd {
  readonly requestKey: number;
  readonly status: number | null;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly usage: RecordedUsage;
  readonly cost: RecordedCost;
  /** Where it counts; null where no budget applied to it. */
  readonly settlement: Settlement | null;
  readonly rawUsageJson: string | null;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
  readonly textLength: number | null;
}

/** What one rule's copies came to: each by its cost, or by its estimate while that is not known. */
export interface ShadowUse {
  readonly rule: string;
  readonly copies: number;
  readonly nanoUsd: number;
}

/** The log as shadows see it. Both writes resolve after their commit, and reject when they are not in the log. */
export interface ShadowLog {
  begin(start: ShadowStart): Promise<void>;
  end(end: ShadowEnd): Promise<void>;
  /** What each rule has used of a day. @param day `2026-11-20` */
  usedOn(day: string): readonly ShadowUse[];
}
