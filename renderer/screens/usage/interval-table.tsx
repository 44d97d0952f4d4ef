/** The chart's figures as a table: the same intervals, every group, and their sums. */
import type { UsageAnswer } from '../../../gateway/contract/money/usage.ts';
import { classNames } from '../../components/class-names.ts';
import { formatMoment } from '../../components/formats.ts';
import { metricFacts } from './metrics.ts';
import { figureCell, headCell } from './table-look.ts';
import type { UsageView } from './usage-address.ts';
import { groupName, pointOf, seriesOf } from './usage-data.ts';

interface IntervalTableProps {
  readonly view: UsageView;
  readonly answer: UsageAnswer;
  readonly nowMs: number;
}

/** Columns: what the chart draws, though none is gathered under "others". */
export function IntervalTable({ view, answer, nowMs }: IntervalTableProps) {
  const { amount, inColumn, name, unit } = metricFacts[view.metric];
  if (amount === null) return null;
  const series = seriesOf(answer.groups, amount, Number.POSITIVE_INFINITY);
  const sumAt = (place: number) => series.reduce((sum, { values }) => sum + (values[place] ?? 0), 0);
  const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const firstCell = 'sticky left-0 bg-raised px-3 py-1 text-left font-normal whitespace-nowrap';
  return (
    <div tabIndex={0} role="region" aria-label={`${name} over time, ${unit}`} className="max-h-96 min-w-0 overflow-auto">
      <table className="w-full">
        <thead className="sticky top-0 z-10 bg-raised">
          <tr>
            <th scope="col" className={classNames(firstCell, 'text-soft')}>
              From
            </th>
            {series.map(({ group }) => (
              <th key={group?.id ?? ''} scope="col" className={classNames(headCell, 'max-w-48 truncate text-right')}>
                {group === null ? '' : groupName(group, view.groupBy)}
              </th>
            ))}
            <th scope="col" className={classNames(headCell, 'text-right')}>
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.intervals.map(({ startMs }, place) => (
            <tr key={startMs} className="border-line border-t">
              <th scope="row" title={formatMoment(startMs)} className={firstCell}>
                {pointOf(view.interval, startMs, nowMs).full}
              </th>
              {series.map(({ group, values }) => (
                <td key={group?.id ?? ''} className={classNames(figureCell, (values[place] ?? 0) === 0 && 'text-soft')}>
                  {inColumn(values[place] ?? 0)}
                </td>
              ))}
              <td className={classNames(figureCell, 'font-medium')}>{inColumn(sumAt(place))}</td>
            </tr>
          ))}
        </tbody>
        <tfoot className="sticky bottom-0 bg-raised font-semibold">
          <tr className="border-line border-t">
            <th scope="row" className={classNames(firstCell, 'font-semibold!')}>
              Total
            </th>
            {series.map(({ group, values }) => (
              <td key={group?.id ?? ''} className={figureCell}>
                {inColumn(sumOf(values))}
              </td>
            ))}
            <td className={figureCell}>{inColumn(sumOf(series.map(({ values }) => sumOf(values))))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
