/** One request as a row of a table. Every string is shown as text: clients and providers write some of them. */
import { ListX, Split } from 'lucide-react';
import { type KeyboardEvent, memo, type Ref } from 'react';
import type { RequestItem } from '../../gateway/contract/records.ts';
import { classNames } from './class-names.ts';
import { formatCost, formatDuration, formatElapsed, formatLost, formatTime, formatUsage, unknown } from './formats.ts';
import { Link } from './link.tsx';
import { RequestStateBadge } from './state-badge.tsx';
import { useNow } from './use-now.ts';

export const rowHeight = 32;
/** The columns of header and rows alike. */
export const columns =
  'grid grid-cols-[88px_136px_minmax(0,3fr)_minmax(0,1fr)_136px_84px_76px_92px] items-center gap-x-3 px-3 @max-[820px]:grid-cols-[92px_100px_minmax(0,1fr)_112px_76px_64px] @max-[820px]:[&>.wide]:hidden';

interface RequestRowProps {
  readonly item: RequestItem;
  readonly to: string;
  /** Its place in the whole list, from 1. */
  readonly index: number;
  readonly top: number;
  readonly active: boolean;
  /** Is this the row that the Tab key goes to? */
  readonly tabbable: boolean;
  readonly onKeyDown: (event: KeyboardEvent, id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly linkRef?: Ref<HTMLAnchorElement> | undefined;
}

/** What it became, or what went wrong. */
export function detailOf({ requestedModel, provider, model, status, errorMessage }: RequestItem): string {
  if (errorMessage !== null) return status === null ? errorMessage : `${status}: ${errorMessage}`;
  const target = provider === null ? '' : `${provider}/${model ?? ''}`;
  return target === requestedModel ? '' : target;
}

function Duration({ item }: { readonly item: RequestItem }) {
  const isRunning = item.state === 'started';
  const now = useNow(isRunning);
  return isRunning ? formatElapsed(now - item.startedAtMs) : formatDuration(item.durationMs);
}

/** Tokens, cost and times: drawn anew only with another item, not wherever the row moves. */
const Figures = memo(function Figures({ item }: { readonly item: RequestItem }) {
  return (
    <>
      <div role="cell" className="truncate text-right">
        {formatUsage(item.usage)}
      </div>
      <div role="cell" className={classNames('truncate text-right', item.costBasis === 'unknown' && 'text-soft')}>
        {item.state === 'started' ? unknown : formatCost(item.costUsd, item.costBasis)}
      </div>
      <div role="cell" className="wide text-right">
        {formatDuration(item.firstTokenMs)}
      </div>
      <div role="cell" className="text-right">
        <Duration item={item} />
      </div>
    </>
  );
});

/** How many fields the provider's format had no words for; the request's sheet names them. */
function LossMark({ fields }: { readonly fields: number }) {
  if (fields === 0) return null;
  return (
    <span className="inline-flex shrink-0 items-center gap-1 text-warn text-xs">
      <ListX aria-hidden className="size-3.5" />
      <span aria-hidden>
        {fields}
        <span className="@max-[820px]:hidden"> left out</span>
      </span>
      <span className="sr-only">{formatLost(fields)}</span>
    </span>
  );
}

/** The rule that decided where it went. */
function RuleMark({ rule }: { readonly rule: string | null }) {
  if (rule === null) return null;
  return (
    <span title={`By the rule ${rule}`} className="inline-flex min-w-0 max-w-40 shrink-0 items-center gap-1 text-soft text-xs">
      <Split aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">By the rule </span>
      <span className="truncate @max-[820px]:sr-only">{rule}</span>
    </span>
  );
}

export const RequestRow = memo(function RequestRow(props: RequestRowProps) {
  const { item, to, index, top, active, tabbable, onKeyDown, onFocus, linkRef } = props;
  const detail = detailOf(item);
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      data-request={item.id}
      data-state={item.state}
      className={classNames(
        columns,
        'absolute inset-x-0 top-0 h-8 border-line border-b has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:-outline-offset-2',
        active ? 'bg-accent-ground' : 'hover:bg-ground',
      )}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="cell" className="truncate">
        <Link
          ref={linkRef}
          to={to}
          tabIndex={tabbable ? 0 : -1}
          aria-current={active ? 'true' : undefined}
          onKeyDown={(event) => onKeyDown(event, item.id)}
          onFocus={() => onFocus(item.id)}
          className="outline-none after:absolute after:inset-0"
        >
          {formatTime(item.startedAtMs, Date.now())}
        </Link>
      </div>
      <div role="cell" className="flex min-w-0">
        <RequestStateBadge state={item.state} />
      </div>
      <div
        role="cell"
        className="flex min-w-0 items-center gap-2"
        title={detail ? `${item.requestedModel} · ${detail}` : item.requestedModel}
      >
        <span className="truncate">
          {item.requestedModel}
          {detail ? <span className="pl-2 text-soft">{detail}</span> : null}
        </span>
        <RuleMark rule={item.rule} />
        <LossMark fields={item.droppedFields} />
      </div>
      <div role="cell" className="wide truncate" title={item.clientName ?? undefined}>
        {item.clientName ?? unknown}
      </div>
      <Figures item={item} />
    </div>
  );
});
