/** The ledger as the rest of the gateway asks it: how meters stand. */
import type { Database } from 'better-sqlite3';
import type { Meter, MeterStanding } from '../contract/money/ledger.ts';
import { prepareMeterRead, spendScope } from './ledger.ts';
import { prepareSpendSince } from './spend-since.ts';
import type { UsageSummaries } from './usage-summaries.ts';
import type { Writer } from './writer.ts';

export interface LedgerStorage {
  /** How a meter stands now; one that nothing was counted in yet has what the log says of its scope and time. */
  standing(meter: Meter): MeterStanding;
  /** Before the first request under other budgets: what was not counted meanwhile is counted anew. */
  budgetsChanged(): void;
  /** Lets a meter through again that was closed. False where it was not. */
  reopen(meter: Pick<Meter, 'scope' | 'period'>): Promise<boolean>;
}

export function ledgerStorage(writer: Writer, database: Database, summaries: UsageSummaries): LedgerStorage {
  const read = prepareMeterRead(database);
  const spendSince = prepareSpendSince(database, summaries);
  const counted = new Set<string>();
  return {
    standing(meter) {
      writer.flush();
      const name = `${meter.scope} ${meter.period}`;
      const known = read(meter);
      if (known && counted.has(name)) return known;
      const { nanoUsd, unpriced } = spendSince(spendScope(meter.scope), meter.startsAtMs, meter.endsAtMs);
      if (!known) return { settledNanoUsd: nanoUsd, reservedNanoUsd: 0, unpriced, closed: null };
      const settledNanoUsd = Math.max(known.settledNanoUsd, nanoUsd);
      // From here on the ledger counts in it itself, if it is still some budget's.
      if (settledNanoUsd === known.settledNanoUsd) counted.add(name);
      return { ...known, settledNanoUsd, unpriced: Math.max(known.unpriced, unpriced) };
    },
    budgetsChanged() {
      counted.clear();
      writer.apply({ kind: 'budgets-changed' }).catch(() => undefined);
    },
    reopen: (meter) => writer.apply({ kind: 'reopen', meter }),
  };
}
