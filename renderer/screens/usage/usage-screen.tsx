/** Usage: what was asked and what it cost, the budgets, the prices, and what was warned of. */
import { PartsNavigation } from '../../components/parts-navigation.tsx';
import { ScreenTitle } from '../../components/section.tsx';
import { useUnseenAlerts } from '../../stores/money.ts';
import { useQuery } from '../../stores/route.ts';
import { AlertsView } from './alerts-view.tsx';
import { BudgetsView } from './budgets-view.tsx';
import { PricesView } from './prices-view.tsx';
import { SpendingView } from './spending-view.tsx';

const views = [
  ['usage', 'Usage', SpendingView],
  ['budgets', 'Budgets', BudgetsView],
  ['prices', 'Prices', PricesView],
  ['alerts', 'Alerts', AlertsView],
] as const;
type View = (typeof views)[number][0];

const addressOf = (view: View): string => (view === 'usage' ? '/usage' : `/usage?view=${view}`);

export function UsageScreen() {
  const wanted = useQuery().get('view');
  const [view, , Body] = views.find(([name]) => name === wanted) ?? views[0];
  const unseen = useUnseenAlerts().length;
  const parts = views.map(([name, label]) => [name, label, name === 'alerts' ? unseen : 0] as const);
  return (
    <div className="grid h-full min-h-0 grid-rows-[auto_minmax(0,1fr)]">
      <div className="grid gap-2 px-6 pt-6">
        <ScreenTitle>Usage</ScreenTitle>
        <PartsNavigation label="Parts of usage" parts={parts} active={view} addressOf={addressOf} />
      </div>
      <div
        key={view}
        tabIndex={0}
        role="region"
        aria-label={views.find(([name]) => name === view)?.[1]}
        className="min-h-0 overflow-y-auto px-6 py-4 focus-visible:-outline-offset-2"
      >
        <Body />
      </div>
    </div>
  );
}
