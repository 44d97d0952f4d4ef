/** Requests as a table that only draws what is in view, stays where it is while new ones arrive, and reads on at its end. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RequestItem } from '../../gateway/contract/records.ts';
import { classNames } from './class-names.ts';
import { columns, RequestRow, rowHeight } from './request-row.tsx';

interface RequestTableProps {
  /** Newest first. */
  readonly items: readonly RequestItem[];
  readonly label: string;
  readonly activeId: string | null;
  readonly linkTo: (id: string) => string;
  /** Called when the end comes into view. */
  readonly onEnd?: (() => void) | undefined;
  /** Below the last row: that older ones are on their way, or why not. */
  readonly footer?: React.ReactNode;
}

const titles = [
  ['Time', ''],
  ['State', ''],
  ['Model', ''],
  ['Program', 'wide'],
  ['Tokens in / out', 'text-right'],
  ['Cost', 'text-right'],
  ['First token', 'wide text-right'],
  ['Duration', 'text-right'],
] as const;

function Header() {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-line border-b bg-raised">
      <div role="row" aria-rowindex={1} className={classNames(columns, 'h-8 text-soft')}>
        {titles.map(([title, look]) => (
          <div key={title} role="columnheader" className={classNames('truncate', look)}>
            {title}
          </div>
        ))}
      </div>
    </div>
  );
}

/** New rows above push nothing away: what was in view stays in view, except at the very top, where the new is wanted. */
function useSteadyScroll(items: readonly RequestItem[], frame: React.RefObject<HTMLDivElement | null>): void {
  const before = useRef<readonly RequestItem[]>(items);
  useLayoutEffect(() => {
    const element = frame.current;
    const anchor = before.current[Math.floor((element?.scrollTop ?? 0) / rowHeight)];
    const from = anchor ? before.current.indexOf(anchor) : -1;
    before.current = items;
    if (!element || !anchor || element.scrollTop < rowHeight) return;
    const to = items.findIndex(({ id }) => id === anchor.id);
    if (to >= 0 && to !== from) element.scrollTop += (to - from) * rowHeight;
  }, [items, frame]);
}

/** One row is reached by Tab; the arrow keys go on from there. */
function useRowKeys(items: readonly RequestItem[], scrollTo: (index: number) => void) {
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const latest = useRef(items);
  latest.current = items;
  const onKeyDown = useCallback(
    (event: KeyboardEvent, id: string) => {
      const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
      const step = steps[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const rows = latest.current;
      const at = rows.findIndex((item) => item.id === id) + step;
      const next = rows[Math.min(Math.max(at, 0), rows.length - 1)];
      if (!next) return;
      wanted.current = next.id;
      setFocusedId(next.id);
      scrollTo(rows.indexOf(next));
    },
    [scrollTo],
  );
  const takeFocus = useCallback((link: HTMLAnchorElement | null) => {
    if (!link || wanted.current === null) return;
    wanted.current = null;
    link.focus({ preventScroll: true });
  }, []);
  const tabbableId = items.some(({ id }) => id === focusedId) ? focusedId : (items[0]?.id ?? null);
  return { onKeyDown, onFocus: setFocusedId, takeFocus, focusedId, tabbableId };
}

export function RequestTable({ items, label, activeId, linkTo, onEnd, footer }: RequestTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 6,
    scrollMargin: rowHeight,
    scrollPaddingStart: rowHeight,
    useFlushSync: false,
  });
  const { scrollToIndex } = virtual;
  const scrollTo = useCallback((index: number) => scrollToIndex(index), [scrollToIndex]);
  const keys = useRowKeys(items, scrollTo);
  useSteadyScroll(items, frame);
  const rows = virtual.getVirtualItems();
  const lastIndex = rows.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastIndex >= items.length - 10) onEnd?.();
  }, [lastIndex, items.length, onEnd]);
  return (
    <div
      ref={frame}
      className="@container min-h-0 flex-1 overflow-y-auto overflow-x-hidden rounded-md border border-line bg-raised"
    >
      <div role="table" aria-label={label} aria-rowcount={items.length + 1}>
        <Header />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {rows.map(({ index, start }) => {
            const item = items[index];
            if (!item) return null;
            return (
              <RequestRow
                key={item.id}
                item={item}
                to={linkTo(item.id)}
                index={index + 1}
                top={start - rowHeight}
                active={item.id === activeId}
                tabbable={item.id === keys.tabbableId}
                onKeyDown={keys.onKeyDown}
                onFocus={keys.onFocus}
                linkRef={item.id === keys.focusedId ? keys.takeFocus : undefined}
              />
            );
          })}
        </div>
      </div>
      {footer}
    </div>
  );
}
