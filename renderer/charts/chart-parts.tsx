/** What every chart looks like: its axes, its grid, and the figures where the pointer is. */

export const axisLook = {
  stroke: 'var(--color-line)',
  tick: { fill: 'var(--color-soft)', fontSize: 12 },
  tickLine: false,
} as const;

export const gridLook = { stroke: 'var(--color-line)', strokeDasharray: '2 4' } as const;

export interface TipLine {
  readonly name: string;
  /** Null for a sum. */
  readonly colour: string | null;
  readonly value: string;
}

interface ChartTipProps {
  readonly tip: { readonly title: string; readonly lines: readonly TipLine[] } | null;
}

const mostLines = 14;

export function ChartTip({ tip }: ChartTipProps) {
  if (!tip) return null;
  return (
    <div role="status" className="max-w-80 rounded-md border border-line bg-raised px-3 py-2 text-xs shadow-lift">
      <p className="font-medium">{tip.title}</p>
      {tip.lines.length === 0 ? <p className="text-soft">nothing</p> : null}
      {tip.lines.slice(-mostLines).map(({ name, colour, value }, index) => (
        <p key={index} className="flex items-center gap-2">
          {colour === null ? null : <Swatch colour={colour} />}
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="pl-2 font-medium">{value}</span>
        </p>
      ))}
    </div>
  );
}

/** The colour of a series beside its name. */
export function Swatch({ colour }: { readonly colour: string }) {
  return <span aria-hidden style={{ backgroundColor: colour }} className="size-2.5 shrink-0 rounded-xs" />;
}
