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
  /** Lets a meter through again that was closed. False where it was not. */
  reopen(meter: Pick<Meter, 'scope' | 'period'>): Promise<boolean>;
}

export function ledgerStorage(writer: Writer, database: Database, summaries: UsageSummaries): LedgerStorage {
  const read = prepareMeterRead(database);
  const spendSince = prepareSpendSince(database, summaries);
  return {
    standing(meter) {
      writer.flush();
      const known = read(meter);
      if (known) return known;
      const { nanoUsd, unpriced } = spendSince(spendScope(meter.scope), meter.startsAtMs, meter.endsAtMs);
      return { settledNanoUsd: nanoUsd, reservedNanoUsd: 0, unpriced, closed: null };
    },
    reopen: (meter) => writer.apply({ kind: 'reopen', meter }),
  };
}
