/** The ledger: holds money back in one conditional statement for each meter, and counts what requests came to. */
import type { Database } from 'better-sqlite3';
import { usdOfNano } from '../contract/money/nano-usd.ts';
import type { Meter, MeterLimit, MeterStanding, Reservation, ReservationOutcome, Settlement } from '../contract/money/ledger.ts';
import type { SpendScope, SpendSince } from './spend-since.ts';

/** A reservation on its way; how it went is known when it is committed. */
export interface ReserveOperation {
  readonly kind: 'reserve';
  readonly reservation: Reservation;
  outcome: ReservationOutcome | null;
}

interface HeldRow {
  readonly amountNanoUsd: number;
  /** Null: nobody knows. */
  readonly estimateNanoUsd: number | null;
  readonly isHeld: number;
  readonly metersJson: string;
}

interface Held {
  readonly amount: number;
  readonly meters: readonly MeterLimit[];
}

interface Change {
  scope: string;
  period: string;
  reserved: number;
  settled: number;
  unpriced: number;
}

/** Every method is called within a transaction, by the only connection that writes. */
export class Ledger {
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #spendSince: SpendSince;
  readonly #known = new Set<string>();
  /** What is held, as far as it was held since the last transaction that was undone: the table is asked for the rest. */
  readonly #held = new Map<number, Held>();
  #wasUndone = false;

  constructor(database: Database, spendSince: SpendSince) {
    this.#statements = prepareStatements(database);
    this.#spendSince = spendSince;
  }

  rolledBack(): void {
    this.#known.clear();
    this.#held.clear();
    this.#wasUndone = true;
  }

  /** Budgets have changed: meters that none had to do with meanwhile are counted anew when they are next needed. */
  budgetsChanged(): void {
    this.#known.clear();
  }

  /**
   * Makes sure that they are there; a new one begins with what its scope has spent in its time. To be called before the request's
   * own cost is written, so that it counts once.
   */
  open(meters: readonly Meter[]): void {
    const { find, insert, recount } = this.#statements;
    for (const { scope, period, startsAtMs, endsAtMs } of meters) {
      const name = `${scope} ${period}`;
      if (this.#known.has(name)) continue;
      const spent = this.#spendSince(spendScope(scope), startsAtMs, endsAtMs);
      // While no budget had to do with it, nothing was counted in it.
      if (find.get(scope, period)) recount.run({ scope, period, ...spent });
      else insert.run({ scope, period, startsAtMs, endsAtMs, ...spent });
      this.#known.add(name);
    }
  }

  reserve(operation: ReserveOperation): void {
    const { requestKey, provider, model, amounts, estimateNanoUsd, meters } = operation.reservation;
    this.open(meters);
    this.#letGoOfLost(requestKey);
    let full: MeterLimit | null = null;
    for (const [place, amountNanoUsd] of amounts.entries()) {
      full = this.#holdAtAll(meters, amountNanoUsd);
      if (full !== null) continue;
      const metersJson = JSON.stringify(meters);
      this.#statements.hold.run({ requestKey, provider, model, amountNanoUsd, estimateNanoUsd, metersJson });
      this.#held.set(requestKey, { amount: amountNanoUsd, meters });
      operation.outcome = { held: place };
      return;
    }
    const standing = full && this.#statements.find.get(full.scope, full.period);
    if (!full || !standing) throw new Error('a reservation needs an amount and its meters');
    const { settledNanoUsd, reservedNanoUsd, closed } = standing;
    operation.outcome = { refusal: { meter: full, settledNanoUsd, reservedNanoUsd, closed } };
  }

  /** An attempt is over: what it held is let go, and what it may have cost is counted. @param isLast nobody will settle it */
  release(requestKey: number, costNanoUsd: number, isLast: boolean): void {
    const holding = this.#heldFor(requestKey);
    if (!holding) return;
    this.#held.delete(requestKey);
    const counted = { reserved: -holding.amount, settled: costNanoUsd };
    for (const meter of holding.meters) this.#statements.change.run(changeOf(meter, counted));
    if (isLast) this.#statements.forget.run(requestKey);
    else this.#statements.letGo.run(costNanoUsd, requestKey);
  }

  settle(requestKey: number, { costNanoUsd, mayClose, meters }: Settlement): void {
    const holding = this.#heldFor(requestKey);
    this.#held.delete(requestKey);
    const counted = { settled: costNanoUsd ?? 0, unpriced: costNanoUsd === null ? 1 : 0 };
    for (const one of changesOf(holding, meters, counted)) this.#statements.change.run(one);
    if (!holding) return;
    this.#statements.forget.run(requestKey);
    const isOver = mayClose && holding.meters.length > 0 && (costNanoUsd ?? 0) > holding.amount;
    if (!isOver) return;
    this.#statements.markRow.run(requestKey);
    this.#close(holding.meters, overBoundWords(costNanoUsd ?? 0, holding.amount));
  }

  /** Lets a meter through again. @returns false where it was not closed */
  reopen({ scope, period }: Pick<Meter, 'scope' | 'period'>): boolean {
    return this.#statements.reopen.run(scope, period).changes > 0;
  }

  /** Of an earlier attempt whose end could not be written: it counts as it was estimated. */
  #letGoOfLost(requestKey: number): void {
    if (!this.#held.has(requestKey) && !this.#wasUndone) return;
    const row = this.#statements.findHeld.get(requestKey);
    if (row?.isHeld === 1) this.release(requestKey, row.estimateNanoUsd ?? 0, false);
  }

  #close(meters: readonly MeterLimit[], words: string): void {
    for (const { scope, period, limitNanoUsd } of meters) {
      if (limitNanoUsd !== null) this.#statements.close.run(words, scope, period);
    }
  }

