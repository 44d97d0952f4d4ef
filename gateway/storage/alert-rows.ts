/** Alerts and what became of sending them: kept once by their id, so that nothing is told twice, whatever restarts or clocks do. */
import type { Database } from 'better-sqlite3';
import type { Alert } from '../contract/money/alert.ts';
import type { Delivery, DeliveryTry, LastTry } from '../contract/money/delivery.ts';

/** An alert to keep. Nothing is kept of one whose id is there. */
export interface AlertWrite {
  readonly alert: Alert;
  /** Ids that need no telling from now on. */
  readonly passedOver: readonly string[];
  /** Where it is to be sent. */
  readonly urls: readonly string[];
}

export interface AlertWrites {
  /** @returns whether its id is new */
  raise(write: AlertWrite): boolean;
  /** @returns whether nobody had seen it */
  see(id: string, atMs: number): boolean;
  noteTry(tried: DeliveryTry): boolean;
  /** Makes due what waits for this URL. */
  hasten(url: string, nowMs: number): boolean;
  /** Takes away what is older. */
  forget(beforeMs: number): boolean;
}

/** Prepares the statements, once for each connection that writes. */
export function prepareAlertWrites(database: Database): AlertWrites {
  const insert = database.prepare(insertSql);
  const insertDelivery = database.prepare<[string, string, number]>(
    'INSERT INTO alertDeliveries (alertId, url, nextTryAtMs) VALUES (?, ?, ?)',
  );
  const see = database.prepare<[number, string]>(
    'UPDATE alerts SET seenAtMs = ? WHERE id = ? AND isTold = 1 AND seenAtMs IS NULL',
  );
  const noteTry = database.prepare(noteTrySql);
  const hasten = database.prepare<[number, string, number]>(
    'UPDATE alertDeliveries SET nextTryAtMs = ? WHERE url = ? AND nextTryAtMs > ?',
  );
  const forget = database.prepare<[number]>('DELETE FROM alerts WHERE atMs < ?');
  const forgetDeliveries = database.prepare('DELETE FROM alertDeliveries WHERE alertId NOT IN (SELECT id FROM alerts)');
  return {
    raise({ alert, passedOver, urls }) {
      const { budget, seenAtMs: _, ...rest } = alert;
      const row = { ...rest, budgetId: budget?.id ?? null, budgetName: budget?.name ?? null };
      if (insert.run({ ...row, isTold: 1 }).changes === 0) return false;
      for (const id of passedOver) insert.run({ ...row, id, isTold: 0 });
      for (const url of urls) insertDelivery.run(alert.id, url, alert.atMs);
      return true;
    },
    see: (id, atMs) => see.run(atMs, id).changes > 0,
    noteTry: (tried) => noteTry.run(tried).changes > 0,
    hasten: (url, nowMs) => hasten.run(nowMs, url, nowMs).changes > 0,
    forget(beforeMs) {
      if (forget.run(beforeMs).changes === 0) return false;
      forgetDeliveries.run();
      return true;
    },
  };
}

export interface AlertReads {
  /** Newest first, what was told. */
  list(limit: number): Alert[];
  /** What is to be tried now, the oldest first. */
  due(nowMs: number, limit: number): Delivery[];
  /** When the next delivery is to be tried; null when there is none. */
  nextTryAt(): number | null;
  lastTries(): LastTry[];
}

type AlertRow = Omit<Alert, 'budget'> & { readonly budgetId: string | null; readonly budgetName: string | null };

/** Prepares the questions, once for each connection. */
export function prepareAlertReads(database: Database): AlertReads {
  const list = database.prepare<[number], AlertRow>(listSql);
  const due = database.prepare<[number, number, number], AlertRow & { readonly url: string; readonly tries: number }>(dueSql);
  const next = database.prepare<[], number | null>(nextTrySql).pluck();
  const lastTries = database.prepare<[], LastTry & { readonly latest: number }>(lastTriesSql);
  return {
    list: (limit) => list.all(limit).map(alertOf),
    due: (nowMs, limit) =>
      due.all(nowMs, nowMs + longestWaitMs, limit).map(({ url, tries, ...row }) => ({ alert: alertOf(row), url, tries })),
    nextTryAt: () => next.get() ?? null,
    lastTries: () => lastTries.all().map(({ latest: _, ...tried }) => tried),
  };
}

function alertOf({ budgetId, budgetName, ...row }: AlertRow): Alert {
  return { ...row, budget: budgetId === null ? null : { id: budgetId, name: budgetName ?? '' } };
}

/** A try that is further away was set by a clock that has gone back since: it is due. */
const longestWaitMs = 24 * 3_600_000;

const insertSql = `
INSERT INTO alerts (id, kind, atMs, message, budgetId, budgetName, share, isTold)
VALUES (:id, :kind, :atMs, :message, :budgetId, :budgetName, :share, :isTold)
ON CONFLICT (id) DO NOTHING`;

const noteTrySql = `
UPDATE alertDeliveries SET tries = :tries, triedAtMs = :triedAtMs, nextTryAtMs = :nextTryAtMs, problem = :problem
WHERE alertId = :alertId AND url = :url`;

/** The plans of these are asserted by a test. */
export const listSql = `
SELECT id, kind, atMs, message, budgetId, budgetName, share, seenAtMs FROM alerts WHERE isTold = 1 ORDER BY atMs DESC LIMIT ?`;

export const dueSql = `
SELECT id, kind, atMs, message, budgetId, budgetName, share, seenAtMs, url, tries
FROM alertDeliveries JOIN alerts ON alerts.id = alertDeliveries.alertId
WHERE nextTryAtMs IS NOT NULL AND (nextTryAtMs <= ? OR nextTryAtMs > ?) ORDER BY nextTryAtMs LIMIT ?`;

export const nextTrySql = 'SELECT min(nextTryAtMs) FROM alertDeliveries WHERE nextTryAtMs IS NOT NULL';

/** SQLite takes the other columns from the row that holds the greatest. */
const lastTriesSql = `
SELECT url, tries, nextTryAtMs, problem, max(triedAtMs) AS latest FROM alertDeliveries WHERE triedAtMs IS NOT NULL GROUP BY url`;
