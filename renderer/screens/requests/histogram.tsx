/** Above the list: how many of these requests there were over time, as bars or as a table. Either chooses a span of time. */
import { ChartColumn, Table2 } from 'lucide-react';
import { useState } from 'react';
import { TimeBars } from '../../charts/time-bars.tsx';
import { Swatch } from '../../charts/chart-parts.tsx';
import { IconButton } from '../../components/button.tsx';
import { formatCount, formatMoment, formatTime } from '../../components/formats.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { type RequestHistogram, useRequestHistogram } from '../../stores/request-histogram.ts';
import { withSpan } from './query-address.ts';
import { showParts } from './query-bar.tsx';

type Bar = RequestHistogram['bars'][number];

const colour = 'var(--color-good)';
const failedColour = 'var(--color-bad)';

const words = ({ requests, failed }: Pick<Bar, 'requests' | 'failed'>): string =>
  `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}, ${formatCount(failed)} failed`;

/** `20 Nov 14:00 – 15:00:00`, as the list below writes its times. */
function spanWords({ startMs, endMs }: Pick<Bar, 'startMs' | 'endMs'>): string {
  const now = Date.now();
  return `${formatTime(startMs, now)} – ${formatTime(endMs, now)}`;
}

interface BarTableProps {
  readonly bars: readonly Bar[];
  readonly onSpan: (fromMs: number, toMs: number) => void;
}

function BarTable({ bars, onSpan }: BarTableProps) {
  return (
    <div tabIndex={0} role="region" aria-label="Requests over time, as a table" className="max-h-44 overflow-auto">
      <table className="w-full">
        <thead className="sticky top-0 bg-raised text-left text-soft">
          <tr>
            {['From', 'To', 'Requests', 'Failed'].map((title, place) => (
              <th key={title} scope="col" className={place < 2 ? 'px-3 py-1 font-normal' : 'px-3 py-1 text-right font-normal'}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars
            .filter(({ requests }) => requests > 0)
            .toReversed()
            .map(({ startMs, endMs, requests, failed }) => (
              <tr key={startMs} className="border-line border-t">
                <th scope="row" className="px-3 py-0.5 text-left font-normal">
                  <button
                    type="button"
                    title="Show only these"
                    onClick={() => onSpan(startMs, endMs)}
                    className="text-accent hover:underline"
                  >
                    {formatMoment(startMs)}
                  </button>
                </th>
                <td className="px-3 py-0.5">{formatMoment(endMs)}</td>
                <td className="px-3 py-0.5 text-right">{formatCount(requests)}</td>
                <td className="px-3 py-0.5 text-right">{formatCount(failed)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

interface HistogramProps {
  /** The query as the gateway is asked; null for one that cannot be read. */
  readonly filter: string | null;
  readonly parts: readonly string[];
}

export function Histogram({ filter, parts }: HistogramProps) {
  const { value, error } = useRequestHistogram(filter);
  const [asTable, setAsTable] = useState(false);
  const [pointed, setPointed] = useState<Bar | null>(null);
  if (error !== null) return <ErrorLine message={`Requests over time could not be read. ${error}`} />;
  const bars = value?.bars ?? [];
  const [first, last] = [bars[0], bars.at(-1)];
  if (!value || !first || !last) return null;
  const onSpan = (fromMs: number, toMs: number) => showParts(withSpan(parts, fromMs, toMs));
  const sum = (of: (bar: Bar) => number) => bars.reduce((total, bar) => total + of(bar), 0);
  const total = { requests: sum(({ requests }) => requests), failed: sum(({ failed }) => failed) };
  return (
    <section aria-label="Requests over time" className="min-w-0 rounded-md border border-line bg-raised">
      <div className="flex items-center gap-4 pr-1 pl-3">
        <p className="min-w-0 flex-1 truncate text-xs">
          <span className="font-medium">{words(pointed ?? total)}</span>
          <span className="pl-2 text-soft">{spanWords(pointed ?? { startMs: first.startMs, endMs: last.endMs })}</span>
        </p>
        <p aria-hidden className="flex shrink-0 items-center gap-3 text-soft text-xs">
          <span className="inline-flex items-center gap-1.5">
            <Swatch colour={colour} /> Not failed
          </span>
          <span className="inline-flex items-center gap-1.5">
            <Swatch colour={failedColour} /> Failed
          </span>
        </p>
        <IconButton
          label={asTable ? 'Show as bars' : 'Show as a table'}
          icon={asTable ? <ChartColumn aria-hidden className="size-4" /> : <Table2 aria-hidden className="size-4" />}
          onClick={() => setAsTable(!asTable)}
        />
      </div>
      {value.countedBackToMs === null ? null : (
        <p className="px-3 pb-1 text-soft text-xs">
          Counted back to {formatMoment(value.countedBackToMs)}; what is older is not in the bars.
        </p>
      )}
      {asTable ? (
        <BarTable bars={bars} onSpan={onSpan} />
      ) : (
        <div className="px-3 pb-2">
          <TimeBars
            label={`Requests over time: ${words(total)}. Dragging chooses a span; the table has the same figures.`}
            bars={bars.map((bar) => ({ ...bar, amount: bar.requests, part: bar.failed }))}
            colour={colour}
            partColour={failedColour}
            onPoint={(bar) => setPointed(bars.find(({ startMs }) => startMs === bar?.startMs) ?? null)}
            onSpan={onSpan}
          />
        </div>
      )}
    </section>
  );
}
