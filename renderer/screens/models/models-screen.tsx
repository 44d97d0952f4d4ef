/** Models: everything that a program may ask for, and the local models with the engine that runs them. */
import { PartsNavigation } from '../../components/parts-navigation.tsx';
import { ScreenTitle } from '../../components/section.tsx';
import { useQuery } from '../../stores/route.ts';
import { AllModels } from './all-models.tsx';
import { LocalView } from './local-view.tsx';

const views = [
  ['all', 'Everything', AllModels],
  ['local', 'On this machine', LocalView],
] as const;
type View = (typeof views)[number][0];

const addressOf = (view: View): string => (view === 'all' ? '/models' : `/models?view=${view}`);

export function ModelsScreen() {
  const wanted = useQuery().get('view');
  const [view, label, Body] = views.find(([name]) => name === wanted) ?? views[0];
  const parts = views.map(([name, words]) => [name, words] as const);
  return (
    <div className="grid h-full min-h-0 grid-rows-[auto_minmax(0,1fr)]">
      <div className="grid gap-2 px-6 pt-6">
        <ScreenTitle>Models</ScreenTitle>
        <PartsNavigation label="Parts of models" parts={parts} active={view} addressOf={addressOf} />
      </div>
      {/* Positioned, so that what only a screen reader sees scrolls with it. */}
      <div
        key={view}
        tabIndex={0}
        role="region"
        aria-label={label}
        className="relative min-h-0 overflow-y-auto px-6 py-4 focus-visible:-outline-offset-2"
      >
        <Body />
      </div>
    </div>
  );
}
