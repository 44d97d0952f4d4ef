/** What keeps alerts: writes through the one writer, small reads beside it. */
import type { Database } from 'better-sqlite3';
import type { DeliveryTry } from '../contract/money/delivery.ts';
import { type AlertReads, type AlertWrite, prepareAlertReads } from './alert-rows.ts';
import { prepareSpendByHour, type SpendByHour } from './spend-since.ts';
import type { UsageSummaries } from './usage-summaries.ts';
import type { Writer } from './writer.ts';

/** Every promise resolves after the commit, and rejects with WriteFailedError. */
export interface AlertStorage extends AlertReads {
  readonly spendByHour: SpendByHour;
  /** False, and nothing is kept, when its id is there already. */
  raise(write: AlertWrite): Promise<boolean>;
  /** @returns how many of them nobody had seen */
  see(ids: readonly string[], atMs: number): Promise<number>;
  noteTry(tried: DeliveryTry): Promise<void>;
  /** Makes due what waits for this URL. */
  hasten(url: string, nowMs: number): Promise<void>;
  /** Takes away alerts that are older. */
  forget(beforeMs: number): Promise<void>;
}

export function openAlertStorage(writer: Writer, database: Database, summaries: UsageSummaries): AlertStorage {
  return {
    ...prepareAlertReads(database),
    spendByHour: prepareSpendByHour(database, summaries),
    raise: (alert) => writer.write({ type: 'raise-alert', alert }),
    see: async (ids, atMs) => {
      const seen = await Promise.all(ids.map((id) => writer.write({ type: 'see-alert', id, atMs })));
      return seen.filter(Boolean).length;
    },
    noteTry: async (tried) => {
      await writer.write({ type: 'note-delivery', tried });
    },
    hasten: async (url, nowMs) => {
      await writer.write({ type: 'hasten-deliveries', url, nowMs });
    },
    forget: async (beforeMs) => {
      await writer.write({ type: 'forget-alerts', beforeMs });
    },
  };
}
