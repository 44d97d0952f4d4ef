/** Routing: the rules in their order, as a form and as a document, aliases, what a request would do, and every version so far. */
import { lazy, Suspense } from 'react';
import { classNames } from '../../components/class-names.ts';
import { ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { PartsNavigation } from '../../components/parts-navigation.tsx';
import { ScreenTitle } from '../../components/section.tsx';
import { readConfig, useGateway } from '../../stores/gateway.ts';
import { keepDraftOverReload } from '../../stores/keep-draft.ts';
import { useChecking } from '../../stores/policy-check.ts';
import { usePolicyDraft } from '../../stores/policy-draft.ts';
import { navigate, useQuery } from '../../stores/route.ts';
import { AliasesView } from './aliases-view.tsx';
import { BrokenDocument } from './broken-document.tsx';
import { DraftBar } from './draft-bar.tsx';
import { RulesView } from './rules-view.tsx';
import { TrialView, trialPlace } from './trial-view.tsx';
import { VersionsView } from './versions-view.tsx';

/** The editor is larger than all the rest of the screen: it is loaded when somebody wants it. */
const DocumentView = lazy(async () => ({ default: (await import('./document-view.tsx')).DocumentView }));

keepDraftOverReload(sessionStorage);

const views = [
  ['rules', 'Rules'],
  ['aliases', 'Aliases'],
  ['document', 'Document'],
  ['try', 'Try a request'],
  ['versions', 'Versions'],
] as const;
type View = (typeof views)[number][0];

const addressOf = (view: View): string => {
  if (view === 'try') return trialPlace();
  return view === 'rules' ? '/routing' : `/routing?view=${view}`;
};

function Body({ view }: { readonly view: View }) {
  const broken = usePolicyDraft((draft) => draft.broken !== null);
  if (broken && (view === 'rules' || view === 'aliases')) return <BrokenDocument />;
  switch (view) {
    case 'rules':
      return <RulesView />;
    case 'aliases':
      return <AliasesView />;
    case 'document':
      return (
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <DocumentView />
        </Suspense>
      );
    case 'try':
      return <TrialView />;
    case 'versions':
      return <VersionsView />;
  }
}

export function RoutingScreen() {
  const config = useGateway((state) => state.config);
  const error = useGateway((state) => state.error);
  const wanted = useQuery().get('view');
  const view = views.find(([name]) => name === wanted)?.[0] ?? 'rules';
  useChecking();
  if (!config) {
    return error ? (
      <div className="grid h-full">
        <ErrorNotice title="The rules could not be read" message={error} onRetry={() => void readConfig()} />
      </div>
    ) : (
      <SkeletonRows rows={8} className="p-6" />
    );
  }
  return (
    <div className="grid h-full min-h-0 grid-rows-[auto_minmax(0,1fr)_auto]">
      <div className="grid gap-2 px-6 pt-6">
        <ScreenTitle>Routing</ScreenTitle>
        <PartsNavigation label="Parts of routing" parts={views} active={view} addressOf={addressOf} />
      </div>
      {/* Scrolls by itself, so that the bar below stays in view; it can be reached by keyboard. */}
      <div
        key={view}
        tabIndex={0}
        role="region"
        aria-label={views.find(([name]) => name === view)?.[1]}
        className={classNames('min-h-0 overflow-y-auto px-6 py-4 focus-visible:-outline-offset-2', view === 'document' && 'grid')}
      >
        <div
          className={classNames(
            'min-h-0',
            view === 'document' ? 'grid' : view === 'rules' || view === 'aliases' ? 'grid max-w-[1080px]' : '',
          )}
        >
          <Body view={view} />
        </div>
      </div>
      <DraftBar onTry={() => navigate(trialPlace())} />
    </div>
  );
}
