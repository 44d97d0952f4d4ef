/** Puts requests that just happened into a list that is shown, newest first. Pure. */
import type { RequestItem } from '../../gateway/contract/records.ts';
import { matchesQuery } from '../../gateway/contract/requests/matches-query.ts';
import type { QueryTerm } from '../../gateway/contract/requests/query-terms.ts';

/** What is final stays: an older "it runs" never takes its place. */
function newer(known: RequestItem | undefined, incoming: RequestItem): RequestItem {
  return known && known.state !== 'started' && incoming.state === 'started' ? known : incoming;
}

/** Of several reports about one request only the last word counts. */
export function latestById(reports: readonly RequestItem[]): ReadonlyMap<string, RequestItem> {
  const latest = new Map<string, RequestItem>();
  for (const item of reports) latest.set(item.id, newer(latest.get(item.id), item));
  return latest;
}

/**
 * Merges reports into a list. Rows keep their places; ids grow with time, so they are the order.
 * @param after only requests after this id belong to the list; null takes all
 */
export function mergeRequests(
  items: readonly RequestItem[],
  reports: readonly RequestItem[],
  terms: readonly QueryTerm[],
  after: string | null = null,
): readonly RequestItem[] {
  const latest = new Map(latestById(reports));
  const kept: RequestItem[] = [];
  for (const item of items) {
    const now = newer(item, latest.get(item.id) ?? item);
    latest.delete(item.id);
    if (matchesQuery(now, terms)) kept.push(now);
  }
  const added = [...latest.values()].filter((item) => matchesQuery(item, terms) && (after === null || item.id > after));
  if (added.length === 0) return kept;
  return [...added, ...kept].sort((one, other) => (one.id < other.id ? 1 : -1));
}
