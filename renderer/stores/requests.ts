/** Hands what happens to every list that is open, a few times a second and not once for each event. */
import type { RequestItem } from '../../gateway/contract/records.ts';
import type { QueryTerm } from '../../gateway/contract/requests/query-terms.ts';
import { create } from 'zustand';
import { control } from '../control.ts';
import { createRequestList, type RequestList } from './request-list.ts';

/** How long reports are gathered: quick enough to look immediate, rare enough for hundreds a second. */
const gatherMs = 80;

const open = new Set<RequestList>();
let gathered: RequestItem[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** The newest requests of all, for every screen. */
export const recentRequests = openRequestList([], 60, 60);

/** The ids of the requests that run now. */
export const useInFlight = create<{ readonly ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));

/** Opens a list that is kept up to date until it is closed. */
export function openRequestList(terms: readonly QueryTerm[], pageSize: number, maximum: number): RequestList {
  const list = createRequestList({ ask: (input) => control.call('requests.list', input), terms, pageSize, maximum });
  open.add(list);
  return list;
}

export function closeRequestList(list: RequestList): void {
  open.delete(list);
}

export function reportRequest(item: RequestItem): void {
  gathered.push(item);
  timer ??= setTimeout(handOver, gatherMs);
}

function handOver(): void {
  const reports = gathered;
  gathered = [];
  timer = undefined;
  const ids = new Set(useInFlight.getState().ids);
  for (const { id, state } of reports) {
    if (state === 'started') ids.add(id);
    else ids.delete(id);
  }
  useInFlight.setState({ ids });
  for (const list of open) list.report(reports);
}

/** Reads every open list anew. */
export async function reloadRequests(): Promise<void> {
  await Promise.all([...open].map((list) => list.load()));
  await readInFlight();
}

async function readInFlight(): Promise<void> {
  try {
    const { items } = await control.call('requests.list', { filter: 'status:running', limit: 500 });
    useInFlight.setState({ ids: new Set(items.map(({ id }) => id)) });
  } catch {
    // The lists say that the gateway does not answer; the count stays as it was.
  }
}
