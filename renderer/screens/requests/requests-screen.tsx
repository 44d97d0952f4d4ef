/** Requests: everything that was asked, live, searched by the address, with a sheet for each. */
import { Inbox, SearchX } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { readQuery, withFixedMoments } from '../../../gateway/contract/requests/query.ts';
import { classNames } from '../../components/class-names.ts';
import { Button } from '../../components/button.tsx';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { formatMoment } from '../../components/formats.ts';
import { RequestTable } from '../../components/request-table.tsx';
import { ScreenTitle } from '../../components/section.tsx';
import type { RequestList } from '../../stores/request-list.ts';
import { closeRequestList, openRequestList } from '../../stores/requests.ts';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { Histogram } from './histogram.tsx';
import { queryText, textsOf } from './query-address.ts';
import { QueryBar, showParts } from './query-bar.tsx';
import { RequestSheet } from './request-sheet.tsx';

const pageSize = 100;
/** Beyond these the oldest rows are let go; scrolling reads them again. */
const maximumRows = 5_000;

const linkTo = (id: string) => withQuery(useRoute.getState(), { request: id });
const closeSheet = () => navigate(withQuery(useRoute.getState(), { request: null }), { replace: true });

/** The list of what the address asks for, kept up to date while it is shown. A query that cannot be read asks for nothing. */
function useSearchedList() {
  const query = queryText(useQuery());
  const shown = useRef<RequestList | null>(null);
  const opened = useMemo(() => {
    const reading = readQuery(query, Date.now());
    const terms = reading.ok ? reading.terms : [];
    const list = openRequestList(terms, pageSize, maximumRows);
    // A pause outlasts the query it began with.
    if (shown.current?.store.getState().paused) list.setPaused(true);
    shown.current = list;
    const filter = reading.ok ? withFixedMoments(terms) : null;
    return { query, filter, parts: textsOf(terms), problem: reading.ok ? null : reading.message, list };
  }, [query]);
  useEffect(() => {
    if (opened.problem === null) void opened.list.load();
    return () => closeRequestList(opened.list);
  }, [opened]);
  return opened;
}

function Older({ list }: { readonly list: RequestList }) {
  const { older, nextCursor, items, searchedBackToMs } = useStore(list.store);
  const backTo = searchedBackToMs === null ? '' : formatMoment(searchedBackToMs);
  if (older === 'failed' || older === 'stopped') {
    return (
      <div className="flex flex-wrap items-center justify-center gap-4 p-3">
        {older === 'failed' ? (
          <span className="text-bad">Older requests could not be read.</span>
        ) : (
          <span className="text-soft">Searched back to {backTo}.</span>
        )}
        <Button onClick={() => void list.goOn()}>{older === 'failed' ? 'Try again' : 'Search further back'}</Button>
      </div>
    );
  }
  const words =
    nextCursor === null
      ? `That is all: ${items.length === 1 ? '1 request' : `${items.length} requests`}.`
      : searchedBackToMs === null
        ? 'Reading older requests …'
        : `Searched back to ${backTo}, going on …`;
  return (
    <p role="status" className="p-3 text-center text-soft">
      {words}
    </p>
  );
}

function Framed({ children }: { readonly children: ReactNode }) {
  return <div className="grid min-h-0 flex-1 rounded-md border border-line bg-raised">{children}</div>;
}

function NothingFound({ list, searched }: { readonly list: RequestList; readonly searched: boolean }) {
  const isWhole = useStore(list.store, ({ nextCursor }) => nextCursor === null);
  if (!searched) {
    return (
      <EmptyNotice icon={Inbox} title="No requests yet" action={<Button onClick={() => navigate('/')}>Connect a program</Button>}>
        Point a program at Gatehouse: its requests appear here while they run, with tokens, times and what went wrong.
      </EmptyNotice>
    );
  }
  if (!isWhole) {
    return (
      <div className="m-auto">
        <p className="text-center font-medium text-base">Nothing found so far</p>
        <Older list={list} />
      </div>
    );
  }
  return (
    <EmptyNotice
      icon={SearchX}
      title="No request fits this search"
      action={<Button onClick={() => showParts([])}>Clear the search</Button>}
    >
      Names are compared whole: write a star for what you leave out, as in model:gpt*.
    </EmptyNotice>
  );
}

function Body({
  list,
  searched,
  activeId,
}: {
  readonly list: RequestList;
  readonly searched: boolean;
  readonly activeId: string | null;
}) {
  const { phase, error, items } = useStore(list.store);
  const onEnd = useCallback(() => void list.loadOlder(), [list]);
  if (phase === 'loading')
    return (
      <Framed>
        <SkeletonRows rows={12} />
      </Framed>
    );
  if (phase === 'failed') {
    return (
      <Framed>
        <ErrorNotice title="The requests could not be read" message={error ?? ''} onRetry={() => void list.load()} />
      </Framed>
    );
  }
  if (items.length === 0)
    return (
      <Framed>
        <NothingFound list={list} searched={searched} />
      </Framed>
    );
  return (
    <>
      <ErrorLine message={error} />
      <RequestTable
        items={items}
        label="Requests"
        activeId={activeId}
        linkTo={linkTo}
        onEnd={onEnd}
        footer={<Older list={list} />}
      />
    </>
  );
}

function Unreadable({ message }: { readonly message: string }) {
  return (
    <Framed>
      <EmptyNotice
        icon={SearchX}
        title="This search cannot be read"
        action={<Button onClick={() => showParts([])}>Clear the search</Button>}
      >
        {message}
      </EmptyNotice>
    </Framed>
  );
}

export function RequestsScreen() {
  const { list, query, filter, parts, problem } = useSearchedList();
  const activeId = useQuery().get('request');
  return (
    <div
      className={classNames('relative flex h-full min-h-0 flex-col gap-4 p-6', activeId !== null && 'min-[1200px]:pr-[464px]')}
    >
      <ScreenTitle>Requests</ScreenTitle>
      <QueryBar query={query} parts={parts} list={list} />
      <Histogram filter={filter} parts={parts} />
      {problem === null ? <Body list={list} searched={parts.length > 0} activeId={activeId} /> : <Unreadable message={problem} />}
      {activeId === null ? null : <RequestSheet id={activeId} onClose={closeSheet} />}
    </div>
  );
}
