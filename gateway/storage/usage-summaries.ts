/**
 * The summaries by the hour, kept up with the log: what commits is added up in memory, and written now and then. A row keeps the
 * number of the write that counts it, so that after a crash each one is counted once, whatever the order they ended in.
 */
import type { Database } from 'better-sqlite3';
import { createHourOf } from '../contract/money/local-hour.ts';
import type { RequestFinish, RequestStart } from '../contract/records.ts';
import type { RecoveryMark } from './recovery-mark.ts';
import { type Cell, type CellKey, type CountedCopy, emptyCell, UsageAggregate } from './usage/aggregate.ts';
import { prepareAddCell } from './usage/summary-rows.ts';

/** A write of the summaries is due after so many requests, or so many different rows: about 2 ms. */
const requestsPerWrite = 2_000;
const cellsPerWrite = 100;

/** What a row's cost became, less what it was. Nano-dollars; `unpriced` is -1, 0 or 1. */
export interface CostDelta {
  readonly costNanoUsd: number;
  readonly estimatedNanoUsd: number;
  readonly unpriced: number;
  readonly cacheSavedNanoUsd: number;
  readonly localSavedNanoUsd: number;
}

/** A row of the log by what its summary is found by. Texts are null where it has none. */
export interface SummarisedRow {
  readonly startedAtMs: number;
  readonly clientId: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly task: string | null;
  readonly rule: string | null;
}

export interface UsageSummaries {
  /** The number of the next write: a row that is finished now keeps it as its `usageWrite`. */
  readonly nextWrite: number;
  /** A row was inserted. In its transaction. */
  inserted(key: number): void;
  /** A row has reached its final state. In its transaction. */
  finished(start: RequestStart, finish: RequestFinish): void;
  /** A copy is over. In its transaction. */
  copied(copy: CountedCopy): void;
  committed(): void;
  rolledBack(): void;
  /** What is not written yet, of the transaction under way too. */
  unwritten(): readonly Cell[];
  /**
   * Writes what was added up, in a transaction of its own. To be called between transactions.
   * @returns false when that could not be done now: the next write does it, or the next start
   */
  write(): boolean;
  /**
   * Changes what one row of the log counts for, in the caller's transaction. The row must be counted already: its `usageWrite` is at
   * most `usageMark.written`.
   */
  applyCostDelta(row: SummarisedRow, delta: CostDelta): void;
  /** Writes what is left, if it can. */
  close(): void;
}

/** Follows one connection, which must be the only writer; what a crash left must have been counted before. */
export function createUsageSummaries(database: Database, mark: RecoveryMark): UsageSummaries {
  return new Summaries(database, mark);
}

interface MarkRow {
  readonly fromKey: number;
  readonly written: number;
}

class Summaries implements UsageSummaries {
  readonly #database: Database;
  readonly #mark: RecoveryMark;
  readonly #load;
  readonly #moveBack;
  readonly #addCell;
  readonly #writeAll: { immediate(fromKey: number): void };
  readonly #hourOf = createHourOf();
  #aggregate = new UsageAggregate(this.#hourOf);
  #finishedNow: (readonly [RequestStart, RequestFinish])[] = [];
  #copiedNow: CountedCopy[] = [];
  #fromKey: number;
  #isStale = false;
  /** After a write that failed: so many requests are waited for before another is tried. */
  #notBefore = 0;
  #due: NodeJS.Immediate | null = null;
  nextWrite: number;

  constructor(database: Database, mark: RecoveryMark) {
    this.#database = database;
    this.#mark = mark;
    this.#load = database.prepare<[], MarkRow>('SELECT fromKey, written FROM usageMark');
    this.#moveBack = database.prepare<[number]>('UPDATE usageMark SET fromKey = ?');
    const move = database.prepare<[number, number]>('UPDATE usageMark SET fromKey = ?, written = ?');
    this.#addCell = prepareAddCell(database);
    this.#writeAll = database.transaction((fromKey: number): void => {
      for (const cell of this.#aggregate.cells) this.#addCell(cell);
      move.run(fromKey, this.nextWrite);
    });
    const { fromKey, written } = this.#load.get() ?? { fromKey: 0, written: 0 };
    this.#fromKey = fromKey;
    this.nextWrite = written + 1;
  }

  /** Who comes with an older key than the search begins at, pulls it back: a late write, or one behind a jump of the clock. */
  inserted(key: number): void {
    if (this.#isStale) this.#fromKey = this.#load.get()?.fromKey ?? 0;
    this.#isStale = false;
    if (key >= this.#fromKey) return;
    this.#moveBack.run(key);
    this.#fromKey = key;
  }

  finished(start: RequestStart, finish: RequestFinish): void {
    this.#finishedNow.push([start, finish]);
  }

  copied(copy: CountedCopy): void {
    this.#copiedNow.push(copy);
  }

  committed(): void {
    this.#addNow(this.#aggregate);
    this.#forgetNow();
    const { size, cells } = this.#aggregate;
    if (size < this.#notBefore) return;
    if (size >= requestsPerWrite || cells.length >= cellsPerWrite) this.#due ??= setImmediate(this.#writeDue);
  }

  rolledBack(): void {
    this.#forgetNow();
    this.#isStale = true;
  }

  unwritten(): readonly Cell[] {
    if (this.#finishedNow.length + this.#copiedNow.length === 0) return this.#aggregate.cells;
    const ofNow = new UsageAggregate(this.#hourOf);
    this.#addNow(ofNow);
    return [...this.#aggregate.cells, ...ofNow.cells];
  }

  write(): boolean {
    if (this.#aggregate.size === 0) return true;
    const fromKey = this.#mark.lowest();
    try {
      this.#writeAll.immediate(fromKey);
    } catch {
      // The rows are safe and say that they are not counted yet; whoever fails the log says so there.
      this.#notBefore = this.#aggregate.size + requestsPerWrite;
      return false;
    }
    this.#fromKey = fromKey;
    this.#isStale = false;
    this.nextWrite += 1;
    this.#aggregate = new UsageAggregate(this.#hourOf);
    this.#notBefore = 0;
    return true;
  }

  applyCostDelta(row: SummarisedRow, delta: CostDelta): void {
    this.#addCell({ ...emptyCell(this.#keyOf(row)), ...delta });
  }

  close(): void {
    if (this.#due) clearImmediate(this.#due);
    this.#due = null;
    this.write();
  }

  #addNow(aggregate: UsageAggregate): void {
    for (const [start, finish] of this.#finishedNow) aggregate.add(start, finish);
    for (const copy of this.#copiedNow) aggregate.addCopy(copy);
  }

  #forgetNow(): void {
    this.#finishedNow = [];
    // For nearly every transaction there is nothing to let go of.
    if (this.#copiedNow.length > 0) this.#copiedNow = [];
  }

  /** Behind the acknowledgements of the commit that made it due. */
  readonly #writeDue = (): void => {
    this.#due = null;
    if (this.#database.open) this.write();
  };

  #keyOf({ startedAtMs, clientId, provider, model, task, rule }: SummarisedRow): CellKey {
    const texts = { clientId: clientId ?? '', provider: provider ?? '', model: model ?? '', task: task ?? '', rule: rule ?? '' };
    return { hourStartsAtMs: this.#hourOf(startedAtMs), ...texts };
  }
}
