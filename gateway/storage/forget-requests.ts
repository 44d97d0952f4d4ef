/** Takes old requests out of the log, with all that is kept beside them. What they add up to stays in the summaries. */
import type { Database } from 'better-sqlite3';

/** A request's key is its moment, or a later one where clocks have gone back: none is taken too early. */
const keysPerMillisecond = 4096;

/**
 * Prepares the statements, once for each connection that writes. The oldest requests that began before a moment go, so many at most;
 * those that run, or that no summary has yet, stay, as do those of whose copy this is so. The caller holds the transaction.
 * @returns a function that tells whether any went
 */
export function prepareForgetRequests(database: Database): (beforeMs: number, most: number) => boolean {
  const forget = database.prepare<[number, number], number>(forgetRequestsSql).pluck();
  const attempts = database.prepare<[string]>('DELETE FROM attempts WHERE requestKey IN (SELECT value FROM json_each(?))');
  const shadows = database.prepare<[string]>('DELETE FROM shadows WHERE requestKey IN (SELECT value FROM json_each(?))');
  return (beforeMs, most) => {
    const keys = forget.all(beforeMs * keysPerMillisecond, most);
    if (keys.length === 0) return false;
    const list = JSON.stringify(keys);
    attempts.run(list);
    shadows.run(list);
    return true;
  };
}

/** Its plan is asserted by a test: from the log's beginning, no further than it must. */
export const forgetRequestsSql = `
DELETE FROM requests WHERE key IN (
  SELECT key FROM requests
  WHERE key < ? AND usageWrite <= (SELECT written FROM usageMark) AND NOT EXISTS (
    SELECT 1 FROM shadows WHERE requestKey = requests.key AND coalesce(usageWrite > (SELECT written FROM usageMark), 1)
  )
  ORDER BY key LIMIT ?
)
RETURNING key`;
