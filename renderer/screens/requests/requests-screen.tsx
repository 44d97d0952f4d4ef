/** Requests: everything that was asked, live, filtered by the address, with a sheet for each. */
import { Inbox, SearchX } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { classNames } from '../../components/class-names.ts';
import { Button } from '../../components/button.tsx';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { RequestTable } from '../../components/request-table.tsx';
import { ScreenTitle } from '../../components/section.tsx';
import type { RequestList } from '../../stores/request-list.ts';
import { closeRequestList, openRequestList } from '../../stores/requests.ts';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { FilterBar } from './filter-bar.tsx';
import { noFilter, readFilter } from './request-filter.ts';
import { RequestSheet } from './request-sheet.tsx';

const pageSize = 100;
/** Beyond these the oldest rows are let go; scrolling reads them again. */
const maximumRows = 5_000;

const linkTo = (id: string) => withQuery(useRoute.getState(), { request: id });
const closeSheet = () => navigate(withQuery(useRoute.getState(), { request: null }), { replace: true });

/** The list of what the address asks for, kept up to date while it is shown. */
function useFilteredList(): { readonly list: RequestList; readonly filter: ReturnType<typeof readFilter> } {
  const filterText = JSON.stringify(readFilter(useQuery()));
  const opened = useMemo(() => {
    const filter: ReturnType<typeof readFilter> = JSON.parse(filterText);
    return { filter, list: openRequestList(filter, pageSize, maximumRows) };
  }, [filterText]);
  useEffect(() => {
    void opened.list.load();
    return () => closeRequestList(opened.list);
  }, [opened]);
  return opened;
}

function Older({ list }: { readonly list: RequestList }) {
  const { older, nextCursor, items } = useStore(list.store);
  if (older === 'failed') {
    return (
      <div className="flex items-center justify-center gap-4 p-3">
        <span className="text-bad">Older requests could not be read.</span>
        <Button onClick={() => void list.loadOlder()}>Try again</Button>
      </div>
    );
  }
  const words =
    nextCursor === null
      ? `That is all: ${items.length === 1 ? '1 request' : `${items.length} requests`}.`
      : 'Reading older requests …';
  return <p className="p-3 text-center text-soft">{words}</p>;
}

function Framed({ children }: { readonly children: ReactNode }) {
  return <div className="grid min-h-0 flex-1 rounded-md border border-line bg-raised">{children}</div>;
}

function NothingFound({ filtered }: { readonly filtered: boolean }) {
  if (!filtered) {
    return (
      <EmptyNotice icon={Inbox} title="No requests yet" action={<Button onClick={() => navigate('/')}>Connect a program</Button>}>
        Point a program at Gatehouse: its requests appear here while they run, with tokens, times and what went wrong.
      </EmptyNotice>
    );
  }
  const clear = () => navigate(withQuery(useRoute.getState(), noFilter), { replace: true });
  return (
    <EmptyNotice icon={SearchX} title="No request fits these filters" action={<Button onClick={clear}>Clear the filters</Button>}>
      A model must be written exactly as the provider names it.
    </EmptyNotice>
  );
}

function Body({
  list,
  filtered,
  activeId,
}: {
  readonly list: RequestList;
  readonly filtered: boolean;
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
        <NothingFound filtered={filtered} />
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

export function RequestsScreen() {
  const { list, filter } = useFilteredList();
  const paused = useStore(list.store, (state) => state.paused);
  const held = useStore(list.store, (state) => state.held.length);
  const activeId = useQuery().get('request');
  return (
    <div
      className={classNames('relative flex h-full min-h-0 flex-col gap-4 p-6', activeId !== null && 'min-[1200px]:pr-[464px]')}
    >
      <ScreenTitle>Requests</ScreenTitle>
      <FilterBar filter={filter} paused={paused} held={held} onPause={list.setPaused} />
      <Body list={list} filtered={Object.keys(filter).length > 0} activeId={activeId} />
      {activeId === null ? null : <RequestSheet id={activeId} onClose={closeSheet} />}
    </div>
  );
}
