/** Amounts over time as stacked bars: from zero, nothing smoothed, exact figures where the pointer or the arrow keys are. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { axisLook, ChartTip, gridLook, type TipLine } from './chart-parts.tsx';

export interface Series {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  /** One for each point. */
  readonly values: readonly number[];
}

interface StackedBarsProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  /** Below the axis, and in full where exact figures are. */
  readonly points: readonly { readonly short: string; readonly full: string }[];
  /** From the bottom up. */
  readonly series: readonly Series[];
  readonly formatAxis: (amount: number) => string;
  readonly formatExactly: (amount: number) => string;
}

export function StackedBars({ label, points, series, formatAxis, formatExactly }: StackedBarsProps) {
  const data = points.map((point, place) => ({ ...point, place, values: series.map(({ values }) => values[place] ?? 0) }));
  const tipAt = (place: number): { readonly title: string; readonly lines: readonly TipLine[] } | null => {
    const point = points[place];
    if (!point) return null;
    const said = series.map(({ name, colour, values }) => ({ name, colour, amount: values[place] ?? 0 }));
    const total = said.reduce((sum, { amount }) => sum + amount, 0);
    const lines = said.filter(({ amount }) => amount !== 0).toReversed();
    const shown = lines.map(({ name, colour, amount }) => ({ name, colour, value: formatExactly(amount) }));
    const sum = { name: 'Total', colour: null, value: formatExactly(total) };
    return { title: point.full, lines: shown.length === 1 ? shown : [...shown, sum] };
  };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={data} aria-label={label} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} barCategoryGap="18%">
        <CartesianGrid vertical={false} {...gridLook} />
        <XAxis dataKey="place" tickFormatter={(place: number) => points[place]?.short ?? ''} minTickGap={24} {...axisLook} />
        <YAxis domain={[0, 'auto']} width={64} tickFormatter={formatAxis} {...axisLook} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--color-accent-ground)', opacity: 0.6 }}
          content={({ active, activeIndex }) => <ChartTip tip={active ? tipAt(Number(activeIndex)) : null} />}
        />
        {series.map(({ id, name, colour }, index) => (
          <Bar
            key={id}
            name={name}
            dataKey={(point: { readonly values: readonly number[] }) => point.values[index] ?? 0}
            stackId="all"
            fill={colour}
            maxBarSize={48}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
