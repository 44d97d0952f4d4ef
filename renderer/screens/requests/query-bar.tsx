/** The search above the list: its field, quick parts, a chip for each part, saved views, and the pause. */
import { Bookmark, Pause, Play, X } from 'lucide-react';
import { memo, useCallback, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import type { RequestList } from '../../stores/request-list.ts';
import { navigate, useRoute, withQuery } from '../../stores/route.ts';
import { knownNames } from './known-names.ts';
import { toAddress, withoutPart, withPart } from './query-address.ts';
import { QueryField } from './query-field.tsx';
import { ViewsDialog } from './views-dialog.tsx';

/** Shows what other parts ask for. */
export function showParts(parts: readonly string[]): void {
  navigate(withQuery(useRoute.getState(), toAddress(parts)), { replace: true });
}

const quickParts = [
  ['status:running', 'Running'],
  ['status:failed', 'Failed'],
  ['since:1h', 'Last hour'],
  ['duration:>10s', 'Slow'],
] as const;

const chipLook = 'inline-flex h-6 min-w-0 items-center rounded-full border text-xs';

function QuickParts({ parts }: { readonly parts: readonly string[] }) {
  return quickParts.map(([part, word]) => {
    const isOn = parts.includes(part);
    return (
      <button
        key={part}
        type="button"
        aria-pressed={isOn}
        title={part}
        onClick={() => showParts(isOn ? withoutPart(parts, part) : withPart(parts, part))}
        className={classNames(
          chipLook,
          'px-2',
          isOn ? 'border-accent bg-accent-ground font-medium' : 'border-line text-soft hover:border-edge',
        )}
      >
        {word}
      </button>
    );
  });
}

function Chip({ part, parts }: { readonly part: string; readonly parts: readonly string[] }) {
  return (
    <li className={classNames(chipLook, 'gap-1 border-line bg-accent-ground pr-0.5 pl-2')}>
      <span title={part} className="max-w-60 truncate font-mono">
        {part}
      </span>
      <button
        type="button"
        aria-label={`Remove ${part}`}
        onClick={() => showParts(withoutPart(parts, part))}
        className="inline-flex size-5 shrink-0 items-center justify-center rounded-full hover:bg-raised"
      >
        <X aria-hidden className="size-3" />
      </button>
    </li>
  );
}

interface QueryBarProps {
  readonly query: string;
  readonly parts: readonly string[];
  readonly list: RequestList;
}

function PauseButton({ list }: { readonly list: RequestList }) {
  const paused = useStore(list.store, (state) => state.paused);
  /** New requests that wait. */
  const held = useStore(list.store, (state) => state.held.length);
  const Icon = paused ? Play : Pause;
  return (
    <Button
      aria-pressed={paused}
      icon={<Icon aria-hidden className="size-4" />}
      onClick={() => list.setPaused(!paused)}
      className="min-w-36"
    >
      {paused ? `Resume (${held} new)` : 'Pause'}
    </Button>
  );
}

/** Drawn anew with another query only, not with every request that arrives. */
export const QueryBar = memo(function QueryBar({ query, parts, list }: QueryBarProps) {
  const [viewsOpen, setViewsOpen] = useState(false);
  const known = useCallback(() => knownNames(list.store.getState().items), [list]);
  const takeBack = () => {
    const last = parts.at(-1) ?? null;
    if (last !== null) showParts(parts.slice(0, -1));
    return last;
  };
  const showView = (saved: string) => {
    setViewsOpen(false);
    navigate(withQuery(useRoute.getState(), { q: saved === '' ? null : saved }));
  };
  return (
    <div className="grid gap-2">
      <div className="flex min-w-0 items-start gap-2">
        <QueryField knownNames={known} onParts={(added) => showParts(added.reduce(withPart, parts))} onTakeBack={takeBack} />
        <Button icon={<Bookmark aria-hidden className="size-4" />} onClick={() => setViewsOpen(true)}>
          Views
        </Button>
        <PauseButton list={list} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <QuickParts parts={parts} />
        {parts.length === 0 ? null : (
          <>
            <ul aria-label="Parts of the search" className="contents">
              {parts.map((part) => (
                <Chip key={part} part={part} parts={parts} />
              ))}
            </ul>
            <button type="button" onClick={() => showParts([])} className="px-1 font-medium text-accent text-xs hover:underline">
              Clear all
            </button>
          </>
        )}
      </div>
      {viewsOpen ? <ViewsDialog query={query} onShow={showView} onClose={() => setViewsOpen(false)} /> : null}
    </div>
  );
});