  /** @returns the first meter without room; null when the amount is held at all of them */
  #holdAtAll(meters: readonly MeterLimit[], amount: number): MeterLimit | null {
    const { tryReserve, change } = this.#statements;
    for (const [place, meter] of meters.entries()) {
      const { scope, period, limitNanoUsd: limit } = meter;
      if (tryReserve.run({ scope, period, limit, amount }).changes === 1) continue;
      for (const before of meters.slice(0, place)) change.run(changeOf(before, { reserved: -amount }));
      return meter;
    }
    return null;
  }

  #heldFor(requestKey: number): Held | null {
    const known = this.#held.get(requestKey);
    if (known) return known;
    const row = this.#statements.findHeld.get(requestKey);
    if (!row) return null;
    if (row.isHeld === 0) return { amount: 0, meters: [] };
    const meters: readonly MeterLimit[] = JSON.parse(row.metersJson);
    return { amount: row.amountNanoUsd, meters };
  }
}

function prepareStatements(database: Database) {
  return {
    find: database.prepare<[string, string], MeterStanding>(findMeterSql),
    insert: database.prepare(insertMeterSql),
    recount: database.prepare(recountMeterSql),
    tryReserve: database.prepare(tryReserveSql),
    change: database.prepare<[Change]>(changeSql),
    hold: database.prepare(holdSql),
    findHeld: database.prepare<[number], HeldRow>(findHeldSql),
    letGo: database.prepare(letGoSql),
    forget: database.prepare('DELETE FROM reservations WHERE requestKey = ?'),
    markRow: database.prepare('UPDATE requests SET overBound = 1 WHERE key = ?'),
    close: database.prepare('UPDATE meters SET closed = ? WHERE scope = ? AND period = ? AND closed IS NULL'),
    reopen: database.prepare('UPDATE meters SET closed = NULL WHERE scope = ? AND period = ? AND closed IS NOT NULL'),
  };
}

/** Whose spending a meter counts: its name is parted at the first colon. */
export function spendScope(name: string): SpendScope {
  const colon = name.indexOf(':');
  if (colon === -1) return { kind: 'all', of: null };
  const kinds = ['provider', 'model', 'rule', 'client'] as const;
  const kind = kinds.find((one) => one === name.slice(0, colon));
  if (!kind) throw new Error(`there is no meter ${name}`);
  return { kind, of: name.slice(colon + 1) };
}

function overBoundWords(billedNanoUsd: number, heldNanoUsd: number): string {
  return `a provider billed $${usdOfNano(billedNanoUsd)} for a request that could cost $${usdOfNano(heldNanoUsd)} at most by its price`;
}

type Counted = Partial<Pick<Change, 'reserved' | 'settled' | 'unpriced'>>;

function changeOf({ scope, period }: Pick<Meter, 'scope' | 'period'>, counted: Counted): Change {
  return { scope, period, reserved: 0, settled: 0, unpriced: 0, ...counted };
}

/** One change for each meter: where money was held it is let go, and where the request counts its cost is added. */
function changesOf(
  holding: { readonly amount: number; readonly meters: readonly Meter[] } | null,
  meters: readonly Meter[],
  counted: Counted,
): Change[] {
  const changes = meters.map((meter) => changeOf(meter, counted));
  for (const meter of holding?.meters ?? []) {
    const same = changes.find(({ scope, period }) => scope === meter.scope && period === meter.period);
    if (same) same.reserved = -(holding?.amount ?? 0);
    else changes.push(changeOf(meter, { reserved: -(holding?.amount ?? 0) }));
  }
  return changes;
}

