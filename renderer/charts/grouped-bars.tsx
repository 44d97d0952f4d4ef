/** A few figures of each thing side by side, as lying bars: percentiles by model. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { axisLook, ChartTip, gridLook } from './chart-parts.tsx';

interface GroupedBarsProps {
  readonly label: string;
  /** The things, in the order they are shown. */
  readonly names: readonly string[];
  readonly figures: readonly { readonly name: string; readonly colour: string; readonly values: readonly number[] }[];
  readonly formatAxis: (amount: number) => string;
  readonly formatExactly: (amount: number) => string;
}

const cut = (name: string) => (name.length > 22 ? `${name.slice(0, 21)}…` : name);

export function GroupedBars({ label, names, figures, formatAxis, formatExactly }: GroupedBarsProps) {
  const data = names.map((_name, place) => ({ place, values: figures.map(({ values }) => values[place] ?? 0) }));
  const tipAt = (place: number) => {
    const title = names[place];
    if (title === undefined) return null;
    return {
      title,
      lines: figures.map(({ name, colour, values }) => ({ name, colour, value: formatExactly(values[place] ?? 0) })),
    };
  };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={data}
        layout="vertical"
        aria-label={label}
        margin={{ top: 4, right: 24, bottom: 0, left: 8 }}
        barCategoryGap="24%"
      >
        <CartesianGrid horizontal={false} {...gridLook} />
        <XAxis type="number" domain={[0, 'auto']} tickFormatter={formatAxis} {...axisLook} />
        <YAxis
          type="category"
          dataKey="place"
          width={168}
          interval={0}
          tickFormatter={(place: number) => cut(names[place] ?? '')}
          {...axisLook}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--color-accent-ground)', opacity: 0.6 }}
          content={({ active, activeIndex }) => <ChartTip tip={active ? tipAt(Number(activeIndex)) : null} />}
        />
        {figures.map(({ name, colour }, index) => (
          <Bar
            key={name}
            name={name}
            dataKey={(point: { readonly values: readonly number[] }) => point.values[index] ?? 0}
            fill={colour}
            maxBarSize={14}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
