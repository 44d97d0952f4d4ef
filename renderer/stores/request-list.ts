/** One list of requests as a screen shows it: the pages read so far, and what happens meanwhile. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallArgument, CallOutput } from '../../gateway/contract/calls.ts';
import type { RequestItem } from '../../gateway/contract/records.ts';
import { matchesQuery } from '../../gateway/contract/requests/matches-query.ts';
import { withFixedMoments } from '../../gateway/contract/requests/query.ts';
import type { QueryTerm } from '../../gateway/contract/requests/query-terms.ts';
import { messageOf } from './message-of.ts';
import { latestById, mergeRequests } from './merge-requests.ts';

export interface RequestListState {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the list could not be read. */
  readonly error: string | null;
  /** Newest first. */
  readonly items: readonly RequestItem[];
  /** Where older ones begin; null when there are none. */
  readonly nextCursor: string | null;
  /** How far a search has looked that has not found a page yet, in milliseconds since 1970. */
  readonly searchedBackToMs: number | null;
  /** `stopped`: a search has looked far enough to ask whether it should go on. */
  readonly older: 'idle' | 'loading' | 'stopped' | 'failed';
  readonly paused: boolean;
  /** New ones that wait while the list is paused. */
  readonly held: readonly RequestItem[];
}

export interface RequestList {
  readonly store: StoreApi<RequestListState>;
  /** Reads the newest page anew, as long as what is shown. */
  load(): Promise<void>;
  /** Reads on, unless a search has stopped. */
  loadOlder(): Promise<void>;
  /** Goes on with a search that has stopped, or with what failed. */
  goOn(): Promise<void>;
  /** What just happened, in order. */
  report(reports: readonly RequestItem[]): void;
  setPaused(paused: boolean): void;
}

export interface RequestListOptions {
  readonly ask: (input: CallArgument<'requests.list'>) => Promise<CallOutput<'requests.list'>>;
  readonly terms: readonly QueryTerm[];
  readonly pageSize: number;
  /** Rows kept in memory; beyond them the oldest are let go and can be read again. */
  readonly maximum: number;
}

const largestPage = 500;
/** A search for what is rare goes on by itself for so many answers, a fraction of a second each. */
const answersInARow = 20;
const empty: RequestListState = {
  phase: 'loading',
  error: null,
  items: [],
  nextCursor: null,
  searchedBackToMs: null,
  older: 'idle',
  paused: false,
  held: [],
};

export function createRequestList(options: RequestListOptions): RequestList {
  const store = createStore<RequestListState>(() => empty);
  const filter = withFixedMoments(options.terms);
  /** Reports that came while a page was on its way: the page may be older than they are. */
  let meanwhile: RequestItem[] = [];
  let turn = 0;

  const read = (cursor: string | null, limit: number) => options.ask({ filter, cursor, limit: Math.min(limit, largestPage) });

  const load = async (): Promise<void> => {
    turn += 1;
    const mine = turn;
    meanwhile = [];
    try {
      const page = await read(null, Math.max(options.pageSize, store.getState().items.length));
      if (mine !== turn) return;
      const items = mergeRequests(page.items, meanwhile, options.terms);
      store.setState({ phase: 'ready', error: null, items, older: 'idle', held: [], ...endOf(page) });
    } catch (error) {
      if (mine === turn)
        store.setState({ phase: store.getState().items.length > 0 ? 'ready' : 'failed', error: messageOf(error) });
      return;
    }
    if (store.getState().searchedBackToMs !== null) await goOn();
  };

  const goOn = async (): Promise<void> => {
    const { nextCursor, older, items } = store.getState();
    if (nextCursor === null || older === 'loading') return;
    const mine = turn;
    store.setState({ older: 'loading' });
    try {
      await readOn(store, items.length + options.pageSize, options.terms, async (cursor) => {
        const page = await read(cursor, options.pageSize);
        return mine === turn ? page : null;
      });
    } catch {
      if (mine === turn) store.setState({ older: 'failed' });
    }
  };

  return {
    store,
    load,
    goOn,
    async loadOlder() {
      if (store.getState().older === 'idle') await goOn();
    },
    report(reports) {
      meanwhile.push(...reports);
      store.setState((state) => (state.phase === 'ready' ? afterReports(state, reports, options) : state));
    },
    setPaused(paused) {
      store.setState((state) => afterReports({ ...state, paused, held: [] }, state.held, options));
    },
  };
}

/**
 * Reads on until so many rows are there, the log is at its end, or the search has gone on for long enough.
 * @param read answers null when the list was read anew meanwhile
 */
async function readOn(
  store: StoreApi<RequestListState>,
  wanted: number,
  terms: readonly QueryTerm[],
  read: (cursor: string) => Promise<CallOutput<'requests.list'> | null>,
): Promise<void> {
  for (let answers = 0; answers < answersInARow; answers += 1) {
    const { nextCursor, items } = store.getState();
    if (nextCursor === null || items.length >= wanted) break;
    const page = await read(nextCursor);
    if (page === null) return;
    store.setState({ items: mergeRequests(store.getState().items, page.items, terms), ...endOf(page) });
  }
  store.setState({ older: store.getState().searchedBackToMs === null ? 'idle' : 'stopped' });
}

function endOf({ nextCursor, searchedBackToMs }: CallOutput<'requests.list'>) {
  return { nextCursor, searchedBackToMs: searchedBackToMs ?? null };
}

function afterReports(state: RequestListState, reports: readonly RequestItem[], options: RequestListOptions): RequestListState {
  const { terms, maximum } = options;
  // What lies beyond the last page read is not ours to show yet: a cursor is the id that is read on from.
  const after = state.nextCursor;
  if (!state.paused) return cut({ ...state, items: mergeRequests(state.items, reports, terms, after) }, maximum);
  const shown = new Set(state.items.map(({ id }) => id));
  const items = mergeRequests(
    state.items,
    reports.filter(({ id }) => shown.has(id)),
    terms,
    after,
  );
  const waiting = latestById([...state.held, ...reports.filter(({ id }) => !shown.has(id))]);
  const held = [...waiting.values()].filter((item) => matchesQuery(item, terms));
  return { ...state, items, held: held.slice(-maximum) };
}

/** A request's id is also the cursor that goes on after it. */
function cut(state: RequestListState, maximum: number): RequestListState {
  if (state.items.length <= maximum * 1.1) return state;
  const items = state.items.slice(0, maximum);
  return { ...state, items, nextCursor: items.at(-1)?.id ?? null, searchedBackToMs: null, older: 'idle' };
}