interface LeftOver extends HeldRow {
  readonly requestKey: number;
  readonly provider: string;
  readonly model: string;
  readonly spentNanoUsd: number;
}

/**
 * Settles what the last process left reserved: what nobody will ever learn counts as it was estimated. To be called in the
 * transaction that interrupts the left-over rows, before it does.
 */
export function settleLeftOvers(database: Database): void {
  const change = database.prepare<[Change]>(changeSql);
  const write = database.prepare(interruptedCostSql);
  for (const left of database.prepare<[], LeftOver>(leftOversSql).all()) {
    const { requestKey, provider, model, amountNanoUsd, estimateNanoUsd, spentNanoUsd } = left;
    const settled = left.isHeld === 1 ? estimateNanoUsd : 0;
    const counted = { settled: settled ?? 0, unpriced: settled === null ? 1 : 0 };
    const meters: readonly Meter[] = left.isHeld === 1 ? JSON.parse(left.metersJson) : [];
    for (const meter of meters) change.run(changeOf(meter, { reserved: -amountNanoUsd, ...counted }));
    const costNanoUsd = settled === null ? null : settled + spentNanoUsd;
    const costBasis = costNanoUsd === null ? 'unknown' : 'estimated';
    write.run({ requestKey, provider, model, amountNanoUsd, costNanoUsd, costBasis });
  }
  database.prepare('DELETE FROM reservations').run();
}

/** How a meter stands; null where nothing was ever counted. */
export function prepareMeterRead(database: Database): (meter: Pick<Meter, 'scope' | 'period'>) => MeterStanding | null {
  const find = database.prepare<[string, string], MeterStanding>(findMeterSql);
  return ({ scope, period }) => find.get(scope, period) ?? null;
}

const findMeterSql = 'SELECT settledNanoUsd, reservedNanoUsd, unpriced, closed FROM meters WHERE scope = ? AND period = ?';

const insertMeterSql = `
INSERT INTO meters (scope, period, startsAtMs, endsAtMs, settledNanoUsd, unpriced)
VALUES (:scope, :period, :startsAtMs, :endsAtMs, :nanoUsd, :unpriced)`;

/** What is counted there may be more than the summaries know, as after a bill was written down anew. */
const recountMeterSql = `
UPDATE meters SET settledNanoUsd = max(settledNanoUsd, :nanoUsd), unpriced = max(unpriced, :unpriced)
WHERE scope = :scope AND period = :period`;

const tryReserveSql = `
UPDATE meters SET reservedNanoUsd = reservedNanoUsd + :amount
WHERE scope = :scope AND period = :period
  AND (:limit IS NULL OR (closed IS NULL AND settledNanoUsd + reservedNanoUsd + :amount <= :limit))`;

/** No sum goes beyond what is counted exactly. */
const changeSql = `
UPDATE meters SET
  reservedNanoUsd = min(9007199254740991, reservedNanoUsd + :reserved),
  settledNanoUsd = min(9007199254740991, settledNanoUsd + :settled),
  unpriced = unpriced + :unpriced
WHERE scope = :scope AND period = :period`;

const holdSql = `
INSERT INTO reservations (requestKey, provider, model, amountNanoUsd, estimateNanoUsd, isHeld, spentNanoUsd, metersJson)
VALUES (:requestKey, :provider, :model, :amountNanoUsd, :estimateNanoUsd, 1, 0, :metersJson)
ON CONFLICT (requestKey) DO UPDATE SET
  provider = excluded.provider, model = excluded.model, amountNanoUsd = excluded.amountNanoUsd,
  estimateNanoUsd = excluded.estimateNanoUsd, isHeld = 1, metersJson = excluded.metersJson`;

const findHeldSql = 'SELECT amountNanoUsd, estimateNanoUsd, isHeld, metersJson FROM reservations WHERE requestKey = ?';

const letGoSql = 'UPDATE reservations SET isHeld = 0, spentNanoUsd = spentNanoUsd + ? WHERE requestKey = ?';

const leftOversSql = `
SELECT requestKey, provider, model, amountNanoUsd, estimateNanoUsd, isHeld, spentNanoUsd, metersJson FROM reservations`;

const interruptedCostSql = `
UPDATE requests SET
  provider = :provider, model = :model, costNanoUsd = :costNanoUsd, costBasis = :costBasis, reservedNanoUsd = :amountNanoUsd
WHERE key = :requestKey AND state = 'started'`;
