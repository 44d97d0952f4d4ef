/** Every group with its figures, and the sum of all. */
import type { UsageAnswer, UsageTotals } from '../../../gateway/contract/money/usage.ts';
import { Swatch } from '../../charts/chart-parts.tsx';
import { restColour } from '../../charts/colours.ts';
import { classNames } from '../../components/class-names.ts';
import { Link } from '../../components/link.tsx';
import { useRoute, withQuery } from '../../stores/route.ts';
import { metricFacts } from './metrics.ts';
import { figureCell, headCell, tableFrame } from './table-look.ts';
import type { UsageView } from './usage-address.ts';
import { type Group, groupName } from './usage-data.ts';
import { useColours } from './use-colours.ts';

interface GroupTableProps {
  readonly view: UsageView;
  readonly answer: UsageAnswer;
}

const titles = { provider: 'Provider', model: 'Model', client: 'Key', task: 'Task', rule: 'Rule' } as const;

/** Words may be long; they are cut, and stand in full in the title. */
const isWords = (title: string) => title === 'Kinds';

export function GroupTable({ view, answer }: GroupTableProps) {
  const { name, columns, amount } = metricFacts[view.metric];
  const colours = useColours(
    view.groupBy,
    answer.groups.map(({ id }) => id),
  );
  const sizeOf = ({ figures, totals }: Group) => (amount ? figures.reduce((sum, one) => sum + amount(one), 0) : totals.requests);
  const groups = answer.groups.toSorted((one, other) => sizeOf(other) - sizeOf(one));
  const cells = (totals: UsageTotals) =>
    columns.map(({ title, write }) => (
      <td
        key={title}
        title={isWords(title) ? write(totals) : undefined}
        className={classNames(figureCell, isWords(title) && 'max-w-72 truncate')}
      >
        {write(totals)}
      </td>
    ));
  return (
    <div tabIndex={0} role="region" aria-label={`${name} by ${titles[view.groupBy].toLowerCase()}`} className={tableFrame}>
      <table className="w-full">
        <thead>
          <tr className="border-line border-b">
            <th scope="col" className={classNames(headCell, 'text-left')}>
              {titles[view.groupBy]}
            </th>
            {columns.map(({ title }) => (
              <th key={title} scope="col" className={classNames(headCell, 'text-right')}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.id} className="border-line border-b hover:bg-ground">
              <th scope="row" className="px-3 py-1.5 text-left font-normal">
                <GroupLink group={group} view={view} colour={colours.get(group.id) ?? restColour} />
              </th>
              {cells(group.totals)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <th scope="row" className="px-3 py-1.5 text-left">
              Total
            </th>
            {cells(answer.total)}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** Leads to this group alone. */
function GroupLink({ group, view, colour }: { readonly group: Group; readonly view: UsageView; readonly colour: string }) {
  const route = useRoute();
  const name = groupName(group, view.groupBy);
  return (
    <span className="flex items-center gap-2">
      <Swatch colour={colour} />
      <Link
        to={withQuery(route, { [view.groupBy]: group.id })}
        title={`Only ${name}`}
        className={classNames('block max-w-64 truncate hover:underline', group.id === '' && 'text-soft')}
      >
        {name}
      </Link>
    </span>
  );
}
