/** Pages of the log, newest first: of all of it, or of what a query asks for, a bounded part of the log at a time. */
import type { Database } from 'better-sqlite3';
import type { RequestItem } from '../../contract/records.ts';
import type { QueryTerm } from '../../contract/requests/query-terms.ts';
import { itemOfRow, type RequestRow } from '../request-item.ts';
import { boundedRows, clauseOf, keyBounds, logColumns, preparedBy } from './search-sql.ts';

/** `beforeKey` is the key of the last item seen; null for the first page. */
export interface PageRequest {
  readonly terms: readonly QueryTerm[];
  readonly beforeKey: number | null;
  readonly limit: number;
}

export interface Page {
  readonly items: readonly RequestItem[];
  /** The key to go on from; null on the last page. */
  readonly lastKey: number | null;
  /** How far the search has looked, where it stopped before the page was full; null where it did not. */
  readonly searchedBackToMs: number | null;
}

export interface RequestSearch {
  list(page: PageRequest): Page;
}

/** Rows looked at for one page: few first, since most pages are found among them. */
const steps = [1_000, 4_000, 15_000] as const;

interface Floor {
  readonly key: number;
  readonly startedAtMs: number;
}

/** Prepares the search, once for each connection. */
export function prepareRequestSearch(database: Database): RequestSearch {
  const floorBelow = database.prepare<[number, number, number], Floor>(floorSql);
  const firstRunning = database.prepare<[], number>('SELECT fromKey FROM recoveryMark').pluck();
  const statementOf = preparedBy<RequestRow>(database);
  return {
    list({ terms, beforeKey, limit }) {
      const bounds = keyBounds(terms);
      const clause = clauseOf(terms, logColumns);
      const statement = statementOf(searchSql(clause.sql));
      const fromKey = Math.max(bounds.fromKey, bounds.isRunning ? (firstRunning.get() ?? 0) : 0);
      const found: RequestRow[] = [];
      // One row more than asked for tells whether there is another page.
      const look = (from: number, to: number): boolean => {
        for (const row of statement.all(to, from, ...clause.values, limit + 1 - found.length)) found.push(row);
        return found.length > limit;
      };
      let toKey = Math.min(beforeKey ?? Number.MAX_SAFE_INTEGER, bounds.toKey);
      let reached: Floor | undefined;
      for (const step of terms.length === 0 ? [] : steps) {
        reached = floorBelow.get(toKey, fromKey, boundedRows(step, clause) - 1);
        if (look(reached?.key ?? fromKey, toKey)) return fullPage(found, limit);
        if (!reached) return { items: found.map(itemOfRow), lastKey: null, searchedBackToMs: null };
        toKey = reached.key;
      }
      if (reached) return { items: found.map(itemOfRow), lastKey: reached.key, searchedBackToMs: reached.startedAtMs };
      return look(fromKey, toKey)
        ? fullPage(found, limit)
        : { items: found.map(itemOfRow), lastKey: null, searchedBackToMs: null };
    },
  };
}

function fullPage(found: readonly RequestRow[], limit: number): Page {
  const shown = found.slice(0, limit);
  return { items: shown.map(itemOfRow), lastKey: shown.at(-1)?.key ?? null, searchedBackToMs: null };
}

/** The row that lies so many below a key. */
export const floorSql = 'SELECT key, startedAtMs FROM requests WHERE key < ? AND key >= ? ORDER BY key DESC LIMIT 1 OFFSET ?';

const columnsSql = `
SELECT
  key, state, startedAtMs, durationMs, firstTokenMs, clientId, clients.name AS clientName, dialect, requestedModel,
  provider, model, stream, status, attempts, droppedFields, ruleName AS rule, task, inputTokens, cachedInputTokens, cacheWriteTokens,
  outputTokens, reasoningTokens, usageEstimated, costNanoUsd, costBasis, errorKind, errorMessage
FROM requests LEFT JOIN clients ON clients.id = requests.clientId
WHERE key < ? AND key >= ? AND (`;

/**
 * Between two keys, newest first, from the primary key's end: its plan is asserted by a test.
 * @param condition of constant parts (`search-sql.ts`)
 */
export function searchSql(condition: string): string {
  return [columnsSql, condition, ') ORDER BY key DESC LIMIT ?'].join('');
}
