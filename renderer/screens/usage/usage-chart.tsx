/** The chart of what is shown, with its legend. */
import type { UsageAnswer } from '../../../gateway/contract/money/usage.ts';
import { Swatch } from '../../charts/chart-parts.tsx';
import { restColour } from '../../charts/colours.ts';
import { GroupedBars } from '../../charts/grouped-bars.tsx';
import { type Series, StackedBars } from '../../charts/stacked-bars.tsx';
import { type MetricFacts, metricFacts } from './metrics.ts';
import type { UsageView } from './usage-address.ts';
import { groupName, pointOf, seriesOf } from './usage-data.ts';
import { useColours } from './use-colours.ts';

interface UsageChartProps {
  readonly view: UsageView;
  readonly answer: UsageAnswer;
  readonly nowMs: number;
}

const mostSeries = 9;
const mostGroups = 8;

export function UsageChart(props: UsageChartProps) {
  const { amount } = metricFacts[props.view.metric];
  return amount === null ? <Percentiles {...props} /> : <OverTime {...props} amount={amount} />;
}

function OverTime({ view, answer, nowMs, amount }: UsageChartProps & { readonly amount: NonNullable<MetricFacts['amount']> }) {
  const { name, axis, exactly } = metricFacts[view.metric];
  const colours = useColours(
    view.groupBy,
    answer.groups.map(({ id }) => id),
  );
  const series: Series[] = seriesOf(answer.groups, amount, mostSeries).map(({ group, count, values }) => ({
    id: group === null ? '\u0000rest' : group.id,
    name: group === null ? `${count} others` : groupName(group, view.groupBy),
    colour: group === null ? restColour : (colours.get(group.id) ?? restColour),
    values,
  }));
  if (series.every(({ values }) => values.every((value) => value === 0)))
    return <Empty words="Nothing but zero in this range." />;
  const points = answer.intervals.map(({ startMs }) => pointOf(view.interval, startMs, nowMs));
  return (
    <figure className="grid min-w-0 gap-2">
      <div className="h-64 min-w-0">
        <StackedBars
          label={`${name} over time. The arrow keys tell the figures; the same stands in a table.`}
          points={points}
          series={series}
          formatAxis={axis}
          formatExactly={exactly}
        />
      </div>
      <Legend items={series} />
    </figure>
  );
}

function Empty({ words }: { readonly words: string }) {
  return <p className="grid h-64 place-content-center text-soft">{words}</p>;
}

function Legend({ items }: { readonly items: readonly { readonly name: string; readonly colour: string }[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 px-2 pb-1 text-xs">
      {items.map(({ name, colour }) => (
        <li key={name} className="inline-flex min-w-0 items-center gap-1.5">
          <Swatch colour={colour} />
          <span className="max-w-56 truncate" title={name}>
            {name}
          </span>
        </li>
      ))}
    </ul>
  );
}

const percentiles = [
  ['p50', 'var(--color-accent)'],
  ['p95', 'var(--color-warn)'],
  ['p99', 'var(--color-bad)'],
] as const;

/** Times are kept as distributions of the whole range: they stand side by side, never added up. */
function Percentiles({ view, answer }: UsageChartProps) {
  const { name, axis, exactly, distribution } = metricFacts[view.metric];
  const measured = answer.groups.flatMap((group) => {
    const of = distribution?.(group.totals) ?? null;
    return of === null ? [] : [{ group, of }];
  });
  const shown = measured.toSorted((one, other) => other.of.count - one.of.count).slice(0, mostGroups);
  if (shown.length === 0) return <Empty words="Nothing was measured in this range." />;
  const figures = percentiles.map(([figure, colour]) => ({ name: figure, colour, values: shown.map(({ of }) => of[figure]) }));
  return (
    <figure className="grid min-w-0 gap-2">
      <div className="min-w-0" style={{ height: Math.max(180, 56 + shown.length * 48) }}>
        <GroupedBars
          label={`${name}: percentiles. The arrow keys tell the figures; the table below has the same.`}
          names={shown.map(({ group }) => groupName(group, view.groupBy))}
          figures={figures}
          formatAxis={axis}
          formatExactly={exactly}
        />
      </div>
      <Legend items={figures} />
      {shown.length < measured.length ? (
        <p className="px-2 pb-1 text-soft text-xs">
          The {shown.length} with the most requests; the table below has all {measured.length}.
        </p>
      ) : null}
    </figure>
  );
}
