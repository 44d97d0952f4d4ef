/** Usage over a range: the figures of each metric, a chart, and a table of the same groups with their sum. */
import { ChartColumnStacked, Table2 } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { UsageAnswer } from '../../../gateway/contract/money/usage.ts';
import { classNames } from '../../components/class-names.ts';
import { Button } from '../../components/button.tsx';
import { copiesWords, unpricedWords } from '../../components/money-words.ts';
import { Link } from '../../components/link.tsx';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { useUsage } from '../../stores/usage.ts';
import { GroupTable } from './group-table.tsx';
import { IntervalTable } from './interval-table.tsx';
import { metricFacts } from './metrics.ts';
import { askOf, metrics, noFilter, readView, type UsageView } from './usage-address.ts';
import { UsageControls } from './usage-controls.tsx';

/** The chart's package is larger than the rest of the screen. */
const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }));

/** The day, which ranges follow: at midnight they move on. */
function useDayMs(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNowMs((before) => (new Date(before).getDate() === new Date().getDate() ? before : Date.now()));
    }, 20_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

export function SpendingView() {
  const nowMs = useDayMs();
  const view = readView(useQuery(), nowMs);
  const { value, error, retry } = useUsage(askOf(view));
  return (
    <div className="grid content-start gap-4">
      <UsageControls view={view} answer={value} />
      {value === null ? (
        error === null ? (
          <Waiting />
        ) : (
          <div className="grid h-96 rounded-md border border-line bg-raised">
            <ErrorNotice title="The usage could not be read" message={error} onRetry={retry} />
          </div>
        )
      ) : (
        <>
          <ErrorLine message={error === null ? null : `These figures could not be read anew: ${error}`} />
          <Figures view={view} answer={value} nowMs={nowMs} />
        </>
      )}
    </div>
  );
}

/** Keeps the room of what is to come. */
function Waiting() {
  return (
    <div className="grid gap-4">
      <div className="h-14 animate-pulse rounded-md bg-line" aria-hidden />
      <SkeletonRows rows={9} className="h-80 rounded-md border border-line bg-raised" />
      <SkeletonRows rows={4} className="rounded-md border border-line bg-raised" />
    </div>
  );
}

interface FiguresProps {
  readonly view: UsageView;
  readonly answer: UsageAnswer;
  readonly nowMs: number;
}

function Figures({ view, answer, nowMs }: FiguresProps) {
  const route = useRoute();
  if (answer.total.requests + answer.total.copies === 0) return <Nothing filtered={Object.keys(view.filter).length > 0} />;
  const { name, unit, amount } = metricFacts[view.metric];
  const Icon = view.asTable ? ChartColumnStacked : Table2;
  return (
    <>
      <MetricChoice view={view} answer={answer} />
      <Unpriced answer={answer} />
      <Copies answer={answer} />
      <section aria-label={`${name} over time`} className="grid gap-1 rounded-md border border-line bg-raised p-2">
        <div className="flex min-h-8 items-center justify-between gap-2 pl-2">
          <p className="text-soft text-xs">{unit}</p>
          {amount === null ? null : (
            <Button
              look="quiet"
              icon={<Icon aria-hidden className="size-4" />}
              onClick={() => navigate(withQuery(route, { as: view.asTable ? null : 'table' }), { replace: true })}
            >
              {view.asTable ? 'As a chart' : 'As a table'}
            </Button>
          )}
        </div>
        {view.asTable && amount !== null ? (
          <IntervalTable view={view} answer={answer} nowMs={nowMs} />
        ) : (
          <Suspense fallback={<SkeletonRows rows={8} className="h-[284px]" />}>
            <UsageChart view={view} answer={answer} nowMs={nowMs} />
          </Suspense>
        )}
      </section>
      <GroupTable view={view} answer={answer} />
    </>
  );
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  const clear = () => navigate(withQuery(useRoute.getState(), noFilter), { replace: true });
  return (
    <div className="grid h-96 rounded-md border border-line bg-raised">
      <EmptyNotice
        icon={ChartColumnStacked}
        title={filtered ? 'Nothing fits these filters in this range' : 'Nothing was asked in this range'}
        action={
          filtered ? (
            <Button onClick={clear}>Clear the filters</Button>
          ) : (
            <Button onClick={() => navigate('/')}>Connect a program</Button>
          )
        }
      >
        Every request is counted here by its provider, model, key, task and rule, also when its row has long gone.
      </EmptyNotice>
    </div>
  );
}

/** Each metric with its figure over the whole range; one is shown below. */
function MetricChoice({ view, answer }: { readonly view: UsageView; readonly answer: UsageAnswer }) {
  const route = useRoute();
  return (
    <ul aria-label="What is shown" className="grid grid-cols-7 divide-x divide-line rounded-md border border-line bg-raised">
      {metrics.map((metric) => {
        const { name, total } = metricFacts[metric];
        const isShown = metric === view.metric;
        return (
          <li key={metric} className="min-w-0">
            <Link
              to={withQuery(route, { metric })}
              aria-current={isShown ? 'true' : undefined}
              className={classNames('block px-3 py-1.5', isShown ? 'bg-accent-ground' : 'hover:bg-ground')}
            >
              <span className={classNames('block truncate text-xs', isShown ? 'text-accent' : 'text-soft')}>{name}</span>
              <span className="block truncate font-semibold text-base">{total(answer.total)}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** What of the money no program asked for. */
function Copies({ answer: { total } }: { readonly answer: UsageAnswer }) {
  const words = copiesWords(total);
  if (words === '') return null;
  return (
    <p className="px-3 text-soft">
      Spend holds {words}, which rules sent to other targets to compare. All other figures are of requests alone, and no key pays
      for copies.
    </p>
  );
}

/** What no sum of money holds. */
function Unpriced({ answer: { total } }: { readonly answer: UsageAnswer }) {
  const words = unpricedWords(total);
  if (words === '') return null;
  return (
    <p className="rounded-md bg-warn-ground px-3 py-1.5">
      Without a known price, and in no sum of money: {words}.{' '}
      <Link to="/usage?view=prices&show=unknown" className="font-medium text-accent underline underline-offset-2">
        Set prices
      </Link>
    </p>
  );
}
