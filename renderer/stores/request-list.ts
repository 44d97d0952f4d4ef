/** One list of requests as a screen shows it: the pages read so far, and what happens meanwhile. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallArgument, CallOutput, RequestFilter } from '../../gateway/contract/calls.ts';
import type { RequestItem } from '../../gateway/contract/records.ts';
import { messageOf } from './message-of.ts';
import { latestById, matchesFilter, mergeRequests } from './merge-requests.ts';

export interface RequestListState {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the list could not be read. */
  readonly error: string | null;
  /** Newest first. */
  readonly items: readonly RequestItem[];
  /** Where older ones begin; null when there are none. */
  readonly nextCursor: string | null;
  readonly older: 'idle' | 'loading' | 'failed';
  readonly paused: boolean;
  /** New ones that wait while the list is paused. */
  readonly held: readonly RequestItem[];
}

export interface RequestList {
  readonly store: StoreApi<RequestListState>;
  /** Reads the newest page anew, as long as what is shown. */
  load(): Promise<void>;
  loadOlder(): Promise<void>;
  /** What just happened, in order. */
  report(reports: readonly RequestItem[]): void;
  setPaused(paused: boolean): void;
}

export interface RequestListOptions {
  readonly ask: (input: CallArgument<'requests.list'>) => Promise<CallOutput<'requests.list'>>;
  readonly filter: RequestFilter;
  readonly pageSize: number;
  /** Rows kept in memory; beyond them the oldest are let go and can be read again. */
  readonly maximum: number;
}

const largestPage = 500;
const empty: RequestListState = {
  phase: 'loading',
  error: null,
  items: [],
  nextCursor: null,
  older: 'idle',
  paused: false,
  held: [],
};

export function createRequestList(options: RequestListOptions): RequestList {
  const store = createStore<RequestListState>(() => empty);
  /** Reports that came while a page was on its way: the page may be older than they are. */
  let meanwhile: RequestItem[] = [];
  let turn = 0;

  const read = (cursor: string | null, limit: number) =>
    options.ask({ filter: options.filter, cursor, limit: Math.min(limit, largestPage) });

  const load = async (): Promise<void> => {
    turn += 1;
    const mine = turn;
    meanwhile = [];
    try {
      const { items, nextCursor } = await read(null, Math.max(options.pageSize, store.getState().items.length));
      if (mine !== turn) return;
      const merged = mergeRequests(items, meanwhile, options.filter);
      store.setState({ phase: 'ready', error: null, items: merged, nextCursor, older: 'idle', held: [] });
    } catch (error) {
      if (mine === turn)
        store.setState({ phase: store.getState().items.length > 0 ? 'ready' : 'failed', error: messageOf(error) });
    }
  };

  const loadOlder = async (): Promise<void> => {
    const { nextCursor, older } = store.getState();
    if (nextCursor === null || older === 'loading') return;
    const mine = turn;
    store.setState({ older: 'loading' });
    try {
      const page = await read(nextCursor, options.pageSize);
      if (mine !== turn) return;
      const items = mergeRequests(store.getState().items, page.items, options.filter);
      store.setState({ items, nextCursor: page.nextCursor, older: 'idle' });
    } catch {
      if (mine === turn) store.setState({ older: 'failed' });
    }
  };

  return {
    store,
    load,
    loadOlder,
    report(reports) {
      meanwhile.push(...reports);
      store.setState((state) => (state.phase === 'ready' ? afterReports(state, reports, options) : state));
    },
    setPaused(paused) {
      store.setState((state) => afterReports({ ...state, paused, held: [] }, state.held, options));
    },
  };
}

function afterReports(state: RequestListState, reports: readonly RequestItem[], options: RequestListOptions): RequestListState {
  const { filter, maximum } = options;
  // What lies beyond the last page read is not ours to show yet.
  const after = state.nextCursor === null ? null : (state.items.at(-1)?.id ?? null);
  if (!state.paused) return cut({ ...state, items: mergeRequests(state.items, reports, filter, after) }, maximum);
  const shown = new Set(state.items.map(({ id }) => id));
  const items = mergeRequests(
    state.items,
    reports.filter(({ id }) => shown.has(id)),
    filter,
    after,
  );
  const waiting = latestById([...state.held, ...reports.filter(({ id }) => !shown.has(id))]);
  const held = [...waiting.values()].filter((item) => matchesFilter(item, filter));
  return { ...state, items, held: held.slice(-maximum) };
}

/** A request's id is also the cursor that goes on after it. */
function cut(state: RequestListState, maximum: number): RequestListState {
  if (state.items.length <= maximum * 1.1) return state;
  const items = state.items.slice(0, maximum);
  return { ...state, items, nextCursor: items.at(-1)?.id ?? null };
}
