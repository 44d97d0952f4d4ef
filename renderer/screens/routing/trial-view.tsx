/** Try a request: typed or from the log, by what is in force and, where there is one, by the draft beside it. */
import { FlaskConical, Inbox, ListTree, Pencil } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { RequestItem } from '../../../gateway/contract/records.ts';
import { Button } from '../../components/button.tsx';
import { Link } from '../../components/link.tsx';
import { classNames } from '../../components/class-names.ts';
import { formatTime, unknown } from '../../components/formats.ts';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { RequestStateBadge } from '../../components/state-badge.tsx';
import type { Question } from '../../stores/explain.ts';
import { recentRequests } from '../../stores/requests.ts';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { TraceComparison } from './trace-comparison.tsx';
import { TrialFields } from './trial-fields.tsx';
import { emptyTrial, type TrialDraft } from './trial-form.ts';

/** What was typed stays while a person goes to the rules and back. */
let kept: { readonly draft: TrialDraft; readonly asked: Question | null } = { draft: emptyTrial, asked: null };

let place = '/routing?view=try';

/** The way back to the request that was tried last. */
export const trialPlace = (): string => place;

const go = (changes: Readonly<Record<string, string | null>>) =>
  navigate(withQuery(useRoute.getState(), changes), { replace: true });

export function TrialView() {
  const query = useQuery();
  const picked = query.get('request');
  const fromLog = picked !== null || query.get('from') === 'log';
  useEffect(() => {
    place = withQuery(useRoute.getState(), {});
  });
  const [draft, setDraft] = useState(kept.draft);
  const [asked, setAsked] = useState(kept.asked);
  const answer = useRef<HTMLDivElement>(null);
  const keep = (next: TrialDraft) => {
    kept = { ...kept, draft: next };
    setDraft(next);
  };
  const ask = (question: Question) => {
    kept = { ...kept, asked: question };
    setAsked(question);
    // In a small window the answer stands below the form.
    requestAnimationFrame(() => answer.current?.scrollIntoView({ block: 'start' }));
  };
  const question: Question | null = fromLog ? (picked === null ? null : { id: picked, at: 'now' }) : asked;
  return (
    <div className="@container">
      <div className="grid gap-6 @min-[960px]:grid-cols-[320px_minmax(0,1fr)]">
        <div className="grid content-start gap-3">
          <div role="group" aria-label="Which request" className="flex gap-2">
            <Source
              pressed={!fromLog}
              icon={<Pencil aria-hidden className="size-4" />}
              onClick={() => go({ from: null, request: null })}
            >
              Write one
            </Source>
            <Source pressed={fromLog} icon={<ListTree aria-hidden className="size-4" />} onClick={() => go({ from: 'log' })}>
              From the log
            </Source>
          </div>
          {fromLog ? <LogPicker picked={picked} /> : <TrialFields draft={draft} onDraft={keep} onAsk={ask} />}
        </div>
        <div ref={answer} className="grid min-w-0 scroll-mt-4 content-start">
          {question ? (
            <TraceComparison question={question} />
          ) : (
            <EmptyNotice icon={FlaskConical} title="See where a request would go">
              {fromLog
                ? 'Choose a request of the log: it is decided again, as of now.'
                : 'Say which model it asks for. Every candidate is shown, why it is chosen or refused, and what would change it.'}
            </EmptyNotice>
          )}
        </div>
      </div>
    </div>
  );
}

interface SourceProps {
  readonly pressed: boolean;
  readonly icon: React.ReactNode;
  readonly onClick: () => void;
  readonly children: string;
}

function Source({ pressed, icon, onClick, children }: SourceProps) {
  return (
    <Button
      aria-pressed={pressed}
      icon={icon}
      onClick={onClick}
      className="flex-1 aria-pressed:border-accent aria-pressed:bg-accent-ground aria-pressed:text-accent"
    >
      {children}
    </Button>
  );
}

function LogPicker({ picked }: { readonly picked: string | null }) {
  const { phase, items, error } = useStore(recentRequests.store);
  if (phase === 'loading') return <SkeletonRows rows={6} />;
  if (phase === 'failed') {
    return (
      <ErrorNotice title="The requests could not be read" message={error ?? ''} onRetry={() => void recentRequests.load()} />
    );
  }
  if (items.length === 0) {
    return (
      <EmptyNotice icon={Inbox} title="No requests yet">
        Once a program has asked something, its requests can be tried here.
      </EmptyNotice>
    );
  }
  const isShown = picked === null || items.some(({ id }) => id === picked);
  return (
    <div className="grid gap-2">
      {isShown ? null : <p className="text-soft wrap-anywhere">Trying {picked}, which is older than those listed.</p>}
      <ul
        aria-label="Latest requests"
        className="grid max-h-56 content-start divide-y divide-line overflow-y-auto rounded-md border border-line bg-raised @min-[960px]:max-h-[calc(100vh-312px)]"
      >
        {items.map((item) => (
          <Picked key={item.id} item={item} active={item.id === picked} />
        ))}
      </ul>
      <p className="text-soft">
        Older ones are under{' '}
        <Link to="/requests" className="font-medium text-accent hover:underline">
          Requests
        </Link>
        : each can be tried from its own page.
      </p>
    </div>
  );
}

function Picked({ item, active }: { readonly item: RequestItem; readonly active: boolean }) {
  const target = item.provider === null ? unknown : `${item.provider}/${item.model ?? ''}`;
  return (
    <li>
      <button
        type="button"
        aria-current={active ? 'true' : undefined}
        onClick={() => go({ request: item.id, from: null })}
        className={classNames(
          'grid w-full gap-0.5 px-3 py-1.5 text-left focus-visible:-outline-offset-2',
          active ? 'bg-accent-ground' : 'hover:bg-ground',
        )}
      >
        <span className="flex min-w-0 items-center gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">{item.requestedModel}</span>
          <span className="shrink-0 text-soft text-xs">{formatTime(item.startedAtMs, Date.now())}</span>
        </span>
        <span className="flex min-w-0 items-center gap-2 text-xs">
          <span className="flex shrink-0">
            <RequestStateBadge state={item.state} />
          </span>
          <span className="min-w-0 truncate text-soft">
            {target}
            {item.clientName === null ? '' : `, ${item.clientName}`}
          </span>
        </span>
      </button>
    </li>
  );
}
